package api

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway"
	"ringback/gateway/contacts"
	"ringback/gateway/tickets"
	"ringback/settings"
)

// newTicket is a ticket that an app creates on behalf of a customer.
type newTicket struct {
	Contact string `json:"contact,omitempty" maxLength:"36" doc:"Id of the customer; or say address, and name"`
	Name    string `json:"name,omitempty" maxLength:"200" doc:"Of a customer who is new"`
	Address string `json:"address,omitempty" maxLength:"200" doc:"The customer's phone number in E.164 form"`
	Text    string `json:"text" minLength:"1" maxLength:"4000" doc:"What the customer wants"`
}

type newTicketBody struct {
	Team string `path:"team"`
	Once
	Body newTicket
}

func (r routes) createTicket(ctx context.Context, in *newTicketBody) (*Answer[Ticket], error) {
	p := caller(ctx)
	if err := in.Body.check(); err != nil {
		return nil, err
	}
	var made Ticket
	err := r.inTx(ctx, func(tx *sqlx.Tx) error {
		contact, err := r.whose(ctx, tx, in.Team, in.Body)
		if err != nil {
			return err
		}
		team, err := settings.Load(ctx, tx, p.CompanyID, in.Team)
		if err != nil {
			return err
		}
		made, err = once(ctx, tx, p.CompanyID, in.Once, "ticket/"+in.Team, in.Body, func() (Ticket, error) {
			c := tickets.Created{CompanyID: p.CompanyID, TeamID: in.Team, ContactID: contact, Text: in.Body.Text, At: r.Clock.Now()}
			t, err := c.Create(ctx, tx, team)
			if err != nil {
				return Ticket{}, err
			}
			return findTicketRow(ctx, tx, p.CompanyID, TicketPath{Team: in.Team, ID: t.ID})
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	r.Wake()
	r.Changed(gateway.Change{Kind: "ticket", CompanyID: p.CompanyID, TeamID: in.Team, ID: made.ID})
	return Answered(made, nil)
}

func (t newTicket) check() error {
	var wrong settings.Invalid
	wrong.Add(strings.TrimSpace(t.Text) == "", "text", "empty")
	wrong.Add((t.Contact == "") == (t.Address == ""), "contact", "ticket_whose")
	return wrong.Err()
}

const atPhone = `select contact_id from addresses where company_id = $1 and kind = 'phone' and address = $2`

// whose is the customer of a new ticket, made if nobody has heard of them. The
// standing is locked until the transaction ends.
func (r routes) whose(ctx context.Context, tx *sqlx.Tx, team string, t newTicket) (string, error) {
	company, id := caller(ctx).CompanyID, t.Contact
	if id != "" {
		if err := checkID("contact", id); err != nil {
			return "", err
		}
		if _, err := contacts.Find(ctx, tx, company, team, id); errors.Is(err, settings.ErrNotFound) {
			return "", settings.Refuse("contact", "contact_of_team")
		} else if err != nil {
			return "", err
		}
	} else {
		err := sqlx.GetContext(ctx, tx, &id, atPhone, company, t.Address)
		if errors.Is(err, sql.ErrNoRows) {
			made, err := contacts.Create(ctx, tx, r.scribe(ctx, team), contacts.Card{
				Name: t.Name, Addresses: contacts.AddressList{{Kind: "phone", Address: t.Address}},
			})
			return made.ID, addressFault(err)
		}
		if err != nil {
			return "", fmt.Errorf("contact: %w", err)
		}
	}
	c, err := contacts.Lock(ctx, tx, company, team, id, "", channels.SMS, "")
	return c.ID, err
}

// addressFault names the field as this route does.
func addressFault(err error) error {
	var wrong settings.Invalid
	if !errors.As(err, &wrong) {
		return err
	}
	for n := range wrong {
		if strings.HasPrefix(wrong[n].Field, "addresses") {
			wrong[n].Field = "address"
		}
	}
	return wrong
}
