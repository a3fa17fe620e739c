package deliveries

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
)

// Why a message that was queued is taken back at the moment of sending, beside
// channels.ReasonOptedOut.
const (
	ReasonBlocked       channels.Reason = "blocked"
	ReasonAdvisorActive channels.Reason = "advisor_active"
	ReasonInDoubt       channels.Reason = "unclear_opt_out"
	ReasonErased        channels.Reason = "erased"
	ReasonRequestOver   channels.Reason = "request_over" // by what has become of it: see requests.Over
	ReasonTeamBudget    channels.Reason = "team_budget"
	ReasonLandline      channels.Reason = "landline" // by what Twilio Lookup says of the number: see lineOf
)

// stopped is why the delivery d must not leave any more, or empty. It is looked
// at once more at the moment of sending, because much may have come meanwhile:
//
// A STOP, which holds from the moment a door acknowledged it, handled or not.
// It stops whatever goes to the person's phone, an advisor's own words and the
// other channels among it, but neither its own confirmation nor what answers a
// HELP that came after it. Web chat goes on.
//
// What may be a STOP, which holds back what is automatic until the staff has said
// whether it is one; not what an advisor wrote or asked for.
//
// A block, which stops what no advisor wrote.
//
// An advisor's own words since, which stop what would have answered in their
// place; not what follows a talk with them, what they asked for, or what
// somebody had sent again, which has no time in which it makes sense.
//
// A cap of the team's that was lowered below what it had used of the hour or the day
// when the message was queued: who lowers it wants it quiet now, and which of the
// messages had the places that are left nobody can say.
//
// A notice to one of the staff is stopped by the STOP of their own phone.
//
// All of it is found by keys: a claim costs the same however many have stopped.
const stopped = `
coalesce((select case
    when d.kind <> 'webchat' and made.reason is distinct from 'opted_out' and (
        s.opted_out_at is not null and not (made.reason is not distinct from 'help' and made.at >= s.opted_out_at)
        or exists (select from sender_opt_outs o where o.company_id = d.company_id and o.sender_id in (d.sender_id, d.company_id) and o.contact_id = d.contact_id)
        or exists (select from addresses a join pending_stops p
            on p.company_id = a.company_id and p.team_id in (d.team_id, d.sender_id, d.company_id) and p.address = a.address
            where a.company_id = d.company_id and a.contact_id = d.contact_id)) then '` + string(channels.ReasonOptedOut) + `'
    when made.id is not null and c.blocked_at is not null then '` + string(ReasonBlocked) + `'
    when made.event_kind in ('message', 'call', 'ticket') and made.automation <> 'after_successful_call'
        and d.expires_at is not null and s.advisor_at > made.at then '` + string(ReasonAdvisorActive) + `'
    when d.kind <> 'webchat' and s.near_refusal_at is not null and made.automation is not null and made.event_kind not in ('request', 'share')
        then '` + string(ReasonInDoubt) + `'
    when made.automation is not null and made.event_kind not in ('request', 'share') and (
        t.automatic_per_hour < (select u.sent from spend u where u.company_id = d.company_id and u.team_id = d.team_id and u.span = 'hour' and u.starts_at = date_trunc('hour', d.created_at, 'UTC'))
        or t.automatic_per_day < (select u.sent from spend u where u.company_id = d.company_id and u.team_id = d.team_id and u.span = 'day' and u.starts_at = date_trunc('day', d.created_at, 'UTC')))
        then '` + string(ReasonTeamBudget) + `'
    end
    from contacts c
    left join teams t on t.company_id = d.company_id and t.id = d.team_id
    left join standings s on s.company_id = d.company_id and s.team_id = d.team_id and s.contact_id = d.contact_id
    left join decisions made on made.company_id = d.company_id and made.id = d.decision_id
    where c.company_id = d.company_id and c.id = d.contact_id),
    case when d.staff_id is not null and exists (select from addresses a
        left join standings s on s.company_id = a.company_id and s.team_id = d.team_id and s.contact_id = a.contact_id
        where a.company_id = d.company_id and a.kind = 'phone' and a.address = d.to_address and (s.opted_out_at is not null
            or exists (select from sender_opt_outs o where o.company_id = d.company_id and o.sender_id in (d.sender_id, d.company_id) and o.contact_id = a.contact_id)
            or exists (select from pending_stops p where p.company_id = d.company_id and p.team_id in (d.team_id, d.sender_id, d.company_id) and p.address = a.address))) then '` + string(channels.ReasonOptedOut) + `' end, '')`

const stoppedNow = `select ` + stopped + ` from deliveries d where d.company_id = $1 and d.id = $2`

// Stopped is why a claimed delivery must not leave any more, by now; empty: nothing is
// against it.
func Stopped(ctx context.Context, q sqlx.QueryerContext, c Claimed) (channels.Reason, error) {
	var reason channels.Reason
	if err := sqlx.GetContext(ctx, q, &reason, stoppedNow, c.CompanyID, c.ID); err != nil {
		return "", fmt.Errorf("delivery %s: what stops it: %w", c.ID, err)
	}
	return reason, nil
}
