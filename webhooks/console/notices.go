package console

import (
	"net/url"
	"slices"

	"ringback/gateway/inbox"
	"ringback/gateway/notifications"
)

type noticesPage struct {
	inbox.NoticeSettings
	Log    []notifications.LogEntry
	Tested string // a way
}

// noticeKinds are its rows, in the order in which people look for them.
var noticeKinds = []string{
	"missed_call", "voicemail", "new_ticket", "message", "answer_no", "approval", "payment", "photo", "rating",
	"delivery_failed", "sender_paused", "sender_silent", "template_held", "hook_failing", "team_budget", "escalation", "mention",
}

// Ways are the columns.
func (noticesPage) Ways() []string { return notifications.Ways }

// Rows are the kinds.
func (noticesPage) Rows() []string { return noticeKinds }

// Way is how one can be told in that way.
func (p noticesPage) Way(way string) inbox.NoticeWay {
	return map[string]inbox.NoticeWay{"email": p.Email, "push": p.Push, "text": p.Text}[way]
}

// Ready reports whether a test in that way would go somewhere.
func (p noticesPage) Ready(way string) bool {
	return p.Way(way).Offered && p.Way(way).To != "" && (way != "push" || len(p.Devices) > 0)
}

// UnderWay reports whether something in the log is about to change.
func (p noticesPage) UnderWay() bool {
	return slices.ContainsFunc(p.Log, func(l notifications.LogEntry) bool { return l.State == "queued" && !l.Held })
}

func (v *View) readNotices() (noticesPage, error) {
	page := noticesPage{}
	var err error
	if page.NoticeSettings, err = v.console.Inbox.NoticeSettings(v.ctx(), v.Who); err != nil {
		return page, err
	}
	if tested := v.Query("tested"); slices.Contains(notifications.Ways, tested) {
		page.Tested = tested
	}
	page.Log, err = v.console.Inbox.NoticeLog(v.ctx(), v.Who, "", 20)
	return page, err
}

// notices is what the person who asks is told of, and how.
func (v *View) notices() error {
	page, err := v.readNotices()
	if err != nil {
		return err
	}
	return v.Show("notices.html", page)
}

// saveNotices stores the whole table: a box that is not ticked is not sent.
func (v *View) saveNotices() error {
	pick := func(name string) notifications.Picked {
		return notifications.Picked{Email: v.Form(name+".email") != "", Push: v.Form(name+".push") != "", Text: v.Form(name+".text") != ""}
	}
	_, err := v.console.Inbox.SaveNotices(v.ctx(), v.Who, func(c *notifications.Choices) error {
		for _, kind := range noticeKinds {
			c.Kinds[kind] = pick(kind)
		}
		c.OnSchedule = pick("on_schedule")
		return nil
	})
	if err != nil {
		return err
	}
	return v.goSaved("/notices", "kinds")
}

// testNotice sends the person a notice, to see that it arrives.
func (v *View) testNotice() error {
	way := v.Form("way")
	if err := v.console.Inbox.TestNotice(v.ctx(), v.Who, way); err != nil {
		return err
	}
	return v.Go("/notices?" + url.Values{"tested": {way}}.Encode() + "#s-" + url.PathEscape(way))
}

// removeDevice shows no more notices in a browser.
func (v *View) removeDevice() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	if err := v.console.Inbox.RemoveDevice(v.ctx(), v.Who, id); err != nil {
		return err
	}
	return v.goSaved("/notices", "devices")
}
