package e2e

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/settings"
)

// TestTeamsDoNotWaitForEachOthersTickets: while a team's tickets have their numbers and
// are not written yet, another team of the company opens some.
func TestTeamsDoNotWaitForEachOthersTickets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const otherNumber = "+13125550101"
	made := settings.NewTeam()
	made.Name, made.TimeZone = "Sales", "America/Chicago"
	sales, err := settings.CreateTeamWith(t.Context(), w.DB.DB, w.Company.ID, "test", made, func(e *settings.Edit) error {
		_, err := e.AddSender(t.Context(), settings.Sender{Kind: channels.SMS, Address: otherNumber})
		return err
	})
	require.NoError(t, err)
	w.DB.MustExec(`create function wait() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(7); return new; end $$`)
	w.DB.MustExec(`create trigger waiting before insert on tickets for each row when (new.team_id = '` + w.team.ID + `') execute function wait()`)
	held, err := w.DB.Beginx()
	require.NoError(t, err)
	_, err = held.Exec(`select pg_advisory_xact_lock(7)`)
	require.NoError(t, err)

	w.text(customer(0), "Is anybody there?")
	// waiting is since when the first team's transaction goes on that waits; zero: none does.
	waiting := func() (since time.Time) {
		_ = w.DB.Get(&since, `select a.xact_start from pg_locks l join pg_stat_activity a using (pid) where l.locktype = 'advisory' and not l.granted and a.datname = current_database()`)
		return since
	}
	require.Eventually(t, func() bool { return !waiting().IsZero() }, settled, time.Millisecond)
	since := waiting()
	answer, err := w.sim.Text(t.Context(), w.door(), customer(1), otherNumber, "Is anybody there?")
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.Status, answer.Body)
	opened := func(team string) (numbers []int64) {
		require.NoError(t, w.DB.Select(&numbers, `select number from tickets where team_id = $1`, team))
		return numbers
	}
	require.Eventually(t, func() bool { return len(opened(sales.ID)) == 1 }, settled, time.Millisecond)
	require.Equal(t, since, waiting(), "the first team's transaction goes on")

	require.NoError(t, held.Rollback())
	w.settle()
	require.Len(t, opened(w.team.ID), 1)
	require.NotEqual(t, opened(w.team.ID), opened(sales.ID))
}
