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
		said = append(said, f.said(words().Match("pl", ""), "requests", row))
	}
	require.Equal(t, []string{"2026-06-01 15:00 UTC", "Tak", "Nie", "1 499,90 PLN", "PLN", "true", "", "90"}, said)
	require.Equal(t, "7", field{name: "amount", value: "7"}.said(words().Match("en", ""), "requests", nil))
}

// Codes are said in the words that the console has for them, in the customer's language.
func TestCodesAreSaidInWords(t *testing.T) {
	t.Parallel()
	for section, rows := range map[string][]string{
		"contact":    {`{"language":"pl"}`},
		"addresses":  {`{"kind":"phone","line_type":"landline"}`},
		"consents":   {`{"source":"message"}`},
		"tickets":    {`{"kind":"missed_call","status":"closed"}`},
		"messages":   {`{"author":"automation","channel":"whatsapp_cloud"}`},
		"planned":    {`{"state":"refused","reason":"opted_out"}`},
		"calls":      {`{"outgoing":false,"outcome":"hung_up"}`, `{"outcome":"not_taken"}`, `{"outcome":"too_short"}`},
		"requests":   {`{"kind":"approval","state":"answered"}`},
		"decisions":  {`{"event_kind":"call","automation":"customer_hangs_up","outcome":"skipped","reason":"disabled"}`},
		"deliveries": {`{"channel":"sms","state":"delivered"}`},
		"files":      {`{"state":"stored"}`},
	} {
		for _, row := range rows {
			fields, err := fieldsOf([]byte(row))
			require.NoError(t, err)
			for _, f := range fields {
				require.NotEqual(t, f.value, f.said(words().Match("pl", ""), section, fields), "%s %s", section, f.name)
				require.True(t, words().Has("field."+f.name), f.name)
			}
		}
	}
	require.Equal(t, "no_such_code", field{name: "state", value: "no_such_code", quoted: true}.said(words().Match("pl", ""), "deliveries", nil), "what has no words stays")
}

// An answer is said as the team reads it, not as it is stored.
func TestAnAnswerIsSaidInWords(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		`null`:                                "",
		`{}`:                                  "",
		`{"approved":true}`:                   "approved",
		`{"approved":false,"comment":"Why?"}`: "declined; Why?",
		`{"resolved":false}`:                  "no",
		`{"score":4,"comment":"Kind people"}`: "Rated 4 of 5; Kind people",
		`{"payment":"refunded"}`:              "Refunded",
		`{"files":["a","b"],"message":"m"}`:   "Your files: 2",
	} {
		fields, err := fieldsOf([]byte(`{"kind":"approval","answer":` + answer + `}`))
		require.NoError(t, err)
		require.Equal(t, want, fields[1].said(words().Match("en", ""), "requests", fields), answer)
	}
}
