package deliveries_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/gateway/contacts"
	"ringback/gateway/deliveries"
	"ringback/gateway/events"
	"ringback/gateway/queue"
	"ringback/migrations/testdb"
)

const (
	ours, salesOurs  = "+15005550006", "+15005550007"
	customer, userID = "+13125550142", "US.1111111111"
)

// queued is a message to a customer that waits in the outbox, and what may come
// meanwhile.
type queued struct {
	db                                  *sqlx.DB
	company, team, sender, sales, other string // the company's teams, and a sender of each
	contact                             string
	out                                 deliveries.Outgoing
	told                                int
}

func newQueued(t *testing.T, db *sqlx.DB) *queued {
	t.Helper()
	q := &queued{
		db: db, company: uuid.NewString(), team: uuid.NewString(), sales: uuid.NewString(), sender: uuid.NewString(), other: uuid.NewString(),
	}
	q.exec(t, `insert into companies (id, name) values ($1, 'GVE')`, q.company)
	for team, sender := range map[string]string{q.team: q.sender, q.sales: q.other} {
		q.exec(t, `insert into teams (company_id, id, name, display_name, time_zone, language) values ($1, $2, 'T', 'T', 'UTC', 'en')`, q.company, team)
		q.exec(t, `insert into senders (company_id, team_id, id, kind, account, address) values ($1, $2, $3, 'sms', $4, $5)`,
			q.company, team, sender, q.company, map[string]string{q.sender: ours, q.other: salesOurs}[sender])
	}
	q.inTx(t, func(tx *sqlx.Tx) error {
		by := contacts.Actor{CompanyID: q.company, TeamID: q.team, At: noon}
		if err := contacts.LinkAddresses(t.Context(), tx, by, channels.SMS, customer, "", []string{userID}); err != nil {
			return err
		}
		c, err := contacts.FindOrCreate(t.Context(), tx, q.company, q.team, q.sender, channels.SMS, customer, "")
		q.contact = c.ID
		return err
	})
	q.out = deliveries.Outgoing{
		CompanyID: q.company, ID: uuid.NewString(), TeamID: q.team, ContactID: q.contact, SenderID: q.sender, Kind: channels.SMS,
		Account: q.company, From: ours, To: customer, Text: "We are closed.", ExpiresAt: noon.Add(15 * time.Minute),
	}
	return q
}

func (q *queued) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	_, err := q.db.ExecContext(t.Context(), query, args...)
	require.NoError(t, err)
}

func (q *queued) inTx(t *testing.T, change func(*sqlx.Tx) error) {
	t.Helper()
	tx, err := q.db.Beginx()
	require.NoError(t, err)
	defer func() { _ = tx.Rollback() }()
	require.NoError(t, change(tx))
	require.NoError(t, tx.Commit())
}

// decided says why the message goes out; without it an advisor wrote it.
func (q *queued) decided(t *testing.T, event, automation, reason string, at time.Time) {
	t.Helper()
	q.out.DecisionID = uuid.NewString()
	q.exec(t, `insert into decisions (company_id, id, team_id, contact_id, event_id, event_kind, provider_id, automation, outcome, reason, facts, at)
		values ($1, $2, $3, $4, $2, $5, 'SM', nullif($6, ''), 'sent', $7, '{}', $8)`,
		q.company, q.out.DecisionID, q.team, q.contact, event, automation, reason, at)
}

// says has a door acknowledge what somebody texts to one of our numbers.
func (q *queued) says(t *testing.T, from, to, text string, also ...string) {
	t.Helper()
	q.told++
	count, err := events.Record(t.Context(), q.db, []channels.Event{{
		Kind: channels.MessageReceived, ProviderID: uuid.NewString(), Account: q.company, Sender: channels.SMS,
		SenderAddress: to, CustomerAddress: from, Also: also, At: noon.Add(time.Minute), Message: &channels.Message{Text: text},
	}}, "AC", clock.At(noon))
	require.NoError(t, err)
	require.Equal(t, 1, count.Recorded)
}

// handled claims what was said, and ends its handling.
func (q *queued) handled(t *testing.T, end func(context.Context, *sqlx.Tx, events.Event) error) {
	t.Helper()
	q.inTx(t, func(tx *sqlx.Tx) error {
		claimed, err := events.Claim(t.Context(), tx, clock.At(noon.Add(time.Hour)), queue.Whole(), q.told)
		require.NoError(t, err)
		require.Len(t, claimed, 1)
		return end(t.Context(), tx, claimed[0])
	})
}

func (q *queued) consents(t *testing.T, sender string, out bool, at time.Time) {
	t.Helper()
	q.inTx(t, func(tx *sqlx.Tx) error {
		return contacts.Consent{
			CompanyID: q.company, TeamID: q.team, ContactID: q.contact, SenderID: sender, OptedOut: out, Source: "message", Words: "x", At: at,
		}.Record(t.Context(), tx)
	})
}

func giveUp(ctx context.Context, tx *sqlx.Tx, e events.Event) error {
	_, err := events.GiveUp(ctx, tx, e, errors.New("a fault"))
	return err
}

// TestWhatCameMeanwhile: a message is looked at again at the moment of sending.
func TestWhatCameMeanwhile(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	soon := noon.Add(time.Minute)
	automatic := func(q *queued) { q.decided(t, "message", "customer_first_chat", "sent", noon) }
	own := func(q *queued) { q.out.ExpiresAt = time.Time{} }
	spoke := func(at time.Time) func(*queued) {
		return func(q *queued) {
			require.NoError(t, contacts.AdvisorSpoke(t.Context(), db, q.company, q.team, q.contact, at))
		}
	}
	says := func(from, to, text string, also ...string) func(*queued) {
		return func(q *queued) { q.says(t, from, to, text, also...) }
	}
	out := func(q *queued) { q.consents(t, "", true, soon) }
	blocked := func(q *queued) { q.exec(t, `update contacts set blocked_at = $1 where id = $2`, soon, q.contact) }
	reaching := func(scope string, meanwhile func(*queued)) func(*queued) {
		return func(q *queued) {
			q.exec(t, `update companies set opt_out_scope = $2 where id = $1`, q.company, scope)
			meanwhile(q)
		}
	}
	// used is what the team has used of the hour's cap and of the day's, and what they are now.
	used := func(hour, perHour, day, perDay int) func(*queued) {
		return func(q *queued) {
			q.exec(t, `insert into spend (company_id, team_id, span, starts_at, sent) values ($1, $2, 'hour', date_trunc('hour', $3::timestamptz, 'UTC'), $4), ($1, $2, 'day', date_trunc('day', $3::timestamptz, 'UTC'), $5)`,
				q.company, q.team, noon, hour, day)
			q.exec(t, `update teams set automatic_per_hour = $2, automatic_per_day = $3 where id = $1`, q.team, perHour, perDay)
		}
	}
	const stop, block, advisor, budget = channels.ReasonOptedOut, deliveries.ReasonBlocked, deliveries.ReasonAdvisorActive, deliveries.ReasonTeamBudget
	for name, c := range map[string]struct {
		message, meanwhile func(*queued)
		want               channels.Reason
	}{
		"nothing":                                    {automatic, func(*queued) {}, ""},
		"a STOP that nobody has handled":             {automatic, says(customer, ours, "Stop!"), stop},
		"a STOP that is handled":                     {automatic, out, stop},
		"a STOP and, later, a START":                 {automatic, func(q *queued) { out(q); q.consents(t, "", false, soon) }, ""},
		"a STOP from another of their numbers":       {automatic, says(userID, ours, "STOP"), stop},
		"a STOP from an id that we learn of with it": {automatic, says("US.2222222222", ours, "STOP", customer), stop},
		"a STOP that is no STOP":                     {automatic, says(customer, ours, "Stop by later"), ""},
		"a STOP to another team":                     {automatic, says(customer, salesOurs, "STOP"), ""},
		"a STOP to another team of such a company":   {automatic, reaching("company", says(customer, salesOurs, "STOP")), stop},
		"such a STOP that is handled":                {automatic, reaching("company", func(q *queued) { q.team = q.sales; q.consents(t, "", true, soon) }), stop},
		"a STOP to this number, which reaches it":    {automatic, reaching("sender", says(customer, ours, "STOP")), stop},
		"a STOP to another number, which reaches it": {automatic, reaching("sender", says(customer, salesOurs, "STOP")), ""},
		"somebody else's STOP":                       {automatic, says("+13125550143", ours, "STOP"), ""},
		"a STOP whose handling was given up": {automatic, func(q *queued) {
			q.says(t, customer, ours, "STOP")
			q.handled(t, giveUp)
		}, stop},
		"such a STOP and a START": {automatic, func(q *queued) {
			q.says(t, customer, ours, "STOP")
			q.handled(t, giveUp)
			q.consents(t, "", false, soon)
		}, ""},
		"a STOP that another has handled": {automatic, func(q *queued) {
			q.says(t, customer, ours, "STOP")
			q.handled(t, func(ctx context.Context, tx *sqlx.Tx, e events.Event) error {
				_, err := events.Done(ctx, tx, e)
				return err
			})
		}, ""},
		"a STOP, and the advisor's own words":            {own, says(customer, ours, "STOP"), stop},
		"a STOP, and the web chat":                       {func(q *queued) { automatic(q); q.out.Kind = channels.WebChat }, says(customer, ours, "STOP"), ""},
		"a STOP's own confirmation":                      {func(q *queued) { q.decided(t, "message", "", "opted_out", soon) }, out, ""},
		"another STOP, and the first one's confirmation": {func(q *queued) { q.decided(t, "message", "", "opted_out", noon) }, says(customer, ours, "STOP"), ""},
		"the help that somebody asks for after a STOP":   {func(q *queued) { q.decided(t, "message", "", "help", soon) }, out, ""},
		"the help that somebody asked for before":        {func(q *queued) { q.decided(t, "message", "", "help", noon) }, out, stop},
		"a STOP after a START":                           {func(q *queued) { q.decided(t, "message", "", "opted_in", noon) }, out, stop},
		"the provider says that this sender was stopped": {automatic, func(q *queued) { q.consents(t, q.sender, true, soon) }, stop},
		"the provider says that another was":             {automatic, func(q *queued) { q.consents(t, q.other, true, soon) }, ""},
		"a block":                                        {automatic, blocked, block},
		"a block, and the advisor's own words":           {own, blocked, ""},
		"an advisor's answer":                            {automatic, spoke(soon), advisor},
		"an advisor who wrote before":                    {automatic, spoke(noon.Add(-time.Minute)), ""},
		"the advisor's own words":                        {own, spoke(soon), ""},
		"an advisor's answer, and what they asked for":   {func(q *queued) { q.decided(t, "request", "request_photo_video", "sent", noon) }, spoke(soon), ""},
		"what follows a talk":                            {func(q *queued) { q.decided(t, "call", "after_successful_call", "sent", noon) }, spoke(soon), ""},
		"a cap that is used up by now":                   {automatic, used(9, 9, 90, 90), ""},
		"a cap of the hour that was lowered":             {automatic, used(9, 8, 90, 90), budget},
		"a cap of the day that was lowered":              {automatic, used(9, 9, 90, 89), budget},
		"a question of ours, and a lower cap":            {func(q *queued) { q.decided(t, "ticket_done", "ask_issue_resolved", "sent", noon) }, used(9, 0, 90, 0), budget},
		"a lower cap, and the advisor's own words":       {own, used(9, 0, 90, 0), ""},
		"a lower cap, and what an advisor asked for":     {func(q *queued) { q.decided(t, "request", "request_photo_video", "sent", noon) }, used(9, 0, 90, 0), ""},
		"a lower cap, and what confirms a STOP":          {func(q *queued) { q.decided(t, "message", "", "opted_out", noon) }, used(9, 0, 90, 0), ""},
		"what somebody had sent again":                   {func(q *queued) { automatic(q); q.out.ExpiresAt = time.Time{} }, spoke(soon), ""},
	} {
		q := newQueued(t, db)
		c.message(q)
		require.NoError(t, deliveries.Queue(t.Context(), db, clock.At(noon), q.out))
		c.meanwhile(q)
		claimed, err := deliveries.Claim(t.Context(), db, clock.At(soon), queue.Whole(), queue.Room{Free: 9, Each: 9}, false)
		require.NoError(t, err)
		require.Len(t, claimed, 1, name)
		require.Equal(t, c.want, claimed[0].Stopped, name)
		again, err := deliveries.Retried(t.Context(), db, claimed[0], clock.At(soon))
		require.NoError(t, err)
		require.Equal(t, c.want == "", again, name+": once more, after it was looked for")
		q.exec(t, `update deliveries set due_at = null`)
		q.exec(t, `update events set handled_at = now() where handled_at is null`)
	}
}

// TestWhyItDidNotLeave: what a person reads of a message that was taken back.
func TestWhyItDidNotLeave(t *testing.T) {
	t.Parallel()
	q := newQueued(t, testdb.New(t))
	require.NoError(t, deliveries.Queue(t.Context(), q.db, clock.At(noon), q.out))
	for _, reason := range []channels.Reason{channels.ReasonOptedOut, deliveries.ReasonBlocked, deliveries.ReasonAdvisorActive} {
		q.exec(t, `update deliveries set state = 'queued', due_at = now()`)
		q.inTx(t, func(tx *sqlx.Tx) error {
			_, ended, err := deliveries.MarkFailed(t.Context(), tx, deliveries.Claimed{CompanyID: q.company, ID: q.out.ID}, channels.Canceled, &channels.SendError{Reason: reason})
			require.True(t, ended)
			return err
		})
		d, err := deliveries.Get(t.Context(), q.db, q.company, q.out.ID)
		require.NoError(t, err)
		require.Equal(t, channels.Canceled, d.State)
		require.Equal(t, reason, d.Reason)
		require.Contains(t, d.Explanation, "before it left.")
		require.Zero(t, d.Attempts)
		require.Empty(t, d.Error)
	}
}
