package requests

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/gateway/outboundhooks"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
)

const see = `update requests set state = 'seen', seen_at = $3 where company_id = $1 and id = $2 and state = 'open' and expires_at > $3`

// See notes that the customer opened the link. Only the first time is one.
func (r Request) See(ctx context.Context, tx sqlx.ExecerContext, at time.Time) error {
	seen, err := r.moved(ctx, tx, see, r.CompanyID, r.ID, at)
	if err != nil || !seen {
		return err
	}
	return r.note(ctx, tx, "seen", r.Kind, tickets.Customer, at)
}

const end = `
update requests set state = $3, ended_at = $4 where company_id = $1 and id = $2 and state in ('open', 'seen') and processing_since is null`

// End ends a request that was not answered, as expired or cancelled. One whose
// money is on its way goes on.
func (r Request) End(ctx context.Context, tx sqlx.ExecerContext, state string, by tickets.By, at time.Time) error {
	ended, err := r.moved(ctx, tx, end, r.CompanyID, r.ID, state, at)
	if err != nil || !ended {
		return err
	}
	return r.note(ctx, tx, state, r.Kind, by, at)
}

const unanswered = `
select ` + columns + ` from requests where company_id = $1 and ticket_id = $2 and kind = $3 and state in ('open', 'seen') for update`

// Withdraw cancels what a ticket's customer was asked of a kind and has not
// answered: the question is no longer one.
func Withdraw(ctx context.Context, tx sqlx.ExtContext, company, ticket, kind string, by tickets.By, at time.Time) error {
	var waiting []Request
	if err := sqlx.SelectContext(ctx, tx, &waiting, unanswered, company, ticket, kind); err != nil {
		return fmt.Errorf("requests of ticket %s: %w", ticket, err)
	}
	for _, r := range waiting {
		if err := r.End(ctx, tx, Cancelled, by, at); err != nil {
			return err
		}
	}
	return nil
}

const over = `select exists (select from requests where company_id = $1 and id = $2 and state not in ('open', 'seen'))`

// Over reports whether a request waits for nothing any more: it was answered or
// withdrawn, or it is too late.
func Over(ctx context.Context, q sqlx.QueryerContext, company, id string) (is bool, err error) {
	if err := q.QueryRowxContext(ctx, over, company, id).Scan(&is); err != nil {
		return false, fmt.Errorf("request %s: %w", id, err)
	}
	return is, nil
}

// Answer is what a customer answered; which field counts goes by the kind.
type Answer struct {
	Approved *bool    `json:"approved,omitempty"`
	Resolved *bool    `json:"resolved,omitempty"`
	Score    int      `json:"score,omitempty"` // 1 to 5
	Comment  string   `json:"comment,omitempty"`
	Files    []string `json:"files,omitempty"`   // ids of media
	Message  string   `json:"message,omitempty"` // that brought them
	Payment  string   `json:"payment,omitempty"` // paid, refunded
}

// Same reports whether two answers say the same, whatever the comments.
func (a Answer) Same(b Answer) bool {
	return a.Word() == b.Word() && a.Payment == b.Payment && len(a.Files) == 0 && len(b.Files) == 0
}

// Word is the answer in short, as the timeline has it.
func (a Answer) Word() string {
	switch {
	case a.Approved != nil && *a.Approved:
		return "approved"
	case a.Approved != nil:
		return "declined"
	case a.Resolved != nil && *a.Resolved:
		return "yes"
	case a.Resolved != nil:
		return "no"
	case a.Score > 0:
		return fmt.Sprint(a.Score)
	}
	return ""
}

const give = `
update requests set state = 'answered', answered_at = $3, answer = $4::jsonb, via = $5, form = $6
where company_id = $1 and id = $2 and state in ('open', 'seen') and expires_at > $3`

// Way is how an answer came.
type Way struct {
	via  string
	by   tickets.By
	form string // by which photos came, as their page named it
}

// The ways of an answer: the customer's page, their own words, and what one of the
// staff has count as it.
var (
	ByPage = Way{via: "page", by: tickets.Customer}
	ByText = Way{via: "text", by: tickets.Customer}
)

// ByStaff is that one of the staff says what the customer answered.
func ByStaff(by tickets.By) Way { return Way{via: "staff", by: by} }

// ByForm is that the customer sent the form which their page named so.
func ByForm(name string) Way { return Way{via: "page", by: tickets.Customer, form: name} }

// Give stores the customer's answer, once, and does what follows from it.
// False: it is too late, or there is an answer already; then nothing changes.
// The ticket is locked, and with it the contact's standing.
func (r Request) Give(ctx context.Context, tx sqlx.ExtContext, t tickets.Ticket, a Answer, way Way, at time.Time) (bool, error) {
	raw, err := json.Marshal(a)
	if err != nil {
		return false, fmt.Errorf("request %s: answer: %w", r.ID, err)
	}
	given, err := r.moved(ctx, tx, give, r.CompanyID, r.ID, at, string(raw), way.via, way.form)
	if err != nil || !given {
		return false, err
	}
	if err := r.note(ctx, tx, "answered", a.Word(), way.by, at); err != nil {
		return false, err
	}
	kind := outboundhooks.RequestAnswered
	if r.Kind == rules.AskRating {
		kind = outboundhooks.TicketRated
	}
	if err := r.tell(ctx, tx, kind, a, at); err != nil {
		return false, err
	}
	if err := r.notice(ctx, tx, a, at); err != nil {
		return false, err
	}
	if r.Kind != rules.AskResolved {
		return true, nil
	}
	return true, r.resolve(ctx, tx, t, *a.Resolved, way.by, at)
}

// resolve closes the ticket that is resolved, which leads to the question how
// the advisor did; one that is not goes back to who had it.
func (r Request) resolve(ctx context.Context, tx sqlx.ExtContext, t tickets.Ticket, yes bool, by tickets.By, at time.Time) error {
	c := tickets.Change{Status: tickets.StatusClosed, Assignee: t.Assignee, Resolved: &yes, By: by, At: at}
	if !yes {
		c.Status, c.Resolved = tickets.StatusOpen, nil
		if c.Assignee == nil {
			c.Assignee = r.Advisor
		}
	}
	return t.Make(ctx, tx, c)
}

const toldAgain = `update requests set told_at = $3 where company_id = $1 and id = $2 and told_at is null`

// ToldAgain remembers that the customer was told that there is an answer.
func (r Request) ToldAgain(ctx context.Context, tx sqlx.ExecerContext, at time.Time) error {
	_, err := r.moved(ctx, tx, toldAgain, r.CompanyID, r.ID, at)
	return err
}

func (r Request) moved(ctx context.Context, tx sqlx.ExecerContext, query string, args ...any) (bool, error) {
	result, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return false, fmt.Errorf("request %s: %w", r.ID, err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

func (r Request) tell(ctx context.Context, tx sqlx.ExecerContext, kind string, a Answer, at time.Time) error {
	return outboundhooks.Tell(ctx, tx, outboundhooks.Event{CompanyID: r.CompanyID, Kind: kind, At: at, Data: map[string]any{
		"request": r.ID, "team": r.TeamID, "contact": r.ContactID, "ticket": r.TicketID, "kind": r.Kind, "answer": a, "advisor": r.Advisor,
		"amount": r.Amount, "currency": r.Currency,
	}})
}
