package main

import (
	"go/parser"
	"go/token"
	"regexp"
	"testing"

	"ringback/cmd/overlay"

	"github.com/stretchr/testify/require"
)

// The sources change, and a fault that can no longer be planted proves nothing.
func TestEveryFaultOfTheListCanBePlanted(t *testing.T) {
	mutants, err := overlay.Read(list)
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(mutants), 25)
	names := map[string]bool{}
	for _, m := range mutants {
		require.False(t, names[m.Name], m.Name)
		names[m.Name] = true
		text, err := m.Plant("../../..")
		require.NoError(t, err, m.Name)
		_, err = parser.ParseFile(token.NewFileSet(), m.File, text, parser.AllErrors)
		require.NoError(t, err, m.Name)
	}
}

func TestAListThatSaysTooLittleIsRefused(t *testing.T) {
	for _, list := range []string{"name: a\nfile: b\nfrom: c", "name: a\nfile: b", "what: else"} {
		_, err := overlay.Read(list)
		require.Error(t, err, list)
	}
}

// TestAMutantThatIsNotThere is refused, and does not pass for one that was found.
func TestAMutantThatIsNotThere(t *testing.T) {
	_, err := run(t.Context(), regexp.MustCompile("a fault that nobody wrote"), 1, 1)
	require.ErrorContains(t, err, "no planted fault")
}
