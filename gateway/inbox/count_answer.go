package inbox

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"ringback/gateway/requests"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
	"ringback/settings"
	"ringback/settings/staff"
)

// Candidate is a request of which a customer's message may be the answer, where
// nobody could say to which of several.
type Candidate struct {
	Request string `json:"request"`
	Kind    string `json:"kind"`
	Message string `json:"message" doc:"The words it was asked in; empty: the automation's"`
}

// Candidates scans them.
type Candidates []Candidate

// Scan reads the column.
func (c *Candidates) Scan(column any) error {
	switch raw := column.(type) {
	case nil:
		*c = nil
		return nil
	case []byte:
		return json.Unmarshal(raw, c)
	}
	return fmt.Errorf("candidates: cannot read %T", column)
}

// candidates are what a message e on a timeline may still be the answer to.
const candidates = `
case when e.may_answer <> '{}' then (
	select json_agg(json_build_object('request', r.id, 'kind', r.kind, 'message', r.message) order by r.asked_at, r.id) from requests r
	where r.company_id = e.company_id and r.id = any(e.may_answer) and r.state in ('open', 'seen') and r.expires_at > $3) end`

const maybeAnswer = `
select m.text from messages m join requests r on r.company_id = m.company_id and r.contact_id = m.contact_id and r.id = any(m.may_answer)
where m.company_id = $1 and m.id = $2 and r.id = $3 and m.author = 'customer'`

// CountAnswer has a customer's message count as the answer to one of the
// requests that it may be meant for. It is recorded as the doing of who says so.
func (d Desk) CountAnswer(ctx context.Context, who staff.Principal, team, request, message string) (Request, error) {
	var now Request
	ticket, err := d.ticketOf(ctx, who.CompanyID, team, request)
	if err != nil {
		return now, err
	}
	if !settings.IsID(message) {
		return now, settings.Refuse("message", "no_candidate")
	}
	err = d.onTicket(ctx, who.CompanyID, team, ticket, func(tx *sqlx.Tx, t tickets.Ticket) error {
		var said string
		err := tx.GetContext(ctx, &said, maybeAnswer, who.CompanyID, message, request)
		if errors.Is(err, sql.ErrNoRows) {
			return settings.Refuse("message", "no_candidate")
		}
		if err != nil {
			return fmt.Errorf("request %s: message %s: %w", request, message, err)
		}
		if err := d.count(ctx, tx, who, t, request, said); err != nil {
			return err
		}
		return tx.GetContext(ctx, &now, oneRequest, who.CompanyID, request)
	})
	return now, err
}

func (d Desk) count(ctx context.Context, tx *sqlx.Tx, who staff.Principal, t tickets.Ticket, request, said string) error {
	asked, err := requests.Lock(ctx, tx, who.CompanyID, request)
	if err != nil {
		return err
	}
	a, ok := rules.CountAs(asked.Kind, said)
	if !ok {
		return settings.Refuse("message", "no_candidate")
	}
	given := requests.Answer{Approved: a.Approved, Resolved: a.Resolved, Score: a.Score}
	stored, err := asked.Give(ctx, tx, t, given, requests.ByStaff(tickets.By{Who: who.Who, Staff: who.StaffID}), d.Clock.Now())
	switch {
	case err != nil || stored:
		return err
	case asked.State == requests.Answered:
		return settings.NewConflict("state", "request_answered")
	}
	return settings.NewConflict("state", "request_expired")
}
