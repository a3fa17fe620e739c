package inbox_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/gateway/inbox"
	"ringback/migrations/testdb"
)

func TestForget(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	db.MustExec(`insert into idempotency_keys (company_id, key, body, answer, created_at)
		select gen_random_uuid(), n::text, '', '{}', now() - n * interval '1 day' from unnest(array[0, 29, 31, 400]) n`)
	require.NoError(t, inbox.Forget(t.Context(), db))
	var left []string
	require.NoError(t, db.Select(&left, `select key from idempotency_keys order by key`))
	require.Equal(t, []string{"0", "29"}, left)
}
