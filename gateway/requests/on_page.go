package requests

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/media"
	"ringback/gateway/messages"
	"ringback/gateway/tickets"
	"ringback/settings/transaction"
)

// SeeOnPage notes that the customer opened the request's page.
func (r Request) SeeOnPage(ctx context.Context, db *sqlx.DB, at time.Time) error {
	return transaction.Run(ctx, db, func(tx *sqlx.Tx) error { return r.See(ctx, tx, at) })
}

// GiveOnPage stores what the customer answers on the request's page, by the form that the
// page named so (empty: it named none). The ticket is locked, so that it and what the
// customer writes meanwhile come one after the other. False: it is too late, or there is an
// answer already; then nothing changes.
func (r Request) GiveOnPage(ctx context.Context, db *sqlx.DB, a Answer, form string, at time.Time) (given bool, err error) {
	err = transaction.Run(ctx, db, func(tx *sqlx.Tx) error {
		t, err := tickets.Lock(ctx, tx, r.CompanyID, r.TeamID, r.TicketID)
		if err != nil {
			return err
		}
		now, err := Lock(ctx, tx, r.CompanyID, r.ID)
		if err != nil || !now.Live(at) {
			return err
		}
		if len(a.Files) > 0 {
			if a.Message, err = arrive(ctx, tx, t, a, at); err != nil {
				return err
			}
		}
		given, err = now.Give(ctx, tx, t, a, ByForm(form), at)
		if err == nil && !given {
			err = errNotGiven
		}
		return err
	})
	if errors.Is(err, errNotGiven) {
		return false, nil
	}
	return given, err
}

// errNotGiven takes back what came with an answer that is none.
var errNotGiven = errors.New("there is an answer already")

// arrive puts files on the ticket's timeline, as a message of its customer's, whose id it
// returns: of whoever that is by now, for contacts are merged while files are on their way.
func arrive(ctx context.Context, tx *sqlx.Tx, t tickets.Ticket, a Answer, at time.Time) (string, error) {
	m := messages.Message{
		ID: uuid.Must(uuid.NewV7()).String(), CompanyID: t.CompanyID, TeamID: t.TeamID, ContactID: t.ContactID, TicketID: t.ID, SenderID: t.TeamID,
		Author: "customer", Text: a.Comment, At: at,
	}
	for _, id := range a.Files {
		m.Media = append(m.Media, channels.Media{ID: id})
	}
	if err := messages.Insert(ctx, tx, m); err != nil {
		return "", err
	}
	from := media.Origin{CompanyID: t.CompanyID, TeamID: t.TeamID, ContactID: t.ContactID, TicketID: t.ID, MessageID: m.ID}
	return m.ID, from.Attach(ctx, tx, m.Media)
}
