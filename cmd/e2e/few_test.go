package e2e

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/cmd/app"
)

// TestFewConnections: with the fewest that may be set, as many customers as there
// are sends at once all get their replies: nobody who holds a connection waits for
// another.
func TestFewConnections(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *app.Config) { c.DatabaseConnections = 10 })
	w.Clock.Stop(monday10)
	const customers = 64
	var all sync.WaitGroup
	for n := range customers {
		all.Go(func() { w.text(fmt.Sprintf("+1312556%04d", n), "My mower does not start") })
	}
	all.Wait()
	w.settle()
	w.nothingFailed()
	var arrived int
	require.NoError(t, w.DB.Get(&arrived, `select count(*) from deliveries where state = 'delivered'`))
	require.Equal(t, customers, arrived)
}
