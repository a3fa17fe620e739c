package phone_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels/phone"
)

func TestCountries(t *testing.T) {
	t.Parallel()
	for number, want := range map[string][]string{
		"+13125550100": {"US"}, "+14165550100": {"CA"}, "+18005551234": {"US"}, "+48221234567": {"PL"}, "+77012345678": {"KZ"},
		"+80012345678": {"001"}, "72345": nil, "green-valley": nil, "": nil,
	} {
		require.Equal(t, want, phone.Countries(number), number)
	}
	shared := phone.Countries("+12005550100")
	require.Equal(t, "US", shared[0], "the largest of those that share the code")
	require.Contains(t, shared, "CA")
}
