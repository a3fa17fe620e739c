package console

import (
	"net/http"
	"net/url"
	"slices"
	"time"
)

type picked struct {
	Email bool `json:"email"`
	Push  bool `json:"push"`
	Text  bool `json:"text"`
}

// Has reports whether the way is one of them.
func (p picked) Has(way string) bool {
	return way == "email" && p.Email || way == "push" && p.Push || way == "text" && p.Text
}

type wayOffered struct {
	Offered bool
	To      string
}

type device struct {
	ID, Name  string
	CreatedAt time.Time `json:"created_at"`
}

type noticeLine struct {
	ID, Kind, Way, State, Error string
	Held                        bool
	Team, Ticket                *string
	At                          time.Time
	DueAt                       *time.Time `json:"due_at"`
}

type noticesPage struct {
	Kinds      map[string]picked
	OnSchedule picked `json:"on_schedule"`
	Email      wayOffered
	Push       wayOffered
	Text       wayOffered
	Devices    []device

	Log    []noticeLine `json:"-"`
	Saved  bool         `json:"-"`
	Tested string       `json:"-"` // a way
	Fault  string       `json:"-"`
}

// noticeWays are the columns of the page.
var noticeWays = []string{"email", "push", "text"}

// noticeKinds are its rows, in the order in which people look for them.
var noticeKinds = []string{
	"missed_call", "voicemail", "new_ticket", "message", "answer_no", "approval", "payment", "photo", "rating",
	"delivery_failed", "sender_paused", "escalation",
}

// Ways are the columns.
func (noticesPage) Ways() []string { return noticeWays }

// Rows are the kinds.
func (noticesPage) Rows() []string { return noticeKinds }

// Way is how one can be told in that way.
func (p noticesPage) Way(way string) wayOffered {
	return map[string]wayOffered{"email": p.Email, "push": p.Push, "text": p.Text}[way]
}

// Ready reports whether a test in that way would go somewhere.
func (p noticesPage) Ready(way string) bool {
	return p.Way(way).Offered && p.Way(way).To != "" && (way != "push" || len(p.Devices) > 0)
}

// UnderWay reports whether something in the log is about to change.
func (p noticesPage) UnderWay() bool {
	return slices.ContainsFunc(p.Log, func(l noticeLine) bool { return l.State == "queued" && !l.Held })
}

func (v *View) readNotices() (noticesPage, error) {
	page := noticesPage{Saved: v.Query("saved") != ""}
	if err := v.Get("/me/notices", &page); err != nil {
		return page, err
	}
	for _, way := range noticeWays {
		if v.Query("tested") == way {
			page.Tested = way
		}
	}
	var log struct{ Items []noticeLine }
	err := v.Get("/me/notices/log?limit=20", &log)
	page.Log = log.Items
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
	pick := func(name string) picked {
		return picked{Email: v.Form(name+".email") != "", Push: v.Form(name+".push") != "", Text: v.Form(name+".text") != ""}
	}
	kinds := map[string]picked{}
	for _, kind := range noticeKinds {
		kinds[kind] = pick(kind)
	}
	if err := v.Send(http.MethodPut, "/me/notices", map[string]any{"kinds": kinds, "on_schedule": pick("on_schedule")}, nil); err != nil {
		return err
	}
	return v.Go("/notices?saved=1")
}

// testNotice sends the person a notice, to see that it arrives.
func (v *View) testNotice() error {
	way := v.Form("way")
	if err := v.Send(http.MethodPost, "/me/notices/test", map[string]string{"way": way}, nil); err != nil {
		return err
	}
	return v.Go("/notices?" + url.Values{"tested": {way}}.Encode())
}

// removeDevice shows no more notices in a browser.
func (v *View) removeDevice() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	if err := v.Send(http.MethodDelete, "/me/devices/"+id, nil, nil); err != nil {
		return err
	}
	return v.Go("/notices")
}
