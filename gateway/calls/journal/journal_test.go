package journal_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/channels"
	"ringback/gateway/calls"
	"ringback/gateway/calls/journal"
	"ringback/migrations/testdb"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func at(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }

// ids of one call's world: nothing of it needs to be anywhere else.
type world struct{ company, team, sender string }

func newWorld() world { return world{uuid.NewString(), uuid.NewString(), uuid.NewString()} }

func (w world) entry(sid string, seconds int, entry any) journal.Entry {
	return journal.Entry{CompanyID: w.company, SenderID: w.sender, TeamID: w.team, SID: sid, Caller: "+13125550142", Entry: entry, At: at(seconds)}
}

func note(t require.TestingT, db sqlx.QueryerContext, e journal.Entry) journal.Call {
	noted, err := journal.Note(context.Background(), db, e)
	require.NoError(t, err)
	return noted[0]
}

func step(seconds int, s channels.Step) calls.Entry {
	return calls.Entry{Kind: channels.CallStepped, At: at(seconds), Call: channels.Call{Step: s}}
}

// TestACallIsTheSameInWhateverOrderItIsTold: lines that come shuffled and
// doubled make one row, that began and was called the same, and that comes to
// the same.
func TestACallIsTheSameInWhateverOrderItIsTold(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld()
		seconds := 21
		lines := []journal.Entry{
			w.entry("CA1", 0, step(0, channels.StepGreeting)),
			w.entry("CA1", 5, step(5, channels.StepRinging)),
			w.entry("CA1", 15, step(15, channels.StepVoicemailPrompt)),
			w.entry("CA1", 18, step(18, channels.StepRecording)),
		}
		end := w.entry("CA1", 21, calls.Entry{Kind: channels.CallEnded, At: at(21), Call: channels.Call{Status: "completed", Seconds: &seconds}})
		end.Status, end.Seconds = "completed", &seconds
		recorded := w.entry("CA1", 23, calls.Entry{Kind: channels.CallRecorded, At: at(23), Call: channels.Call{Recording: &channels.Recording{ID: "RE1", Seconds: 3}}})
		recorded.Caller = "" // it does not say who called
		lines = append(lines, end, recorded)
		lines = append(lines, lines[rapid.IntRange(0, len(lines)-1).Draw(t, "doubled")])
		for _, line := range rapid.Permutation(lines).Draw(t, "order") {
			note(t, db, line)
		}
		tx, err := db.Beginx()
		require.NoError(t, err)
		defer func() { _ = tx.Rollback() }()
		c, err := journal.Find(t.Context(), tx, w.company, w.sender, "CA1")
		require.NoError(t, err)
		require.True(t, c.StartedAt.Equal(at(0)), c.StartedAt)
		require.Equal(t, "+13125550142", c.Caller)
		require.Equal(t, "completed", c.Status)
		require.Equal(t, 21, *c.Seconds)
		require.True(t, c.EndedAt.Equal(at(21)))
		var kept []calls.Entry
		require.NoError(t, json.Unmarshal(c.Journal, &kept))
		require.Len(t, kept, len(lines))
		result := calls.Settle(kept, c.StartedAt, calls.End{Status: c.Status, Seconds: c.Seconds, At: *c.EndedAt})
		require.Equal(t, calls.Voicemail, result.Outcome)
		require.Equal(t, 21*time.Second, result.Waited)
	})
}

// TestManyCallsAreNotedTogether: each gets its own line, comes back in the order of the
// lines, and is led to another team only by its own.
func TestManyCallsAreNotedTogether(t *testing.T) {
	t.Parallel()
	db, w := testdb.New(t), newWorld()
	seconds := 9
	first := []journal.Entry{w.entry("CA1", 1, "one"), w.entry("CA2", 2, "two"), w.entry("CA3", 3, "three")}
	_, err := journal.Note(t.Context(), db, first...)
	require.NoError(t, err)
	second := []journal.Entry{w.entry("CA3", 6, "led away"), w.entry("CA4", 4, "new"), w.entry("CA1", 5, "over")}
	second[0].TeamID, second[0].Moved = uuid.NewString(), true
	second[2].TeamID, second[2].Status, second[2].Seconds = uuid.NewString(), "completed", &seconds
	noted, err := journal.Note(t.Context(), db, second...)
	require.NoError(t, err)
	for n, want := range []struct{ sid, team, journal, status string }{
		{"CA3", second[0].TeamID, `["three", "led away"]`, ""},
		{"CA4", w.team, `["new"]`, ""},
		{"CA1", w.team, `["one", "over"]`, "completed"},
	} {
		require.Equal(t, want.sid, noted[n].SID)
		require.Equal(t, want.team, noted[n].TeamID)
		require.JSONEq(t, want.journal, string(noted[n].Journal))
		require.Equal(t, want.status, noted[n].Status)
	}
	require.Equal(t, 9, *noted[2].Seconds)
	require.True(t, noted[2].EndedAt.Equal(at(5)))
	require.Nil(t, noted[0].EndedAt)
}

// TestTheFirstEndStands: a later one changes nothing.
func TestTheFirstEndStands(t *testing.T) {
	t.Parallel()
	db, w := testdb.New(t), newWorld()
	long, short := 30, 4
	first, second := w.entry("CA1", 30, "end"), w.entry("CA1", 31, "end")
	first.Status, first.Seconds = "completed", &long
	second.Status, second.Seconds = "failed", &short
	note(t, db, first)
	c := note(t, db, second)
	require.Equal(t, "completed", c.Status)
	require.Equal(t, 30, *c.Seconds)
	require.True(t, c.EndedAt.Equal(at(30)))
}

// TestACallGoesToTheTeamThatAnOptionLedTo, and stays there: lines of the
// called number's own flow that come late do not take it back.
func TestACallGoesToTheTeamThatAnOptionLedTo(t *testing.T) {
	t.Parallel()
	db, w := testdb.New(t), newWorld()
	other := uuid.NewString()
	note(t, db, w.entry("CA1", 0, "greeting"))
	moved := w.entry("CA1", 9, "ringing")
	moved.TeamID, moved.Moved = other, true
	require.Equal(t, other, note(t, db, moved).TeamID)
	require.Equal(t, other, note(t, db, w.entry("CA1", 5, "menu")).TeamID)
}

// TestTwoCallsOfOneCaller are two, and so is the same id at another number.
func TestTwoCallsOfOneCaller(t *testing.T) {
	t.Parallel()
	db, w := testdb.New(t), newWorld()
	other := w
	other.sender = uuid.NewString()
	seen := map[string]bool{}
	for _, e := range []journal.Entry{w.entry("CA1", 0, "greeting"), w.entry("CA2", 0, "greeting"), other.entry("CA1", 0, "greeting")} {
		seen[note(t, db, e).ID] = true
	}
	require.Len(t, seen, 3)
}

// TestLinesAtOnce: callbacks of one call that come in the same moment, to any
// replicas, are all kept.
func TestLinesAtOnce(t *testing.T) {
	t.Parallel()
	db, w := testdb.New(t), newWorld()
	var all sync.WaitGroup
	for n := range 10 {
		all.Go(func() { _, _ = journal.Note(t.Context(), db, w.entry("CA1", n, n)) })
	}
	all.Wait()
	var kept []int
	require.NoError(t, json.Unmarshal(note(t, db, w.entry("CA1", 10, 10)).Journal, &kept))
	require.ElementsMatch(t, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, kept)
}

// TestAJournalIsBounded: a provider that repeats itself for ever fills no disk.
func TestAJournalIsBounded(t *testing.T) {
	t.Parallel()
	db, w := testdb.New(t), newWorld()
	c := note(t, db, w.entry("CA1", 0, 0))
	_, err := db.Exec(`update calls set journal = (select jsonb_agg(n) from generate_series(1, 299) n) where id = $1`, c.ID)
	require.NoError(t, err)
	for n := range 3 {
		c = note(t, db, w.entry("CA1", n, n))
	}
	var kept []int
	require.NoError(t, json.Unmarshal(c.Journal, &kept))
	require.Len(t, kept, 300)
}

// timers are the events of a call: their kinds, names and when they are due.
func timers(t *testing.T, db *sqlx.DB, w world) (found []string) {
	t.Helper()
	require.NoError(t, db.Select(&found, `
select kind || ' ' || provider_id || ' +' || extract(epoch from due_at - $2::timestamptz)::int from events where company_id = $1 order by seq`, w.company, noon))
	return found
}

// TestACallHasOneTimer: each line moves it; once it has settled the call, no
// late line sets it again.
func TestACallHasOneTimer(t *testing.T) {
	t.Parallel()
	db, w := testdb.New(t), newWorld()
	c := note(t, db, w.entry("CA1", 0, "greeting"))
	for _, due := range []int{125, 5, 60} {
		require.NoError(t, journal.Arm(t.Context(), db, journal.Timer{Call: c, Due: at(due)}))
	}
	require.Equal(t, []string{"call CA1 +60"}, timers(t, db, w))
	_, err := db.Exec(`update events set handled_at = now() where company_id = $1`, w.company)
	require.NoError(t, err)
	require.NoError(t, journal.Arm(t.Context(), db, journal.Timer{Call: c, Due: at(90)}))
	require.Equal(t, []string{"call CA1 +60"}, timers(t, db, w))
}

func TestACallThatNobodyToldOf(t *testing.T) {
	t.Parallel()
	db, w := testdb.New(t), newWorld()
	note(t, db, w.entry("CA1", 0, "greeting"))
	for _, c := range [][3]string{{w.company, w.sender, "CA2"}, {w.company, uuid.NewString(), "CA1"}, {uuid.NewString(), w.sender, "CA1"}} {
		_, err := journal.Find(t.Context(), db, c[0], c[1], c[2])
		require.ErrorIs(t, err, journal.ErrNone)
	}
}

// TestASettledCall keeps what it came to.
func TestASettledCall(t *testing.T) {
	t.Parallel()
	db, w := testdb.New(t), newWorld()
	c := note(t, db, w.entry("CA1", 0, "greeting"))
	s := journal.Settlement{
		Contact: uuid.NewString(), Ticket: uuid.NewString(), Outcome: "answered", Step: "answered",
		Waited: 61900 * time.Millisecond, Advisor: uuid.NewString(), EndedAt: at(62), At: at(67),
	}
	require.NoError(t, c.Settle(t.Context(), db, s))
	kept, err := journal.Find(t.Context(), db, w.company, w.sender, "CA1")
	require.NoError(t, err)
	require.Equal(t, s.Contact, kept.ContactID)
	require.Equal(t, s.Ticket, kept.TicketID)
	require.True(t, kept.SettledAt.Equal(at(67)))
	var rest string
	require.NoError(t, db.Get(&rest, `select outcome || ' ' || step || ' ' || waited || ' ' || advisor from calls where id = $1`, c.ID))
	require.Equal(t, "answered answered 61 "+s.Advisor, rest)
	none := note(t, db, w.entry("CA2", 0, "greeting"))
	require.NoError(t, none.Settle(t.Context(), db, journal.Settlement{Outcome: "too_short", EndedAt: at(1), At: at(6)}))
	kept, err = journal.Find(t.Context(), db, w.company, w.sender, "CA2")
	require.NoError(t, err)
	require.Empty(t, kept.ContactID+kept.TicketID, "a wrong number is nobody's")
}

// TestWhoseCallerItIs: the advisor of the newest open ticket, opened at most
// seven days ago, to the instant.
func TestWhoseCallerItIs(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	const week = 7 * 24 * time.Hour
	ann, bob := uuid.NewString(), uuid.NewString()
	type ticket struct {
		ago      time.Duration
		status   string
		assignee string
	}
	for name, c := range map[string]struct {
		tickets []ticket
		want    string
	}{
		"no ticket":               {nil, ""},
		"hers":                    {[]ticket{{time.Hour, "open", ann}}, ann},
		"done counts as open":     {[]ticket{{time.Hour, "done", ann}}, ann},
		"closed":                  {[]ticket{{time.Hour, "closed", ann}}, ""},
		"of the newest":           {[]ticket{{time.Hour, "open", ann}, {2 * time.Hour, "open", bob}}, ann},
		"the newest that is open": {[]ticket{{time.Hour, "closed", ann}, {2 * time.Hour, "open", bob}}, bob},
		"the newest is nobody's":  {[]ticket{{time.Hour, "open", ""}, {2 * time.Hour, "open", bob}}, ""},
		"a week ago":              {[]ticket{{week, "open", ann}}, ann},
		"a week and a second ago": {[]ticket{{week + time.Second, "open", ann}}, ""},
	} {
		w, contact := newWorld(), uuid.NewString()
		_, err := db.Exec(`insert into addresses (company_id, kind, address, contact_id) values ($1, 'phone', '+13125550142', $2)`, w.company, contact)
		require.NoError(t, err)
		for n, x := range c.tickets {
			_, err := db.Exec(`insert into tickets (company_id, id, team_id, contact_id, number, kind, status, assignee, opened_at)
				values ($1, gen_random_uuid(), $2, $3, $4, 'call', $5, nullif($6, '')::uuid, $7)`, w.company, w.team, contact, n, x.status, x.assignee, noon.Add(-x.ago))
			require.NoError(t, err)
		}
		require.Equal(t, c.want, journal.LastAdvisor(t.Context(), db, w.company, w.team, "+13125550142", noon), name)
		require.Empty(t, journal.LastAdvisor(t.Context(), db, w.company, w.team, "+13125550143", noon), name)
		require.Empty(t, journal.LastAdvisor(t.Context(), db, w.company, uuid.NewString(), "+13125550142", noon), name)
	}
}

// TestWithoutADatabaseNobodyIsKnown: the caller hears the flow all the same.
func TestWithoutADatabaseNobodyIsKnown(t *testing.T) {
	t.Parallel()
	db, w := testdb.New(t), newWorld()
	require.NoError(t, db.Close())
	require.Empty(t, journal.LastAdvisor(t.Context(), db, w.company, w.team, "+13125550142", noon))
	require.False(t, journal.Accepted(t.Context(), db, w.company, w.sender, "CA2"))
}

// TestAnAdvisorTookTheCall on that leg of that number, and on no other.
func TestAnAdvisorTookTheCall(t *testing.T) {
	t.Parallel()
	db, w := testdb.New(t), newWorld()
	_, err := db.Exec(`insert into events (company_id, id, team_id, sender_id, kind, provider_id, occurred_at, due_at, payload)
		values ($1, gen_random_uuid(), $2, $3, 'call_stepped', $4, $5, $5, '{}')`, w.company, w.team, w.sender, journal.Answered("CA2"), noon)
	require.NoError(t, err)
	for leg, want := range map[string]bool{"CA2": true, "CA3": false, "": false} {
		require.Equal(t, want, journal.Accepted(t.Context(), db, w.company, w.sender, leg), fmt.Sprintf("leg %q", leg))
	}
	require.False(t, journal.Accepted(t.Context(), db, w.company, uuid.NewString(), "CA2"))
	require.False(t, journal.Accepted(t.Context(), db, uuid.NewString(), w.sender, "CA2"))
}
