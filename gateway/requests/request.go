// Package requests is what customers are asked for (a photo, an approval, a
// payment, a rating, whether it is resolved) and what they answered.
//
// The hard decision: a link's token is derived from the request's id with a key
// that stands beside the database (where RINGBACK_SECRET_KEY is set, or the
// database is the embedded one), and kept only as its hash. Texts hold a
// placeholder until the moment in which they are sent. So whoever reads the
// database, a backup of it, the API or a hook can open no customer's page.
package requests

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/gateway/events"
	"ringback/gateway/tickets"
	"ringback/settings"
)

// Life is how long a link can be used. The question whether a ticket is
// resolved is given up after the same time, and the ticket closed.
const Life = 7 * 24 * time.Hour

// The states of a request. The last three are final.
const (
	Open      = "open"
	Seen      = "seen"
	Answered  = "answered"
	Expired   = "expired"
	Cancelled = "cancelled"
)

// Request is one request as it stands.
type Request struct {
	CompanyID   string           `db:"company_id"`
	ID          string           `db:"id"`
	TeamID      string           `db:"team_id"`
	ContactID   string           `db:"contact_id"`
	TicketID    string           `db:"ticket_id"`
	Kind        string           `db:"kind"`
	State       string           `db:"state"`
	TokenHash   []byte           `db:"token_hash"`
	Message     string           `db:"message"`
	Attachments json.RawMessage  `db:"attachments"`
	Amount      *int64           `db:"amount"`
	Currency    string           `db:"currency"`
	Description string           `db:"description"`
	Advisor     *string          `db:"advisor"`
	Who         string           `db:"who"`      // the name of who of the staff asks; empty: nobody does
	StaffID     *string          `db:"staff_id"` // and their id; nil: an API key
	Channel     string           `db:"channel"`
	Answer      *json.RawMessage `db:"answer"` // nil: there is none
	Via         string           `db:"via"`
	Form        string           `db:"form"` // by which photos were sent, as the page named it; empty: it did not
	AskedAt     time.Time        `db:"asked_at"`
	SeenAt      *time.Time       `db:"seen_at"`
	AnsweredAt  *time.Time       `db:"answered_at"`
	EndedAt     *time.Time       `db:"ended_at"`
	ExpiresAt   time.Time        `db:"expires_at"`
	Processing  *time.Time       `db:"processing_since"` // the customer has paid, and the money is on its way
}

const columns = `company_id, id, team_id, contact_id, ticket_id, kind, state, token_hash, message, attachments, amount, currency,
    description, advisor, who, staff_id, channel, answer, via, form, asked_at, seen_at, answered_at, ended_at, expires_at, processing_since`

// NewToken is a random secret part of a customer's link, and what of it is kept.
func NewToken() (token string, hash []byte) {
	var bits [16]byte
	_, _ = rand.Read(bits[:]) // never fails
	token = base64.RawURLEncoding.EncodeToString(bits[:])
	return token, Hash(token)
}

// Hash is what is kept of a token.
func Hash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

const insert = `
insert into requests (company_id, id, team_id, contact_id, ticket_id, kind, token_hash, message, attachments, amount, currency,
    description, advisor, who, channel, asked_at, expires_at, staff_id, author)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`

// Insert writes a new request down, on its ticket's timeline as well, and sets
// the timer of its life.
func (r Request) Insert(ctx context.Context, tx sqlx.ExecerContext) error {
	if r.Attachments == nil {
		r.Attachments = json.RawMessage("[]")
	}
	if _, err := tx.ExecContext(ctx, insert, r.CompanyID, r.ID, r.TeamID, r.ContactID, r.TicketID, r.Kind, r.TokenHash, r.Message,
		string(r.Attachments), r.Amount, r.Currency, r.Description, r.Advisor, r.Who, r.Channel, r.AskedAt, r.ExpiresAt, r.StaffID, r.by().Author()); err != nil {
		return fmt.Errorf("request %s: %w", r.ID, err)
	}
	if err := r.note(ctx, tx, "asked", r.Kind, r.by(), r.AskedAt); err != nil {
		return err
	}
	timer := events.InternalEvent{
		CompanyID: r.CompanyID, TeamID: r.TeamID, Name: "request/" + r.ID + "/expired", At: r.ExpiresAt, Due: r.ExpiresAt,
		Payload: events.RequestExpired{Contact: r.ContactID, Ticket: r.TicketID, Request: r.ID},
	}
	return timer.Raise(ctx, tx)
}

// by is who asks.
func (r Request) by() tickets.By {
	by := tickets.By{Who: r.Who}
	if r.StaffID != nil {
		by.Staff = *r.StaffID
	}
	return by
}

// note writes a line about the request on its ticket's timeline.
func (r Request) note(ctx context.Context, tx sqlx.ExecerContext, change, detail string, by tickets.By, at time.Time) error {
	id := uuid.Must(uuid.NewV7()).String()
	if _, err := tx.ExecContext(ctx, note, r.CompanyID, id, r.TicketID, at, change, by.Who, detail, r.ID, by.Author(), by.Staff); err != nil {
		return fmt.Errorf("request %s: %s: %w", r.ID, change, err)
	}
	return nil
}

const note = `
insert into ticket_changes (company_id, id, ticket_id, at, change, who, detail, request_id, author, staff_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, nullif($10, '')::uuid)`

const (
	lock    = `select ` + columns + ` from requests where company_id = $1 and id = $2 for update`
	byToken = `select ` + columns + ` from requests where token_hash = $1`
)

// Lock returns a request of the company for a change. The contact's standing
// has to be locked before.
func Lock(ctx context.Context, tx sqlx.QueryerContext, company, id string) (Request, error) {
	return one(ctx, tx, lock, company, id)
}

// ByToken returns the request that a link leads to, whosever it is: the token
// is all that a customer has to show. ErrNotFound: none.
func ByToken(ctx context.Context, q sqlx.QueryerContext, token string) (Request, error) {
	return one(ctx, q, byToken, Hash(token))
}

func one(ctx context.Context, q sqlx.QueryerContext, query string, args ...any) (Request, error) {
	var r Request
	err := sqlx.GetContext(ctx, q, &r, query, args...)
	if errors.Is(err, sql.ErrNoRows) {
		return r, settings.ErrNotFound
	}
	if err != nil {
		return r, fmt.Errorf("request: %w", err)
	}
	return r, nil
}

// Files are the ids of the media that the advisor attached.
func (r Request) Files() []string {
	var ids []string
	_ = json.Unmarshal(r.Attachments, &ids) // what is no list has none
	return ids
}

// Live reports whether the request still waits for an answer at a time.
func (r Request) Live(at time.Time) bool {
	return (r.State == Open || r.State == Seen) && at.Before(r.ExpiresAt) && r.Processing == nil
}
