package requests

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings/fault"
)

// TestTheLeastThatCanBeCharged is what Stripe's table says, and named when it is more
// than what was asked for.
func TestTheLeastThatCanBeCharged(t *testing.T) {
	for _, c := range []struct {
		amount int64
		code   string
		least  string // empty: it is enough
	}{
		{49, "USD", "0.50 USD"},
		{50, "USD", ""},
		{29, "GBP", "0.30 GBP"},
		{49, "JPY", "50 JPY"},
		{50, "JPY", ""},
		{17499, "HUF", "175.00 HUF"},
		{17500, "HUF", ""},
		{199, "PLN", "2.00 PLN"},
		{1, "KRW", ""}, // not in the table
	} {
		err := Enough(c.amount, c.code)
		if c.least == "" {
			require.NoError(t, err, "%d %s", c.amount, c.code)
			continue
		}
		require.Equal(t, fault.New("amount", "below_charge", "Limit", c.least), err, "%d %s", c.amount, c.code)
	}
	for code, amount := range least {
		require.Zero(t, amount%10, code)
		require.NoError(t, Enough(amount, code))
		require.Error(t, Enough(amount-1, code))
	}
}
