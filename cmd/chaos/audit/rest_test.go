package audit

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels/simulator/twilio"
	"ringback/migrations/testdb"
)

// TestWhatASpoolHoldsIsWaitedFor, since no table shows it.
func TestWhatASpoolHoldsIsWaitedFor(t *testing.T) {
	asked := 0
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		_, _ = fmt.Fprintf(w, "ringback_spool_events %d\n", max(0, 3-asked))
	}))
	defer gateway.Close()
	place := Place{DB: testdb.New(t), Messages: func() []twilio.Message { return nil }, Gateways: map[string]string{"one": gateway.URL}}
	left, err := place.Rest(t.Context())
	require.NoError(t, err)
	require.Empty(t, left)
	require.Equal(t, 4, asked, "it held two, one, none, and none once nothing was due")
}
