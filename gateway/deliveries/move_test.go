package deliveries_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/gateway/deliveries"
	"ringback/gateway/queue"
	"ringback/migrations/testdb"
	"ringback/settings"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

type tester interface {
	require.TestingT
	Helper()
}

// world is one message of a team to a customer.
type world struct {
	db  *sqlx.DB
	out deliveries.Outgoing
}

func newMessage(t tester, db *sqlx.DB) world {
	t.Helper()
	w := world{db, deliveries.Outgoing{
		CompanyID: uuid.NewString(), ID: uuid.Must(uuid.NewV7()).String(), TeamID: uuid.NewString(), ContactID: uuid.NewString(), TicketID: uuid.NewString(),
		SenderID: uuid.NewString(), Kind: channels.SMS, From: "+15005550006", To: "+13125550142", Text: "Hello",
	}}
	require.NoError(t, deliveries.Queue(context.Background(), db, clock.At(noon), w.out))
	_, err := db.Exec(`insert into standings (company_id, team_id, contact_id) values ($1, $2, $3)`, w.out.CompanyID, w.out.TeamID, w.out.ContactID)
	require.NoError(t, err)
	return w
}

func (w world) claimed() deliveries.Claimed {
	return deliveries.Claimed{CompanyID: w.out.CompanyID, ID: w.out.ID, TeamID: w.out.TeamID, ContactID: w.out.ContactID, SenderID: w.out.SenderID, Kind: w.out.Kind}
}

func (w world) get(t tester) deliveries.Delivery {
	t.Helper()
	d, err := deliveries.Get(context.Background(), w.db, w.out.CompanyID, w.out.ID)
	require.NoError(t, err)
	return d
}

// status is a callback, taken in as the gateway does.
func (w world) status(t tester, s channels.Status) {
	t.Helper()
	tx, err := w.db.Beginx()
	require.NoError(t, err)
	defer func() { _ = tx.Rollback() }()
	step := deliveries.Step{CompanyID: w.out.CompanyID, SenderID: w.out.SenderID, Status: s, At: noon}
	m, found, err := deliveries.Find(context.Background(), tx, step)
	require.NoError(t, err)
	if found && m.State.Before(s.State) {
		require.NoError(t, m.Move(context.Background(), tx, step))
	}
	require.NoError(t, tx.Commit())
}

func (w world) due(t tester) (waits bool) {
	t.Helper()
	require.NoError(t, w.db.Get(&waits, `select due_at is not null from deliveries where id = $1`, w.out.ID))
	return waits
}

// TestADeliveryNeverGoesBack plays the sender's own notes and the provider's
// callbacks of one message in any order: its state never falls, the provider's
// first id stays, and what the provider knows of is never sent again.
func TestADeliveryNeverGoesBack(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	refused := &channels.SendError{Reason: "x", Code: "30008", Err: errors.New("refused")}
	told := []channels.State{channels.Sending, channels.Sent, channels.Delivered, channels.Read, channels.Failed, channels.Undelivered}
	rapid.Check(t, func(t *rapid.T) {
		w := newMessage(t, db)
		state, known := channels.Queued, false
		for range rapid.IntRange(1, 7).Draw(t, "steps") {
			switch rapid.SampledFrom([]string{"accepted", "failed", "again", "status"}).Draw(t, "what") {
			case "accepted":
				require.NoError(t, deliveries.MarkAccepted(t.Context(), db, []deliveries.Accepted{deliveries.AcceptedBy(w.claimed(), channels.Receipt{ProviderID: "SM1", State: channels.Sending}, noon, time.Minute)}, clock.At(noon)))
				known = true
			case "failed":
				_, _, err := deliveries.MarkFailed(t.Context(), db, w.claimed(), channels.Failed, refused)
				require.NoError(t, err)
			case "again":
				plan := deliveries.Plan{Look: rapid.Bool().Draw(t, "maybe sent"), Wait: time.Minute, Attempts: 1}
				require.NoError(t, deliveries.Reschedule(t.Context(), db, w.claimed(), plan, refused, clock.At(noon)))
			case "status":
				w.status(t, channels.Status{Delivery: w.out.ID, ProviderID: "SM1", State: rapid.SampledFrom(told).Draw(t, "status")})
				known = known || w.get(t).ProviderID != nil
			}
			d := w.get(t)
			require.True(t, d.State == state || state.Before(d.State), "%s after %s", d.State, state)
			state = d.State
			if known {
				require.Equal(t, "SM1", *d.ProviderID)
				require.False(t, w.due(t), "what the provider has is not sent again")
			}
			require.False(t, d.State.Final() && w.due(t), "what has ended is not sent again")
		}
	})
}

// TestACallbackThatIsQuickerThanTheAnswer: the delivery has moved on already
// when the answer to its sending comes.
func TestACallbackThatIsQuickerThanTheAnswer(t *testing.T) {
	t.Parallel()
	w := newMessage(t, testdb.New(t))
	w.status(t, channels.Status{Delivery: w.out.ID, ProviderID: "SM1", State: channels.Delivered})
	require.NoError(t, deliveries.MarkAccepted(t.Context(), w.db, []deliveries.Accepted{deliveries.AcceptedBy(w.claimed(), channels.Receipt{ProviderID: "SM1", State: channels.Sending, Segments: 2}, noon, time.Minute)}, clock.At(noon)))
	d := w.get(t)
	require.Equal(t, channels.Delivered, d.State)
	require.Equal(t, 2, d.Segments)
	w.status(t, channels.Status{ProviderID: "SM1", State: channels.Sent})
	require.Equal(t, channels.Delivered, w.get(t).State)
	w.status(t, channels.Status{ProviderID: "SM1", State: channels.Read})
	require.Equal(t, channels.Read, w.get(t).State)
}

// TestWhoseCallbackItIs: our id in its address, however it is written, else
// the provider's; of that sender alone.
func TestWhoseCallbackItIs(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	w := newMessage(t, db)
	require.NoError(t, deliveries.MarkAccepted(t.Context(), db, []deliveries.Accepted{deliveries.AcceptedBy(w.claimed(), channels.Receipt{ProviderID: "SM1", State: channels.Sending}, noon, time.Minute)}, clock.At(noon)))
	for name, c := range map[string]struct {
		company, sender string
		status          channels.Status
		want            bool
	}{
		"by our id":                   {w.out.CompanyID, w.out.SenderID, channels.Status{Delivery: w.out.ID}, true},
		"by the provider's":           {w.out.CompanyID, w.out.SenderID, channels.Status{ProviderID: "SM1"}, true},
		"our id is nonsense":          {w.out.CompanyID, w.out.SenderID, channels.Status{Delivery: "'; drop table", ProviderID: "SM1"}, true},
		"both, and ours is another's": {w.out.CompanyID, w.out.SenderID, channels.Status{Delivery: uuid.NewString(), ProviderID: "SM1"}, true},
		"neither":                     {w.out.CompanyID, w.out.SenderID, channels.Status{}, false},
		"of another":                  {w.out.CompanyID, w.out.SenderID, channels.Status{ProviderID: "SM2"}, false},
		"signed for another sender":   {w.out.CompanyID, uuid.NewString(), channels.Status{Delivery: w.out.ID, ProviderID: "SM1"}, false},
		"signed for another company":  {uuid.NewString(), w.out.SenderID, channels.Status{Delivery: w.out.ID, ProviderID: "SM1"}, false},
	} {
		tx, err := db.Beginx()
		require.NoError(t, err)
		m, found, err := deliveries.Find(t.Context(), tx, deliveries.Step{CompanyID: c.company, SenderID: c.sender, Status: c.status, At: noon})
		require.NoError(t, err, name)
		require.Equal(t, c.want, found, name)
		require.True(t, !found || m.ID == w.out.ID, name)
		require.NoError(t, tx.Rollback())
	}
}

// TestWhatMayBeSentAgainByHand: in which states, once, and not to who opted out.
func TestWhatMayBeSentAgainByHand(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	retry := func(w world, teams ...string) (d deliveries.Delivery, err error) {
		tx, err := db.Beginx()
		if err != nil {
			return d, err
		}
		defer func() { _ = tx.Rollback() }()
		if d, err = deliveries.Retry(t.Context(), tx, w.out.CompanyID, teams, w.out.ID, clock.At(noon)); err != nil {
			return d, err
		}
		return d, tx.Commit()
	}
	for state, want := range map[channels.State]bool{
		channels.Queued: false, channels.Sending: false, channels.Sent: false, channels.Delivered: false, channels.Read: false,
		channels.Unknown: true, channels.Failed: true, channels.Undelivered: true, channels.Expired: true, channels.Canceled: true,
	} {
		w := newMessage(t, db)
		_, err := db.Exec(`update deliveries set state = $2, due_at = null where id = $1`, w.out.ID, state)
		require.NoError(t, err)
		made, err := retry(w)
		if !want {
			var refused *settings.Conflict
			require.ErrorAs(t, err, &refused, state)
			require.Equal(t, "state", refused.Field)
			continue
		}
		require.NoError(t, err, state)
		require.NotEqual(t, w.out.ID, made.ID)
		require.Equal(t, []any{channels.Queued, w.out.To, w.out.Text, 0}, []any{made.State, made.To, made.Text, made.Attempts}, "the same message, from its beginning")
		original := w.get(t)
		require.Equal(t, state, original.State, "final is final")
		require.Equal(t, made.ID, *original.Retry)
		var refused *settings.Conflict
		_, err = retry(w)
		require.ErrorAs(t, err, &refused)
		require.Equal(t, "retry", refused.Field, "once")
	}
	for name, c := range map[string]struct {
		has  string
		left bool
	}{
		"a photo without words": {`text = '', media = '["0195d3a0-0000-7000-8000-000000000001"]'`, true},
		"a template's own text": {`text = '', template = '{"name": "hello"}'`, true},
		"what was erased":       {`text = '', media = '[]', template = null`, false},
	} {
		w := newMessage(t, db)
		_, err := db.Exec(`update deliveries set state = 'failed', due_at = null, `+c.has+` where id = $1`, w.out.ID)
		require.NoError(t, err)
		_, err = retry(w)
		require.Equal(t, c.left, err == nil, "%s: %v", name, err)
	}
	for name, stop := range map[string]string{
		"the team's":   `update standings set opted_out_at = now() where company_id = $1 and team_id <> $2`,
		"the sender's": `insert into sender_opt_outs (company_id, sender_id, contact_id, at) select company_id, $2, contact_id, now() from standings where company_id = $1`,
	} {
		w := newMessage(t, db)
		_, err := db.Exec(`update deliveries set state = 'failed', due_at = null where id = $1`, w.out.ID)
		require.NoError(t, err)
		_, err = db.Exec(stop, w.out.CompanyID, w.out.SenderID)
		require.NoError(t, err)
		var refused *settings.Conflict
		_, err = retry(w)
		require.ErrorAs(t, err, &refused, name)
		require.Equal(t, "contact", refused.Field, name)
		_, err = retry(w, uuid.NewString())
		require.ErrorIs(t, err, settings.ErrNotFound, "another team's message is none")
	}
}

// TestWhatMayGoAnotherWay: what was refused for good, once, while it makes
// sense, and not to who opted out.
func TestWhatMayGoAnotherWay(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	for name, c := range map[string]struct {
		prepare string
		want    bool
	}{
		"failed":                      {`update deliveries set state = 'failed' where id = $1`, true},
		"undelivered":                 {`update deliveries set state = 'undelivered' where id = $1`, true},
		"nobody knows":                {`update deliveries set state = 'unknown' where id = $1`, false},
		"on its way":                  {`update deliveries set state = 'sent' where id = $1`, false},
		"expired":                     {`update deliveries set state = 'expired' where id = $1`, false},
		"it went another way already": {`update deliveries set state = 'failed', fallback_id = gen_random_uuid() where id = $1`, false},
		"somebody sent it again":      {`update deliveries set state = 'failed', retry_id = gen_random_uuid() where id = $1`, false},
		"to the instant":              {`update deliveries set state = 'failed', expires_at = '2026-06-01T12:00:00Z' where id = $1`, true},
		"too late":                    {`update deliveries set state = 'failed', expires_at = '2026-06-01T11:59:59Z' where id = $1`, false},
		"opted out meanwhile":         {`with d as (update deliveries set state = 'failed' where id = $1 returning *) update standings s set opted_out_at = now() from d where s.contact_id = d.contact_id`, false},
		"of this sender alone":        {`with d as (update deliveries set state = 'failed' where id = $1 returning *) insert into sender_opt_outs select company_id, sender_id, contact_id, now() from d`, false},
		"of the whole company":        {`with d as (update deliveries set state = 'failed' where id = $1 returning *) insert into sender_opt_outs select company_id, company_id, contact_id, now() from d`, false},
	} {
		w := newMessage(t, db)
		_, err := db.Exec(c.prepare, w.out.ID)
		require.NoError(t, err, name)
		may, err := deliveries.MayFallBack(t.Context(), db, deliveries.Moved{CompanyID: w.out.CompanyID, ID: w.out.ID}, clock.At(noon))
		require.NoError(t, err, name)
		require.Equal(t, c.want, may, name)
	}
}

// TestTheOtherWayHasAPlaceOfItsOwn on the timeline, so that both are seen to fare.
func TestTheOtherWayHasAPlaceOfItsOwn(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	w := newMessage(t, db)
	_, err := db.Exec(`insert into messages (company_id, id, team_id, contact_id, ticket_id, sender_id, author, who, text, delivery_id, at)
		values ($1, gen_random_uuid(), $2, $3, $4, $5, 'advisor', 'Ann', 'Hello', $6, $7)`, w.out.CompanyID, w.out.TeamID, w.out.ContactID, w.out.TicketID, w.out.SenderID, w.out.ID, noon)
	require.NoError(t, err)
	_, err = db.Exec(`update deliveries set state = 'failed', due_at = null where id = $1`, w.out.ID)
	require.NoError(t, err)
	other := deliveries.Outgoing{ID: uuid.Must(uuid.NewV7()).String(), SenderID: uuid.NewString(), Kind: channels.SMS, From: "+15005550007", To: "+13125550143", Text: "Hello again"}
	moved := deliveries.Moved{CompanyID: w.out.CompanyID, ID: w.out.ID}
	require.NoError(t, deliveries.FallBack(t.Context(), db, moved, other, clock.At(noon)))
	made, err := deliveries.Get(t.Context(), db, w.out.CompanyID, other.ID)
	require.NoError(t, err)
	require.Equal(t, []any{channels.Queued, other.From, other.To, other.Text, w.out.TicketID}, []any{made.State, made.From, made.To, made.Text, *made.Ticket})
	var said []string
	require.NoError(t, db.Select(&said, `select author || ' ' || who || ': ' || text from messages where company_id = $1 order by seq`, w.out.CompanyID))
	require.Equal(t, []string{"advisor Ann: Hello", "advisor Ann: Hello again"}, said)
	may, err := deliveries.MayFallBack(t.Context(), db, moved, clock.At(noon))
	require.NoError(t, err)
	require.False(t, may, "at most one")
}

// TestPutBack: a claim that is undone leaves a message as it was before: due, and never
// tried. Of one that somebody else has claimed since nothing is undone.
func TestPutBack(t *testing.T) {
	t.Parallel()
	w := newMessage(t, testdb.New(t))
	claim := func() []deliveries.Claimed {
		claimed, err := deliveries.Claim(t.Context(), w.db, clock.At(noon), queue.Whole(), queue.Room{Free: 9, Each: 9}, false)
		require.NoError(t, err)
		return claimed
	}
	first := claim()
	require.Len(t, first, 1)
	require.Empty(t, claim())
	require.NoError(t, deliveries.PutBack(t.Context(), w.db, first, clock.At(noon)))
	second := claim()
	require.Len(t, second, 1)
	require.Nil(t, second[0].TriedAt, "nothing of it may have left")
	require.NoError(t, deliveries.PutBack(t.Context(), w.db, first, clock.At(noon)))
	require.Empty(t, claim(), "it is the second's")
}

// TestTheVersionBeforeLeavesLinksOfFilesAlone: it would send the files that were refused.
func TestTheVersionBeforeLeavesLinksOfFilesAlone(t *testing.T) {
	t.Parallel()
	w := newMessage(t, testdb.New(t))
	_, err := w.db.Exec(`update deliveries set as_links = true where id = $1`, w.out.ID)
	require.NoError(t, err)
	result, err := w.db.Exec(`update deliveries set claims = claims + 1, link_claims = link_claims + 1 where id = $1`, w.out.ID)
	require.NoError(t, err)
	rows, err := result.RowsAffected()
	require.NoError(t, err)
	require.Zero(t, rows)
	claimed, err := deliveries.Claim(t.Context(), w.db, clock.At(noon), queue.Whole(), queue.Room{Free: 9, Each: 9}, false)
	require.NoError(t, err)
	require.Len(t, claimed, 1)
	require.True(t, claimed[0].AsLinks)
}
