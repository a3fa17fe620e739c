// Package notifications tells the staff what happened: by e-mail, in their browser,
// and by text to their own phone; each of what they chose, while they are on
// schedule.
//
// The hard decision: what happened is written down in the transaction in which
// it does, under a name that is told once. Who is to hear of it, when and how is
// found out by a worker, in one transaction, and each of them is told by another.
// So customers' events wait for nobody, and neither a repeat nor a second replica
// nor a crash makes two notices of one.
package notifications

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
)

// The kinds of notices.
const (
	MissedCall     = "missed_call"
	Voicemail      = "voicemail"
	NewTicket      = "new_ticket"
	Message        = "message"
	AnswerNo       = "answer_no"
	Approval       = "approval"
	Payment        = "payment"
	Photo          = "photo"
	Rating         = "rating" // of 1 to LowRating
	DeliveryFailed = "delivery_failed"
	SenderPaused   = "sender_paused"
	TemplateHeld   = "template_held" // a WhatsApp template is paused, rejected or disabled
	SenderSilent   = "sender_silent" // a provider does not bring here what happens at a sender
	HookFailing    = "hook_failing"  // an address of the company's other systems takes nothing any more
	TeamBudget     = "team_budget"   // the team's cap is reached
	Escalation     = "escalation"
	Mention        = "mention" // somebody of the staff names one of them in a note

	test = "test" // somebody wants to see that one arrives
)

// HookGone is the word of a HookFailing whose address said that it is no more.
const HookGone = "gone"

// Kinds is what people choose among.
var Kinds = []string{
	MissedCall, Voicemail, NewTicket, Message, AnswerNo, Approval, Payment, Photo, Rating, DeliveryFailed, SenderPaused, SenderSilent, TemplateHeld, HookFailing, TeamBudget, Escalation, Mention,
}

// LowRating is the best rating that the staff are told of; the others stand on
// the page of ratings.
const LowRating = 3

// Notice is something that happened. Its JSON names are columns.
type Notice struct {
	ID        string    `json:"id"` // given by Tell
	CompanyID string    `json:"company_id"`
	TeamID    string    `json:"team_id"`
	TicketID  string    `json:"ticket_id"` // empty: none, or that of the delivery
	StaffID   string    `json:"staff_id"`  // of a test and of a mention: whose it is
	Kind      string    `json:"kind"`
	DedupeKey string    `json:"thing"` // what has the same kind and key is told once
	At        time.Time `json:"at"`
	About     About     `json:"about"`
}

// About is what a notice says of what happened; what is empty does not belong
// to its kind.
type About struct {
	Text   string `json:"text,omitempty"`   // the customer's own words
	From   string `json:"from,omitempty"`   // their address
	Who    string `json:"who,omitempty"`    // the contact's id, where no ticket says whose it is
	Word   string `json:"word,omitempty"`   // approved, declined; paid, failed, refunded, disputed; 1 to 5; a provider's code; who mentions somebody
	Reason string `json:"reason,omitempty"` // why a message did not arrive, in one stable word
	Amount string `json:"amount,omitempty"`
	Way    string `json:"way,omitempty"`   // of a test
	Since  string `json:"since,omitempty"` // of an escalation, RFC 3339
}

// longest is how many characters of a customer's words are kept.
const longest = 500

const tell = `
insert into notices (company_id, id, team_id, ticket_id, staff_id, kind, thing, about, at)
select company_id, id, nullif(team_id, '')::uuid, nullif(ticket_id, '')::uuid, nullif(staff_id, '')::uuid, kind, thing, about, at
from json_to_recordset($1) as n (company_id uuid, id uuid, team_id text, ticket_id text, staff_id text, kind text, thing text, about jsonb, at timestamptz)
on conflict (company_id, kind, thing) do nothing`

// Tell writes notices down, in the transaction of what happened.
func Tell(ctx context.Context, tx sqlx.ExecerContext, all ...Notice) error {
	if len(all) == 0 {
		return nil
	}
	for n := range all {
		all[n].ID, all[n].About.Text = uuid.Must(uuid.NewV7()).String(), shorten(all[n].About.Text, longest)
	}
	rows, err := json.Marshal(all)
	if err == nil {
		_, err = tx.ExecContext(ctx, tell, string(rows))
	}
	if err != nil {
		return fmt.Errorf("notice of %s %s: %w", all[0].Kind, all[0].DedupeKey, err)
	}
	return nil
}

// shorten cuts text to so many characters, the last one an ellipsis.
func shorten(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}
