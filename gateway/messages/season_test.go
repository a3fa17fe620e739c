package messages

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/migrations/testdb"
)

// What many wrote a year ago is not read from end to end to find the newest of it.
func TestWhatManyWroteLongAgoIsLookedAtInPart(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	company, now := uuid.NewString(), time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	_, err := db.Exec(`insert into messages (company_id, id, team_id, contact_id, sender_id, author, text, at)
		select $1, ('00000000-0000-7000-8000-' || lpad((30000 - n)::text, 12, '0'))::uuid, $1, $1, $1, 'customer', case when n > 1000 then 'The chimney smokes' else 'The mower does not' end,
			$2::timestamptz - case when n > 1000 then interval '200 days' else interval '0' end - n * interval '10 minutes'
		from generate_series(1, 20000) n`, company, now)
	require.NoError(t, err)
	_, err = db.Exec(`vacuum analyze messages`)
	require.NoError(t, err)
	for name, s := range map[string]Search{"a team": {Teams: []string{company}}, "the company": {}} {
		t.Run(name, func(t *testing.T) {
			s.CompanyID, s.Text, s.Now, s.Limit = company, "chimney smokes", now, 30
			tx, err := db.Beginx()
			require.NoError(t, err)
			defer tx.Rollback()
			read := func() (rows int) {
				require.NoError(t, tx.Get(&rows, `select coalesce(idx_tup_fetch, 0) + seq_tup_read from pg_stat_xact_user_tables where relname = 'messages'`))
				return rows
			}
			before := read()
			found, err := s.Find(t.Context(), tx)
			require.NoError(t, err)
			require.Len(t, found, 30)
			require.Equal(t, now.AddDate(0, 0, -200).Add(-1001*10*time.Minute), found[0].At.UTC())
			require.Equal(t, now.AddDate(0, 0, -200).Add(-1030*10*time.Minute), found[29].At.UTC())
			require.Less(t, read()-before, 6500, "of 19,000 that hold both words")
		})
	}
}

// A beginning that many write stands for the words that were written lately, so that not
// every message is gathered that holds any word with it; a rare one may go on as it likes.
func TestABeginningThatManyWrite(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	company, now := uuid.NewString(), time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	_, err := db.Exec(`insert into messages (company_id, id, team_id, contact_id, sender_id, author, text, at)
		select $1, ('00000000-0000-7000-8000-' || lpad((30000 - n)::text, 12, '0'))::uuid, $1, $1, $1, 'customer',
			case when n = 900 then 'The thermostat has an xylophone''s sound' when n = 950 then 'Theodolite wanted' when n % 2 = 0 then 'Is there a mower' else 'THE mower' end, $2::timestamptz - n * interval '1 hour'
		from generate_series(1, 1000) n`, company, now)
	require.NoError(t, err)
	for name, s := range map[string]Search{"a team": {Teams: []string{company}}, "the company": {}} {
		t.Run(name, func(t *testing.T) {
			s.CompanyID, s.Now, s.Limit = company, now, 30
			s.Text = "the the xylo Mow"
			meant, err := s.meant(t.Context(), db, looked)
			require.NoError(t, err)
			require.Equal(t, map[string][]string{"the": {"the", "there"}, "Mow": {"mower"}}, meant)
			require.Equal(t, `('the' | 'there') & ('the' | 'there') & 'xylo':* & ('mower')`, s.words(meant))
			for text, want := range map[string]int{"the xylo": 1, "thermo": 1, "the sound": 1, "the wanted": 0, "theod wanted": 1, "mow xylo": 0, "thermostats": 0} {
				s.Text = text
				found, err := s.Find(t.Context(), db)
				require.NoError(t, err)
				require.Len(t, found, want, text)
			}
		})
	}
}
