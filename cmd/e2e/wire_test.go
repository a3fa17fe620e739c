package e2e

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/cmd/chaos/wire"
)

// newWire leads to the server of a DSN; the DSN that it returns leads through
// the wire.
func newWire(t *testing.T, dsn string) (*wire.Wire, string) {
	t.Helper()
	network, server, err := wire.Postgres(dsn)
	require.NoError(t, err)
	w, err := wire.New(network, server)
	require.NoError(t, err)
	t.Cleanup(w.Close)
	over, err := wire.Over(dsn, w.Address())
	require.NoError(t, err)
	return w, over
}
