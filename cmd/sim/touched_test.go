package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatAStatementWritesTo(t *testing.T) {
	t.Parallel()
	for statement, want := range map[string]touched{
		"select * from deliveries d join decisions on true for update of d":                               {},
		"insert into hook_deliveries (id) select id from decisions":                                       {},
		"update decisions set contact_id = $3":                                                            {decisions: true},
		"with gone as (delete from Deliveries where id = $1)\nINSERT INTO\n    decisions (id) values (1)": {decisions: true, deliveries: true},
		"with a as (update deliveries d set state = 'sent') select 1":                                     {deliveries: true},
	} {
		require.Equal(t, want, readTouched(statement), statement)
	}
}

// TestOverlooked: what was written behind the game's back is found at the next look
// at everything.
func TestOverlooked(t *testing.T) {
	t.Parallel()
	w, err := newTable(t).open(t.Context())
	require.NoError(t, err)
	w.clock.Stop(at(begins[0]))
	for _, text := range []string{"text 1 1 1 hello", "handle 1"} {
		script, err := Read(strings.NewReader(text))
		require.NoError(t, err)
		require.NoError(t, w.step(t.Context(), script[0]))
	}
	require.NotEmpty(t, w.deliveries)
	require.NoError(t, w.check(t.Context()))
	_, err = w.db.ExecContext(t.Context(), `update deliveries set state = 'sent' where company_id = $1`, w.company)
	require.NoError(t, err)
	require.ErrorContains(t, w.check(t.Context()), "what was not looked at after it:   d1: queued, then sent")
}
