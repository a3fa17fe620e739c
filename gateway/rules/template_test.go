package rules

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings/automations"
	"ringback/settings/text"
)

// TestWhatATemplateTakes: values of one line, and no more than Meta's length of
// all together.
func TestWhatATemplateTakes(t *testing.T) {
	t.Parallel()
	whole := automations.Template{Name: "note", Values: []string{"message"}}
	said := func(words string) Decision {
		return Decision{message: text.Parts{Message: words, Values: map[string]string{}}, template: &whole}
	}
	require.Equal(t, []string{"We are closed. See you on Monday."}, said("We are closed.\n\n\tSee you     on Monday.").Template(0).Values)
	require.True(t, fitsTemplate(said(strings.Repeat("é", 1024)), whole))
	require.False(t, fitsTemplate(said(strings.Repeat("é", 1025)), whole))
}
