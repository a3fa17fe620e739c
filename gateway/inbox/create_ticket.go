package inbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/gateway/tickets"
	"ringback/settings"
	"ringback/settings/staff"
	"ringback/settings/text"
	"ringback/settings/transaction"
)

// NewTicket is a ticket that an app creates on behalf of a customer.
type NewTicket struct {
	Contact string `json:"contact,omitempty" maxLength:"36" doc:"Id of the customer; or say address, and name"`
	Name    string `json:"name,omitempty" maxLength:"200" doc:"Of a customer who is new"`
	Address string `json:"address,omitempty" maxLength:"200" doc:"The customer's phone number in E.164 form; of one who has several, the one that is answered"`
	Text    string `json:"text" minLength:"1" maxLength:"4000" doc:"What the customer wants"`
}

// CreateTicket creates a ticket on behalf of a customer, who gets the
// confirmation. The key makes it safe to repeat; it may be empty.
func (d Desk) CreateTicket(ctx context.Context, who staff.Principal, team, key string, t NewTicket) (Ticket, error) {
	if err := t.check(); err != nil {
		return Ticket{}, err
	}
	var made Ticket
	err := transaction.Run(ctx, d.DB, func(tx *sqlx.Tx) error {
		contact, err := d.whose(ctx, tx, who, team, t)
		if err != nil {
			return err
		}
		chosen, err := settings.Load(ctx, tx, who.CompanyID, team)
		if err != nil {
			return err
		}
		made, err = once(ctx, tx, who.CompanyID, key, "ticket/"+team, t, func() (Ticket, error) {
			c := tickets.Created{CompanyID: who.CompanyID, TeamID: team, ContactID: contact, GivenAddress: t.Address, Text: t.Text, At: d.Clock.Now()}
			opened, err := c.Create(ctx, tx, chosen)
			if err != nil {
				return Ticket{}, err
			}
			return FindTicket(ctx, tx, who.CompanyID, team, opened.ID)
		})
		return err
	})
	if err == nil {
		d.moved(who.CompanyID, team, made.ID)
	}
	return made, err
}

func (t NewTicket) check() error {
	var wrong settings.Invalid
	wrong.Add(text.Blank(t.Text), "text", "empty")
	wrong.Add((t.Contact == "") == (t.Address == ""), "contact", "ticket_whose")
	wrong.Bounds("", t)
	return wrong.Err()
}

const atPhone = `select contact_id from addresses where company_id = $1 and kind = 'phone' and address = $2`

// whose is the customer of a new ticket, made if nobody has heard of them. The
// standing is locked until the transaction ends.
func (d Desk) whose(ctx context.Context, tx *sqlx.Tx, who staff.Principal, team string, t NewTicket) (string, error) {
	company, id := who.CompanyID, t.Contact
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
			made, err := contacts.Create(ctx, tx, d.actor(who, team), contacts.Card{
				Name: t.Name, Addresses: contacts.AddressList{{Kind: "phone", Address: t.Address}},
			})
			return made.ID, addressFault(err)
		}
		if err != nil {
			return "", fmt.Errorf("contact: %w", err)
		}
		met, err := contacts.FindOrCreate(ctx, tx, company, team, "", channels.SMS, t.Address, "")
		return met.ID, err
	}
	c, err := contacts.Lock(ctx, tx, company, team, id, "", channels.SMS, "")
	return c.ID, err
}

// addressFault names the field as NewTicket does.
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
