package deliveries

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/migrations/testdb"
)

// TestADeliveryIsFoundByItsKey, however many wait: the outbox was empty when Postgres last
// counted the rows, and a plan of that time takes its index for the cheapest.
func TestADeliveryIsFoundByItsKey(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	_, err := db.Exec(`insert into deliveries (company_id, id, team_id, contact_id, sender_id, kind, account, from_address, to_address, text, state, due_at)
		select c, gen_random_uuid(), c, c, c, 'sms', '', '+15550001111', '+1415' || n, 'We are closed.', 'delivered', null
		from gen_random_uuid() c, generate_series(1, 1900) n`)
	require.NoError(t, err)
	conn, err := db.Connx(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	for _, set := range []string{`vacuum (analyze) deliveries`, `set enable_seqscan = off`, `set enable_hashjoin = off`, `set enable_mergejoin = off`, `set enable_sort = off`} {
		_, err := conn.ExecContext(t.Context(), set)
		require.NoError(t, err)
	}
	t.Cleanup(func() { _, _ = conn.ExecContext(t.Context(), `reset all`) })
	for name, statement := range map[string]string{"renew": renew, "hold": hold, "putBack": putBack, "retried": retried, "askAgain": askAgain} {
		_, err := conn.ExecContext(t.Context(), fmt.Sprintf(`prepare by_key_%s as %s`, name, statement))
		require.NoError(t, err, name)
		var values int
		require.NoError(t, conn.GetContext(t.Context(), &values, `select cardinality(parameter_types) from pg_prepared_statements where name = lower($1)`, "by_key_"+name))
		var plan []string
		require.NoError(t, conn.SelectContext(t.Context(), &plan, fmt.Sprintf(`explain execute by_key_%s(%s)`, name, strings.TrimSuffix(strings.Repeat("null, ", values), ", "))))
		require.Contains(t, strings.Join(plan, "\n"), "using deliveries_pkey on deliveries", name)
		_, err = conn.ExecContext(t.Context(), `deallocate by_key_`+name)
		require.NoError(t, err)
	}
}
