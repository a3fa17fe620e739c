package console

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"ringback/channels"
	"ringback/channels/gsm7"
	"ringback/gateway/inbox"
	"ringback/settings"
)

// compose is the box in which one writes on a ticket.
type compose struct {
	Text, SendAt string
	Note         bool // it is for the staff
	Files        []kept
	Fault        string
	Suggested    string // the end of the text, as it was suggested
	TryAgain     bool   // although an earlier text did not arrive
	NotReached   *notReached
}

// receiveFiles reads a form with files in it; one that is too large is a *problem.
func (v *View) receiveFiles() error {
	v.receiveForm()
	if err := v.g.Request.ParseMultipartForm(1 << 20); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return &problem{http.StatusRequestEntityTooLarge, v.T("ticket.ask_too_large")}
	}
	return nil
}

// composed is what stands in the box, with files that were taken.
func (v *View) composed() (c compose, err error) {
	if err := v.receiveFiles(); err != nil {
		return c, err
	}
	c = compose{Text: v.Form("text"), SendAt: v.Form("send_at"), Note: v.Form("mode") == "note", TryAgain: v.Form("try_again") != ""}
	c.Files, c.Fault, err = v.takenFiles()
	return c, err
}

// say sends what was written to the customer, now or later, or keeps it as a note.
// What is refused stays in the box. A page with scripts keeps the box as it is, and
// gets the story anew with a key for the next message.
func (v *View) say() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	c, err := v.composed()
	if err != nil {
		return err
	}
	if c.Fault == "" {
		err = v.sayIt(id, c)
		why := v.unsent
		if c.Note {
			why = v.refusal
		}
		switch said, refused := why(err); {
		case errors.Is(err, settings.ErrNotFound), err != nil && !refused:
			return err
		case refused:
			c.Fault, c.NotReached = said, v.notReached(err)
		}
	}
	return v.afterSaying(id, c)
}

func (v *View) sayIt(id string, c compose) error {
	if c.Note {
		if err := v.Who.Allowed("write-note"); err != nil {
			return err
		}
		_, err := v.console.Inbox.Note(v.ctx(), v.Who, v.Team.ID, id, v.Form("key"), inbox.NewNote{Text: strings.TrimSpace(c.Text)})
		return err
	}
	w := inbox.Words{Text: strings.TrimSpace(c.Text), TryAgain: c.TryAgain}
	for _, file := range c.Files {
		w.Attachments = append(w.Attachments, file.ID)
	}
	if c.SendAt != "" {
		at, err := time.ParseInLocation("2006-01-02T15:04", c.SendAt, v.zone())
		if err != nil {
			return settings.Refuse("send_at", "time")
		}
		w.SendAt = &at
	}
	_, err := v.console.Inbox.Say(v.ctx(), v.Who, v.Team.ID, id, v.Form("key"), w)
	return err
}

func (v *View) zone() *time.Location {
	if v.Team.zone == nil {
		return time.UTC
	}
	return v.Team.zone
}

func (v *View) afterSaying(id string, c compose) error {
	if c.Fault == "" && !v.Partial() {
		return v.Go("/teams/" + v.Team.ID + "/tickets/" + id + "#compose")
	}
	page, err := v.readTicket()
	if err != nil {
		return err
	}
	page.Compose = c
	switch {
	case !v.Partial():
		return v.ShowFault("ticket.html", page)
	case c.Fault != "":
		return v.partOf(http.StatusUnprocessableEntity, "ticket-refused", page)
	}
	return v.Part("ticket-said", page)
}

// cancelPlanned takes back what was to go out later.
func (v *View) cancelPlanned() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	return v.afterTicket(id, v.console.Inbox.CancelPlanned(v.ctx(), v.Who, v.Team.ID, v.Form("message")))
}

// draft is what a text in the box would cost, and what SMS makes of its letters.
type draft struct {
	gsm7.Cost
	SMS   bool
	Plain string // as it goes out, where that is another
}

// weighDraft weighs what stands in the box.
func (v *View) weighDraft() error {
	text := strings.TrimSpace(v.Form("text"))
	d := draft{SMS: !unmetered(v.Form("channel"))}
	if d.SMS && v.Team.PlainLetters {
		if plain := gsm7.Plain(text); plain != text {
			d.Plain, text = plain, plain
		}
	}
	d.Cost = gsm7.Count(text)
	return v.Part("ticket-draft", d)
}

// unmetered reports whether a channel counts no segments: a sender's kind, or the
// whatsapp that a new conversation may go by.
func unmetered(channel string) bool {
	switch channels.Kind(channel) {
	case channels.WebChat, channels.WhatsAppCloud, channels.WhatsAppTwilio, "whatsapp":
		return true
	}
	return false
}
