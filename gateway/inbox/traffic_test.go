package inbox

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestALookAtTheTrafficIsBounded, also where nobody says how long it may take: a request
// has 14 seconds.
func TestALookAtTheTrafficIsBounded(t *testing.T) {
	t.Parallel()
	require.Equal(t, 8*time.Second, Desk{}.counting())
	require.Equal(t, time.Second, Desk{Counting: time.Second}.counting())
}
