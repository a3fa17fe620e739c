package limit_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/webhooks/web/limit"
)

func TestABurstThenAWait(t *testing.T) {
	book := limit.New()
	slow := limit.Pace{Burst: 3, Each: time.Hour}
	for range 3 {
		require.Zero(t, book.Wait("ann", slow))
	}
	for range 3 { // who is refused does not wait the longer for it
		wait := book.Wait("ann", slow)
		require.Greater(t, wait, 59*time.Minute)
		require.LessOrEqual(t, wait, time.Hour)
	}
	require.Zero(t, book.Wait("ben", slow), "somebody else's count")
}

func TestAFloodOfNamesIsForgotten(t *testing.T) {
	book := limit.New()
	once := limit.Pace{Burst: 1, Each: time.Hour}
	require.Zero(t, book.Wait("ann", once))
	require.NotZero(t, book.Wait("ann", once))
	for n := range 99_999 {
		book.Wait(fmt.Sprint(n), once)
	}
	require.NotZero(t, book.Wait("ann", once), "there is room for her")
	for n := range 99_999 {
		book.Wait(fmt.Sprint("again ", n), once)
	}
	require.NotZero(t, book.Wait("ann", once), "who asked of late is remembered")
	for n := range 100_000 {
		book.Wait(fmt.Sprint("once more ", n), once)
	}
	require.Zero(t, book.Wait("ann", once), "who has not asked for longest is forgotten")
}

func TestNetwork(t *testing.T) {
	for address, network := range map[string]string{
		"192.0.2.7":            "192.0.2.7",
		"::ffff:192.0.2.7":     "::ffff:192.0.2.7",
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::",
		"2001:db8:1:2::ffff":   "2001:db8:1:2::",
		"no address":           "no address",
	} {
		require.Equal(t, network, limit.Network(address))
	}
}

func TestSeconds(t *testing.T) {
	for wait, said := range map[time.Duration]string{time.Millisecond: "1", time.Second: "1", 1001 * time.Millisecond: "2", time.Minute: "60"} {
		require.Equal(t, said, limit.Seconds(wait))
	}
}
