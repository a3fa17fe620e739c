package deliveries

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels/clock"
	"ringback/gateway/queue"
	"ringback/migrations/testdb"
)

// perSecond gives the company's team a sender that may send so much.
func perSecond(t *testing.T, db *sqlx.DB, rate float64) string {
	t.Helper()
	id := uuid.NewString()
	_, err := db.Exec(`insert into companies (id, name) values ($1, '') on conflict do nothing`, company)
	require.NoError(t, err)
	_, err = db.Exec(`insert into teams (company_id, id, name, display_name, time_zone, language) values ($1, $2, '', '', 'UTC', 'en') on conflict do nothing`, company, team)
	require.NoError(t, err)
	_, err = db.Exec(`insert into senders (company_id, team_id, id, kind, address, per_second) values ($1, $2, $3, 'sms', $4, $5)`, company, team, id, id, rate)
	require.NoError(t, err)
	return id
}

// paced claims as replicas do that hold to the senders' paces, and sends what it got.
func paced(t *testing.T, db *sqlx.DB, at time.Time) []Claimed {
	t.Helper()
	found, err := Claim(t.Context(), db, clock.At(at), queue.Whole(), queue.Room{Free: 128, Each: 128}, true)
	require.NoError(t, err)
	for _, c := range found {
		_, err := db.Exec(`update deliveries set due_at = null where id = $1`, c.ID)
		require.NoError(t, err)
	}
	return found
}

// count is how many leave the sender from an instant on, looked for every step.
func count(t *testing.T, db *sqlx.DB, from time.Time, step, length time.Duration) map[string]int {
	t.Helper()
	sent := map[string]int{}
	for at := from; at.Before(from.Add(length)); at = at.Add(step) {
		for _, c := range paced(t, db, at) {
			sent[c.SenderID]++
		}
	}
	return sent
}

func backlog(t *testing.T, db *sqlx.DB, sender string, n int, text string) {
	t.Helper()
	all := make([]Outgoing, n)
	for i := range all {
		all[i] = Outgoing{
			CompanyID: company, ID: uuid.NewString(), TeamID: team, ContactID: uuid.NewString(), SenderID: sender, Kind: "sms",
			To: fmt.Sprintf("+1312555%04d", i), Text: text,
		}
	}
	require.NoError(t, Queue(t.Context(), db, clock.At(start), all...))
}

func TestASenderKeepsItsPace(t *testing.T) {
	db := testdb.New(t)
	long, free, short := perSecond(t, db, 1), perSecond(t, db, 3), perSecond(t, db, 100)
	for _, sender := range []string{long, free, short} {
		backlog(t, db, sender, 400, "Hello")
	}
	sent := count(t, db, start, 50*time.Millisecond, time.Second)
	require.InDelta(t, 1, sent[long], 1)
	require.InDelta(t, 3, sent[free], 1)
	require.InDelta(t, 100, sent[short], 12, "a tenth of a second's messages may leave at once")
	sent = count(t, db, start.Add(time.Second), 50*time.Millisecond, 2*time.Second)
	require.InDelta(t, 2, sent[long], 1)
	require.InDelta(t, 6, sent[free], 1)
	require.InDelta(t, 200, sent[short], 12)
}

func TestTwoReplicasKeepOnePace(t *testing.T) {
	db := testdb.New(t)
	sender := perSecond(t, db, 1)
	backlog(t, db, sender, 5, "Hello")
	first, err := db.BeginTxx(t.Context(), nil)
	require.NoError(t, err)
	defer func() { _ = first.Rollback() }()
	require.Len(t, paced(t, db, start), 1, "who comes first")
	one, err := Claim(t.Context(), first, clock.At(start.Add(time.Second)), queue.Whole(), queue.Room{Free: 9, Each: 9}, true)
	require.NoError(t, err)
	require.Len(t, one, 1)
	require.Empty(t, paced(t, db, start.Add(time.Second)), "while the other's claim is under way")
	require.NoError(t, first.Commit())
	require.Empty(t, paced(t, db, start.Add(time.Second)), "nor when it is made")
	require.Len(t, paced(t, db, start.Add(2*time.Second)), 1)
}

// TestSegmentsCountAsTheCarrierCounts: a text of three segments takes three
// seconds of a sender that may send one a second.
func TestSegmentsCountAsTheCarrierCounts(t *testing.T) {
	db := testdb.New(t)
	sender := perSecond(t, db, 1)
	backlog(t, db, sender, 2, strings.Repeat("0123456789", 40))
	first := paced(t, db, start)
	require.Len(t, first, 1)
	require.InDelta(t, 2.9, Rests(first).Seconds(), 0.001, "a tenth of a second early is in time")
	require.Empty(t, paced(t, db, start.Add(2*time.Second)))
	require.Len(t, paced(t, db, start.Add(3*time.Second)), 1)
}

func TestWhatSomebodyWaitsForGoesFirst(t *testing.T) {
	db := testdb.New(t)
	sender := perSecond(t, db, 1)
	out := func(text string, bulk bool) Outgoing {
		return Outgoing{
			CompanyID: company, ID: uuid.NewString(), TeamID: team, ContactID: uuid.NewString(), SenderID: sender, Kind: "sms",
			To: "+13125550" + text, Text: text, Bulk: bulk,
		}
	}
	require.NoError(t, Queue(t.Context(), db, clock.At(start), out("101", true), out("102", true)))
	require.NoError(t, Queue(t.Context(), db, clock.At(start.Add(time.Second)), out("103", false)))
	var order []string
	for n := range 3 {
		for _, c := range paced(t, db, start.Add(time.Duration(n+1)*time.Second)) {
			order = append(order, c.Text)
		}
	}
	require.Equal(t, []string{"103", "101", "102"}, order)
}

// TestWhatMayHaveLeftIsLookedForFirst: it was paid for, and waits behind nobody.
func TestWhatMayHaveLeftIsLookedForFirst(t *testing.T) {
	db := testdb.New(t)
	sender := perSecond(t, db, 1)
	put(t, db, sender, "+13125550142", "cut off", start)
	require.Len(t, claimed(t, db, start, 1), 1)
	backlog(t, db, sender, 3, "Hello")
	found := paced(t, db, start.Add(Lease))
	require.Len(t, found, 2, "it, and the first of the others beside it")
	require.Contains(t, []string{found[0].Text, found[1].Text}, "cut off")
}

func TestAThrottledSenderRestsAlone(t *testing.T) {
	db := testdb.New(t)
	hasty, other := perSecond(t, db, 100), perSecond(t, db, 100)
	backlog(t, db, hasty, 3, "Hello")
	backlog(t, db, other, 1, "Hello")
	require.NoError(t, Rest(t.Context(), db, hasty, 10*time.Second, clock.At(start)))
	require.NoError(t, Rest(t.Context(), db, hasty, time.Second, clock.At(start)), "the longer one counts")
	require.Equal(t, map[string]int{other: 1}, count(t, db, start, time.Second, 9*time.Second))
	require.Equal(t, map[string]int{hasty: 3}, count(t, db, start.Add(10*time.Second), time.Second, time.Second))
}

// TestASenderThatIsGoneGoesOn: what waits of it, and of one that the previous
// version made, leaves one a second.
func TestASenderThatIsGoneGoesOn(t *testing.T) {
	db := testdb.New(t)
	gone := uuid.NewString()
	backlog(t, db, gone, 3, "Hello")
	require.Equal(t, 2, count(t, db, start, 100*time.Millisecond, 1500*time.Millisecond)[gone])
}

// TestWhatsAppSendersKeepMetasPace, of 80 a second, where nobody has stored another: as the
// version before made them. A number that texts has one.
func TestWhatsAppSendersKeepMetasPace(t *testing.T) {
	db := testdb.New(t)
	senders := map[string]string{}
	for _, kind := range []string{"whatsapp_twilio", "whatsapp_cloud", "sms"} {
		sender := perSecond(t, db, 1)
		_, err := db.Exec(`update senders set kind = $2, per_second = null where id = $1`, sender, kind)
		require.NoError(t, err)
		senders[kind] = sender
		backlog(t, db, sender, 400, "Hello")
	}
	sent := count(t, db, start, 50*time.Millisecond, 2*time.Second)
	require.InDelta(t, 160, sent[senders["whatsapp_twilio"]], 10)
	require.InDelta(t, 160, sent[senders["whatsapp_cloud"]], 10)
	require.InDelta(t, 2, sent[senders["sms"]], 1)
}
