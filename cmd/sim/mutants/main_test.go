package main

import (
	"go/parser"
	"go/token"
	"testing"

	"github.com/stretchr/testify/require"
)

// The sources change, and a fault that can no longer be planted proves nothing.
func TestEveryFaultOfTheListCanBePlanted(t *testing.T) {
	mutants, err := read(list)
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(mutants), 25)
	names := map[string]bool{}
	for _, m := range mutants {
		require.False(t, names[m.name], m.name)
		names[m.name] = true
		text, err := m.plant("../../..")
		require.NoError(t, err, m.name)
		_, err = parser.ParseFile(token.NewFileSet(), m.file, text, parser.AllErrors)
		require.NoError(t, err, m.name)
	}
}

func TestAListThatSaysTooLittleIsRefused(t *testing.T) {
	for _, list := range []string{"name: a\nfile: b\nfrom: c", "name: a\nfile: b", "what: else"} {
		_, err := read(list)
		require.Error(t, err, list)
	}
}
