package audit

import (
	"context"
	"testing"

	"github.com/jmoiron/sqlx"
	_ "github.com/lib/pq"
	"github.com/stretchr/testify/require"
)

// TestNobodyKnowsIsNotNothing: whoever could not look once does not say that nothing is
// left.
func TestNobodyKnowsIsNotNothing(t *testing.T) {
	db, err := sqlx.Open("postgres", "host=/nowhere")
	require.NoError(t, err)
	defer db.Close()
	over, end := context.WithCancel(t.Context())
	end()
	_, err = Settled(over, db)
	require.ErrorIs(t, err, context.Canceled)
}
