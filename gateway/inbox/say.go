package inbox

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/gateway/media"
	"ringback/gateway/readreceipts"
	"ringback/gateway/tickets"
	"ringback/settings"
	"ringback/settings/staff"
	"ringback/settings/text"
)

// Words is what an advisor writes to a customer.
type Words struct {
	Text string `json:"text" required:"false" maxLength:"1600" doc:"May be empty beside attachments"`
	// Left out where there are none, so that a request of before is still the same.
	Attachments []string   `json:"attachments,omitempty" maxItems:"10" doc:"Ids of files that were uploaded to the team"`
	SendAt      *time.Time `json:"send_at,omitempty" doc:"When it goes out; left out: at once"`
	TryAgain    bool       `json:"try_again,omitempty" doc:"Send it although an earlier text did not reach the address (409 unreachable, with its code and time): when it is delivered, the address counts as reached again; not for what goes out later"`
}

// Said is a message that was written.
type Said struct {
	ID       string    `json:"id"`
	Ticket   string    `json:"ticket"`
	Author   string    `json:"author" doc:"advisor"`
	Who      string    `json:"who"`
	Text     string    `json:"text" doc:"As it goes out: by SMS in plain letters, unless the team switched that off"`
	Delivery string    `json:"delivery" doc:"Whose state says what becomes of it; empty: it goes out later"`
	At       time.Time `json:"at"`

	State  string     `json:"state,omitempty" doc:"planned: it goes out later. Cancel it by its id until then"`
	SendAt *time.Time `json:"send_at,omitempty"`
}

// Say writes to the customer of a ticket, on the channel where they were last
// heard, or has it done at the time it names. The key makes it safe to repeat; it may be empty.
func (d Desk) Say(ctx context.Context, who staff.Principal, team, ticket, key string, w Words) (Said, error) {
	var wrong settings.Invalid
	wrong.Add(text.Blank(w.Text) && len(w.Attachments) == 0, "text", "empty")
	wrong.Bounds("", w)
	if err := wrong.Err(); err != nil {
		return Said{}, err
	}
	var made Said
	err := d.onTicket(ctx, who.CompanyID, team, ticket, func(tx *sqlx.Tx, t tickets.Ticket) error {
		chosen, err := settings.Load(ctx, tx, who.CompanyID, team)
		if err != nil {
			return err
		}
		if err := readreceipts.Mark(ctx, tx, who.CompanyID, t.ID, d.Clock.Now(), d.Clock.Queue()); err != nil {
			return err
		}
		if err := media.Check(ctx, tx, who.CompanyID, team, "attachments", w.Attachments); err != nil {
			return err
		}
		made, err = once(ctx, tx, who.CompanyID, key, "message/"+t.ID, w, func() (Said, error) {
			if w.SendAt != nil {
				return d.plan(ctx, tx, who, chosen, t, w)
			}
			s, err := t.Say(ctx, tx, chosen, tickets.Said{Text: w.Text, Files: w.Attachments, Who: who.Who, Staff: who.StaffID, At: d.Clock.Now(), Again: w.TryAgain}, d.Clock.Queue())
			return Said{ID: s.ID, Ticket: t.ID, Author: "advisor", Who: s.Who, Text: s.Text, Delivery: s.Delivery, At: s.At}, err
		})
		return err
	})
	return made, err
}
