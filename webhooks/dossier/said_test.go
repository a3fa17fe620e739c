package dossier

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What is handed to people is written for people.
func TestValuesAreWrittenForPeople(t *testing.T) {
	t.Parallel()
	row, err := fieldsOf([]byte(`{"at":"2026-06-01T10:00:00.123456-05:00","opted_out":true,"blocked":false,"amount":149990,"currency":"PLN","text":"true","answer":null,"seconds":90}`))
	require.NoError(t, err)
	var said []string
	for _, f := range row {
		said = append(said, f.said(words.Match("pl", ""), row))
	}
	require.Equal(t, []string{"2026-06-01 15:00 UTC", "Tak", "Nie", "1 499,90 PLN", "PLN", "true", "", "90"}, said)
	require.Equal(t, "7", field{name: "amount", value: "7"}.said(words.Match("en", ""), nil))
}
