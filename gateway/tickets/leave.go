package tickets

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/settings"
	"ringback/settings/transaction"
)

// Form is what somebody writes who leaves a ticket, on the team's contact page or in a
// chat.
type Form struct {
	Once  string // the same as long as it is the same form
	Name  string // empty: it was not given
	Phone string // in E.164 form, on the contact page alone
	Text  string
	At    time.Time
}

// LeaveOnPage opens the ticket of the team's contact page and returns its id; empty: this
// form was left before. Somebody who goes back and writes something else has written
// something else. Nothing that was typed is proven: the ticket has a contact of its own
// and says whose number was given.
func (f Form) LeaveOnPage(ctx context.Context, db *sqlx.DB, team *settings.Snapshot) (id string, err error) {
	company, of := team.Team.CompanyID, team.Team.ID
	sum := sha256.Sum256([]byte(f.Phone + "\x00" + f.Name + "\x00" + f.Text))
	key := "contact/" + of + "/" + f.Once + "/" + uuid.NewSHA1(uuid.NameSpaceOID, sum[:]).String()
	err = transaction.Run(ctx, db, func(tx *sqlx.Tx) error {
		person, err := contacts.Claim(ctx, tx, company, of, channels.SMS, f.Phone)
		if err != nil {
			return err
		}
		if first, err := takeKey(ctx, tx, company, key, sum[:]); err != nil || !first {
			return err
		}
		who, err := contacts.Unproven(ctx, tx, company, of, f.Name)
		if err != nil {
			return err
		}
		made, err := Created{CompanyID: company, TeamID: of, ContactID: who.ID, Text: f.Text, At: f.At, ClaimedID: person, ClaimedAddress: f.Phone}.Create(ctx, tx, team)
		id = made.ID
		return err
	})
	return id, err
}

// LeaveInChat opens the ticket that a visitor leaves in a chat and returns its id; empty:
// this form was left before.
func (f Form) LeaveInChat(ctx context.Context, db *sqlx.DB, team *settings.Snapshot, chat settings.Sender, visitor string) (id string, err error) {
	err = transaction.Run(ctx, db, func(tx *sqlx.Tx) error {
		c, err := contacts.FindOrCreate(ctx, tx, chat.CompanyID, chat.TeamID, chat.ID, channels.WebChat, visitor, f.Name)
		if err != nil {
			return err
		}
		if first, err := takeKey(ctx, tx, chat.CompanyID, "chat/"+visitor+"/"+f.Once, nil); err != nil || !first {
			return err
		}
		made, err := Created{CompanyID: chat.CompanyID, TeamID: chat.TeamID, ContactID: c.ID, Chat: chat.ID, Text: f.Text, At: f.At}.Create(ctx, tx, team)
		id = made.ID
		return err
	})
	return id, err
}

const insertKey = `
insert into idempotency_keys (company_id, key, body, answer) values ($1, $2, coalesce($3, ''::bytea), '{}') on conflict do nothing`

// takeKey reports whether the form is left for the first time. Who sends it again finds its
// key taken, and at the same moment waits here for the first.
func takeKey(ctx context.Context, tx sqlx.ExecerContext, company, key string, body []byte) (bool, error) {
	made, err := tx.ExecContext(ctx, insertKey, company, key, body)
	if err != nil {
		return false, fmt.Errorf("key of a form: %w", err)
	}
	n, err := made.RowsAffected()
	return n == 1, err
}
