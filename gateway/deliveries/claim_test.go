package deliveries

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels/clock"
	"ringback/gateway/queue"
	"ringback/migrations/testdb"
)

var company, team, start = uuid.NewString(), uuid.NewString(), time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// put queues a text of a sender to somebody, named by itself.
func put(t *testing.T, db *sqlx.DB, sender, to, text string, due time.Time) {
	t.Helper()
	out := Outgoing{CompanyID: company, ID: uuid.NewString(), TeamID: team, ContactID: uuid.NewString(), SenderID: sender, Kind: "sms", To: to, Text: text}
	require.NoError(t, Queue(t.Context(), db, clock.At(due), out))
}

func claimed(t *testing.T, db *sqlx.DB, at time.Time, n int) []string {
	t.Helper()
	found, err := Claim(t.Context(), db, clock.At(at), queue.Whole(), queue.Room{Free: n, Each: 32}, false)
	require.NoError(t, err)
	var texts []string
	for _, c := range found {
		texts = append(texts, c.Text)
	}
	return texts
}

func TestSendersTakeTurns(t *testing.T) {
	db := testdb.New(t)
	busy, quiet := uuid.NewString(), uuid.NewString()
	for _, n := range []string{"1", "2", "3", "4"} {
		put(t, db, busy, "+1312555014"+n, "busy "+n, start)
	}
	put(t, db, quiet, "+13125550149", "quiet", start.Add(time.Second))
	require.ElementsMatch(t, []string{"busy 1", "quiet"}, claimed(t, db, start.Add(time.Minute), 2))
	require.ElementsMatch(t, []string{"busy 2", "busy 3"}, claimed(t, db, start.Add(time.Minute), 2))
	require.ElementsMatch(t, []string{"busy 4"}, claimed(t, db, start.Add(time.Minute), 2))
	require.Empty(t, claimed(t, db, start.Add(time.Minute), 2), "all are leased")
}

// TestALinkIsLeftToWhoFillsItIn: a version that knows of no placeholders would
// send one as it is. What it claims of these stays where it is, for a replica of
// this version, and its other texts go out.
func TestALinkIsLeftToWhoFillsItIn(t *testing.T) {
	db := testdb.New(t)
	const before = `update deliveries set claims = claims + 1, tried_at = coalesce(tried_at, now()) where due_at is not null returning text`
	link := "Approve: https://texts.example.com/r:AZMwAbcdefghijklmnopqr"
	put(t, db, uuid.NewString(), "+13125550142", link, start)
	put(t, db, uuid.NewString(), "+13125550143", "plain", start)
	var texts []string
	require.NoError(t, db.Select(&texts, before))
	require.Equal(t, []string{"plain"}, texts)
	require.ElementsMatch(t, []string{link, "plain"}, claimed(t, db, start, 9))
	_, err := db.Exec(`update deliveries set state = 'sent', due_at = null`)
	require.NoError(t, err)
	var left int
	require.NoError(t, db.Get(&left, `select count(*) from deliveries where due_at is not null`))
	require.Zero(t, left, "what becomes of it is noted by whoever hears of it")
}

func TestWhatIsNotDueWaits(t *testing.T) {
	db := testdb.New(t)
	put(t, db, uuid.NewString(), "+13125550142", "later", start.Add(time.Hour))
	require.Empty(t, claimed(t, db, start, 9))
	require.Equal(t, []string{"later"}, claimed(t, db, start.Add(time.Hour), 9))
}

func TestOnePersonsMessagesGoOneByOne(t *testing.T) {
	db := testdb.New(t)
	sender := uuid.NewString()
	put(t, db, sender, "+13125550142", "first", start)
	put(t, db, sender, "+13125550142", "second", start)
	require.Equal(t, []string{"first"}, claimed(t, db, start, 9))
	require.Equal(t, []string{"first"}, claimed(t, db, start.Add(Lease), 9), "its lease ran out")
	_, err := db.Exec(`update deliveries set due_at = null where text = 'first'`)
	require.NoError(t, err)
	require.Equal(t, []string{"second"}, claimed(t, db, start.Add(Lease), 9))
}

func TestARefusedSenderRestsAMinute(t *testing.T) {
	db := testdb.New(t)
	refused := uuid.NewString()
	_, err := db.Exec(`insert into companies (id, name) values ($1, '')`, company)
	require.NoError(t, err)
	_, err = db.Exec(`insert into teams (company_id, id, name, display_name, time_zone, language) values ($1, $2, '', '', 'UTC', 'en')`, company, team)
	require.NoError(t, err)
	_, err = db.Exec(`insert into senders (company_id, team_id, id, kind, address, paused_at) values ($1, $2, $3, 'sms', '+13125550100', $4)`,
		company, team, refused, start)
	require.NoError(t, err)
	put(t, db, refused, "+13125550142", "refused", start)
	put(t, db, uuid.NewString(), "+13125550142", "other", start)
	require.Equal(t, []string{"other"}, claimed(t, db, start.Add(59*time.Second), 9))
	require.Contains(t, claimed(t, db, start.Add(61*time.Second), 9), "refused")
}
