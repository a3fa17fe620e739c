package notes_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/gateway/notes"
)

func TestWhomANoteNames(t *testing.T) {
	t.Parallel()
	among := []notes.Colleague{
		{ID: "ann", Name: "Ann Lee", Email: "al@example.com"},
		{ID: "anna", Name: "Anna Nowak", Email: "anna.nowak@example.com"},
		{ID: "ann2", Name: "Ann Smith", Email: "ann.smith@example.com"},
		{ID: "zoe", Name: "Żaneta", Email: "z@example.com"},
	}
	for text, want := range map[string][]string{
		"nobody":                            nil,
		"@Ann Lee please call":              {"ann"},
		"see above, @AL":                    {"ann"},
		"@Ann?":                             nil, // which of the two
		"@anna, and @ann.smith.":            {"anna", "ann2"},
		"@żaneta":                           {"zoe"},
		"write to al@example.com":           nil,
		"write to x@al.example.com":         nil,
		"@al.example":                       nil,
		"@annabel":                          nil,
		"@ann lee @ann lee (@ann smith)":    {"ann", "ann2"},
		"@annabel then @anna":               {"anna"},
		"@":                                 nil,
		"@z\n@al.":                          {"ann", "zoe"},
		"\xff@al\xff":                       {"ann"},
		"@anna.nowak@example.com is theirs": {"anna"},
	} {
		require.Equal(t, want, notes.Mentioned(text, among), text)
	}
}
