package outboundhooks

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestStoredPayload: what waits for a company's address is read and written as
// it was, and as the address has always got it.
func TestStoredPayload(t *testing.T) {
	const before = `{"type":"decision.made","timestamp":"2026-06-01T15:00:00Z","data":{"decision":"1","outcome":"sent"}}`
	var p payload
	require.NoError(t, json.Unmarshal([]byte(before), &p))
	again, err := json.Marshal(p)
	require.NoError(t, err)
	require.Equal(t, before, string(again))
}
