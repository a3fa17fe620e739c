package app

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestNoWholeNumberIsLogged: a provider quotes in its own words whom it could not reach,
// and so may whatever else goes wrong.
func TestNoWholeNumberIsLogged(t *testing.T) {
	refused := errors.New("the 'To' number +13125550142 is not reachable from +15005550006")
	for _, format := range []string{"text", "json"} {
		var said bytes.Buffer
		log := Config{LogLevel: "info", LogFormat: format}.logger(&said)
		log.Warn("the provider did not take a message to +13125550142", "delivery", "0192e4a0-0000-7000-8000-000000000001", "error", fmt.Errorf("send: %w", refused))
		log.With("to", "whatsapp:+13125550142").Error("a request failed", "fault", any(refused), "address", "https://example.com/v1/Numbers/%2B13125550142?x=1")
		log.WithGroup("call").Info("settled", "from", "+13125550142", "all", []string{"+13125550142"}, "took", 13125550142)
		require.NotContains(t, said.String(), "3125550142 ", format)
		require.NotContains(t, said.String(), "+13125550142", format)
		require.NotContains(t, said.String(), "+15005550006", format)
		require.NotContains(t, said.String(), "%2B13125550142", format)
		for _, kept := range []string{"+13125…42 is not reachable from +15005…06", "0192e4a0-0000-7000-8000-000000000001", "whatsapp:+13125…42", "%2B13125…42?x=1", "13125550142"} {
			require.Contains(t, said.String(), kept, format)
		}
	}
}
