package contacts

import (
	"context"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// pointer is a table whose rows say which contact they are about, how they are
// told of another, and what is left of them when the contact is erased.
type pointer struct {
	table string
	// merge moves the rows of contact $2 to contact $3, of company $1 and, where
	// it asks for them, of the teams $4.
	merge string
	// erase takes from the rows of contact $2 of company $1 whatever says who
	// they were or what they said.
	erase string
}

// pointers are all that points at a contact, in the order in which it is erased:
// what is found by something comes before it. A test reads the database's own
// catalog and fails for a table that is not here, and for a key by which two
// contacts' rows could stand in each other's way and that is not merged by a
// statement of its own. Who waits by name in an event's payload is found by
// Lock. What points at them by way of these is found by around.
var pointers = []pointer{
	{"standings", mergeStandings, eraseStandings},
	{"sender_opt_outs", mergeSenders, eraseSenders},
	{"reads", mergeReads, eraseReads},
	{"media", moveOfTeam("media"), eraseMedia},
	{"deliveries", moveOfTeam("deliveries"), eraseDeliveries},
	{"messages", moveOfTeam("messages"), eraseMessages},
	{"notes", moveOfTeam("notes"), eraseNotes},
	{"planned", moveOfTeam("planned"), erasePlanned},
	{"requests", moveOfTeam("requests"), eraseRequests},
	{"calls", moveOfTeam("calls"), eraseCalls},
	{"decisions", moveOfTeam("decisions"), eraseDecisions},
	{"consents", moveOfTeam("consents"), eraseConsents},
	{"tickets", mergeTickets, eraseTickets},
	{"addresses", moveAll("addresses"), drop("addresses")},
}

func moveAll(table string) string {
	return `update ` + table + ` set contact_id = $3 where company_id = $1 and contact_id = $2`
}

// Rows of a team are found by its name as well: the indexes begin with it, and
// nothing of a team points at somebody who has no standing with it.
func moveOfTeam(table string) string { return moveAll(table) + ` and team_id = any($4::uuid[])` }

// Whoever is opted out as either is so as one, and a budget that one of them
// has used up is; what may have been meant as one waits for the staff all the same.
const mergeStandings = `
with gone as (delete from standings where company_id = $1 and contact_id = $2 and team_id = any($4::uuid[]) returning *)
insert into standings (company_id, team_id, contact_id, opted_out_at, paused_until, advisor_at, confirmations, confirmations_since, near_refusal_at, near_refusal_words, near_refusal_event, met)
select company_id, team_id, $3, opted_out_at, paused_until, advisor_at, confirmations, confirmations_since, near_refusal_at, near_refusal_words, near_refusal_event, met from gone
on conflict (company_id, team_id, contact_id) do update set
	met = standings.met or excluded.met,
	opted_out_at = least(standings.opted_out_at, excluded.opted_out_at),
	paused_until = greatest(standings.paused_until, excluded.paused_until),
	advisor_at = greatest(standings.advisor_at, excluded.advisor_at),
	confirmations = greatest(standings.confirmations, excluded.confirmations),
	confirmations_since = greatest(standings.confirmations_since, excluded.confirmations_since),
	near_refusal_at = coalesce(standings.near_refusal_at, excluded.near_refusal_at),
	near_refusal_words = case when standings.near_refusal_at is null then excluded.near_refusal_words else standings.near_refusal_words end,
	near_refusal_event = case when standings.near_refusal_at is null then excluded.near_refusal_event else standings.near_refusal_event end`

// Whoever makes one contact of two has said who wrote the tickets of the one that
// goes: nothing about them is unproven any more. What others say who are not proven
// to be that one, they say of whom it was merged into.
const mergeTickets = `
with theirs as (
	update tickets set contact_id = $3, claimed_id = null, claimed_address = null
	where company_id = $1 and contact_id = $2 and team_id = any($4::uuid[])
)
update tickets set claimed_id = nullif($3::uuid, contact_id), claimed_address = case when contact_id = $3 then null else claimed_address end
where company_id = $1 and claimed_id = $2 and team_id = any($4::uuid[])`

const mergeSenders = `
with gone as (delete from sender_opt_outs where company_id = $1 and contact_id = $2 and sender_id = any(array(select id from senders where company_id = $1) || $1::uuid) returning *)
insert into sender_opt_outs (company_id, sender_id, contact_id, at) select company_id, sender_id, $3, at from gone
on conflict do nothing`

// Of two who were read at one sender the newer message stays: a provider that
// is told of it has been told of what came before.
const mergeReads = `
with gone as (delete from reads where company_id = $1 and contact_id = $2 and sender_id in (select id from senders where company_id = $1) returning *)
insert into reads (company_id, sender_id, contact_id, seq, provider_id, due_at, attempts, fault)
select company_id, sender_id, $3, seq, provider_id, due_at, attempts, fault from gone
on conflict (company_id, sender_id, contact_id) do update
set seq = excluded.seq, provider_id = excluded.provider_id, due_at = excluded.due_at, attempts = excluded.attempts, fault = excluded.fault
where reads.seq < excluded.seq`

// movePointers lets whatever points at from point at into. Teams are those with
// whom from has a standing.
func (by Actor) movePointers(ctx context.Context, tx *sqlx.Tx, teams pq.StringArray, from, into string) error {
	for _, p := range pointers {
		args := []any{by.CompanyID, from, into}
		if strings.Contains(p.merge, "$4") {
			args = append(args, teams)
		}
		if _, err := tx.ExecContext(ctx, p.merge, args...); err != nil {
			return fmt.Errorf("%s: %w", p.table, err)
		}
	}
	return nil
}
