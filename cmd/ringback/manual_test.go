package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"
)

// The manual page has each command and each flag that somebody may type, and nothing in it
// is taken for a request of troff's by chance.
func TestTheManualPageNamesEachCommand(t *testing.T) {
	model := kong.Must(&commands{}, kong.Name("ringback")).Model
	said := page(model)
	for _, c := range model.Leaves(true) {
		require.Contains(t, said, "\n.SS "+plain(strings.TrimPrefix(c.Summary(), "ringback ")), c.Path())
		for _, f := range c.Flags {
			require.True(t, f.Hidden || strings.Contains(said, "\n.B "+plain(f.String())+"\n"), f.Name)
		}
	}
	require.NotContains(t, said, "__", "what is hidden stays so")
	for line := range strings.Lines(said) {
		require.Regexp(t, regexp.MustCompile(`^(\.(TH|SH|SS|TP|B) ?|[^.'])`), line)
	}
	require.Equal(t, `\&.x \-\- \e`, plain(`.x -- \`))
}
