package console

import (
	"ringback/channels"
)

// firstStep is a line of a new team's list.
type firstStep struct {
	Key, Where string // where it is done
	Done       bool
}

// readFirstSteps is the list, or nil when it is done or was put away.
func (v *View) readFirstSteps() ([]firstStep, error) {
	f, err := v.console.Inbox.FirstSteps(v.ctx(), v.Who, v.Team.ID)
	if err != nil || !f.Shown() {
		return nil, err
	}
	team := "/teams/" + v.Team.ID
	return []firstStep{
		{"number", team + "/senders", f.Number},
		{"hours", team + "/schedules", f.Hours},
		{"people", "/staff", f.People},
		{"text", team + "/senders", f.Text},
		{"live", team + "/tickets", f.Live},
	}, nil
}

// putFirstStepsAway shows the list no more.
func (v *View) putFirstStepsAway() error {
	if err := v.console.Inbox.PutFirstStepsAway(v.ctx(), v.Who, v.Team.ID); err != nil {
		return err
	}
	return v.Go("/teams/" + v.Team.ID + "/team")
}

// Texts reports whether it can send a text to try it.
func (s sender) Texts() bool { return s.Kind == channels.SMS }

// Disowned reports whether Meta said that the business account is none of the number's.
func (s sender) Disowned() bool { return s.Check != nil && s.Check.Disowns(s.Settings.Business) }

// checkSender asks the provider about one, or has it bring here what happens there.
func (v *View) checkSender() error {
	id, err := v.ID()
	if err == nil {
		_, err = v.console.Inbox.CheckSender(v.ctx(), v.Who, v.Team.ID, id, v.Form("set") != "")
	}
	return v.afterSender(id, "", err)
}

// testSender sends a text from one to whoever asks.
func (v *View) testSender() error {
	id, err := v.ID()
	if err == nil {
		err = v.console.Inbox.TestSender(v.ctx(), v.Who, v.Team.ID, id)
	}
	return v.afterSender(id, "?tested="+id, err)
}

// afterSender shows the senders again, with what was refused beside the one.
func (v *View) afterSender(id, query string, err error) error {
	if err == nil {
		return v.Go("/teams/" + v.Team.ID + "/senders" + query + "#sender-" + id)
	}
	found, refused := wrong(err)
	if !refused {
		return err
	}
	page, err := v.readSenders()
	if err != nil {
		return err
	}
	page.Changed, page.Faults = id, map[string]string{"": v.fault(found[0])}
	return v.ShowFault("senders.html", page)
}
