package api

import (
	"context"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/gateway/media"
	"ringback/gateway/readreceipts"
	"ringback/gateway/tickets"
	"ringback/settings"
)

// words is what an advisor writes to a customer.
type words struct {
	Text string `json:"text" minLength:"1" maxLength:"1600"`
	// Left out where there are none, so that a request of before is still the same.
	Attachments []string `json:"attachments,omitempty" maxItems:"10" doc:"Ids of files that were uploaded to the team"`
}

type said struct {
	ID       string    `json:"id"`
	Ticket   string    `json:"ticket"`
	Author   string    `json:"author" doc:"advisor"`
	Who      string    `json:"who"`
	Text     string    `json:"text" doc:"As it goes out: by SMS in plain letters, unless the team switched that off"`
	Delivery string    `json:"delivery" doc:"Whose state says what becomes of it"`
	At       time.Time `json:"at"`
}

type sayBody struct {
	TicketPath
	Once
	Body words
}

func (r routes) say(ctx context.Context, in *sayBody) (*Answer[said], error) {
	p := caller(ctx)
	if strings.TrimSpace(in.Body.Text) == "" {
		return nil, settings.Refuse("text", "empty")
	}
	var made said
	err := r.onTicket(ctx, in.TicketPath, func(tx *sqlx.Tx, t tickets.Ticket) error {
		team, err := settings.Load(ctx, tx, p.CompanyID, in.Team)
		if err != nil {
			return err
		}
		if err := readreceipts.Mark(ctx, tx, p.CompanyID, t.ID, r.Clock.Now(), r.Clock.Queue()); err != nil {
			return err
		}
		if err := media.Check(ctx, tx, p.CompanyID, in.Team, "attachments", in.Body.Attachments); err != nil {
			return err
		}
		made, err = once(ctx, tx, p.CompanyID, in.Once, "message/"+t.ID, in.Body, func() (said, error) {
			s, err := t.Say(ctx, tx, team, tickets.Said{Text: in.Body.Text, Files: in.Body.Attachments, Who: p.Who, Staff: p.StaffID, At: r.Clock.Now()}, r.Clock.Queue())
			return said{ID: s.ID, Ticket: t.ID, Author: "advisor", Who: s.Who, Text: s.Text, Delivery: s.Delivery, At: s.At}, err
		})
		return err
	})
	return Answered(made, err)
}
