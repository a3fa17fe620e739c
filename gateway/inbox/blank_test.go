package inbox

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings"
	"ringback/settings/staff"
)

// TestWhatShowsNothingIsNotSent: it is refused before anything is looked up.
func TestWhatShowsNothingIsNotSent(t *testing.T) {
	t.Parallel()
	const nothing = "\u200b \ufeff"
	var d Desk
	for name, say := range map[string]func() error{
		"a message": func() error {
			_, err := d.Say(t.Context(), staff.Principal{}, "", "", "", Words{Text: nothing})
			return err
		},
		"a note": func() error {
			_, err := d.Note(t.Context(), staff.Principal{}, "", "", "", NewNote{Text: nothing})
			return err
		},
		"a ticket":       func() error { return NewTicket{Address: "+13125550142", Text: nothing}.check() },
		"a conversation": func() error { return Conversation{To: "+13125550142", Text: nothing}.check() },
	} {
		var wrong settings.Invalid
		require.ErrorAs(t, say(), &wrong, name)
		require.Equal(t, "text", wrong[0].Field, name)
	}
}
