package app

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/webchat"
	"ringback/settings"
)

// TestEachKindIsCarriedOnce: what a team can set up has somebody who carries it. Of two
// channels that carry one kind only the last would be asked to send, and all kinds of a
// channel have their accounts at one provider, since its doors are asked for the account
// before they know the kind. Calls are not sent.
func TestEachKindIsCarriedOnce(t *testing.T) {
	all, err := Config{}.providers()
	require.NoError(t, err)
	carried := []channels.Kind{channels.Voice}
	for _, channel := range append(all, webchat.Channel{}) {
		kinds := channel.Kinds()
		carried = append(carried, kinds...)
		for _, kind := range kinds {
			require.Equal(t, settings.ProviderOf(kinds[0]), settings.ProviderOf(kind), kind)
		}
	}
	require.ElementsMatch(t, settings.SenderKinds, carried)
}
