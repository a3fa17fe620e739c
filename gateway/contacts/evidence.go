package contacts

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// Evidence is one opt-out or opt-in as it was recorded.
type Evidence struct {
	ID       string    `db:"id" json:"id"`
	At       time.Time `db:"at" json:"at"`
	Contact  string    `db:"contact_id" json:"contact"`
	Name     string    `db:"name" json:"name"`
	Address  string    `db:"address" json:"address" doc:"The contact's first phone number"`
	Sender   *string   `db:"sender_id" json:"sender" doc:"The one sender that it is about; null: all of the team's"`
	OptedOut bool      `db:"opted_out" json:"opted_out"`
	Source   string    `db:"source" json:"source" doc:"message: the customer wrote it; provider: theirs told; api: staff recorded it; import; erased: whoever had the address before them opted out and was erased; not_meant: staff read what they wrote, and it was no opt-out; agreed: staff wrote to them first and noted how they had agreed; unblocked: they wrote to a WhatsApp sender that they had blocked"`
	Words    string    `db:"words" json:"words" doc:"What was said, or the provider's code"`
	Who      string    `db:"who" json:"who" doc:"Who recorded it; empty: the gateway"`
	Event    *string   `db:"event_id" json:"event"`
}

// A team is told who it was as far as it has met them.
const evidenceColumns = `e.id, e.at, e.contact_id, coalesce((select c.name from contacts c where c.company_id = e.company_id and c.id = e.contact_id and ` + metOfEvidence + `), '') as name,
	coalesce((select a.address from addresses a where a.company_id = e.company_id and a.contact_id = e.contact_id and ` + metOfEvidence + `
		order by a.kind <> 'phone', a.created_at, a.address limit 1), '') as address,
	e.sender_id, e.opted_out, e.source, e.words, e.who, e.event_id`

const metOfEvidence = `exists (select from standings s where s.company_id = e.company_id and s.team_id = e.team_id and s.contact_id = e.contact_id and s.met)`

const evidence = `
select ` + evidenceColumns + ` from consents e
where e.company_id = $1 and e.team_id = $2 and ($3 = '' or e.contact_id = nullif($3, '')::uuid)
	and ($4 = '' or e.id < nullif($4, '')::uuid)
order by e.id desc limit $5`

// ListEvidence returns a team's opt-outs and opt-ins, of one contact when it is
// not empty, the newest first, from the one before that id on.
func ListEvidence(ctx context.Context, q sqlx.QueryerContext, company, team, contact, before string, limit int) ([]Evidence, error) {
	found := []Evidence{}
	if err := sqlx.SelectContext(ctx, q, &found, evidence, company, team, contact, before, limit); err != nil {
		return nil, fmt.Errorf("consents: %w", err)
	}
	return found, nil
}
