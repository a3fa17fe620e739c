package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAnEnvironmentIsReadAsSystemdReadsIt: each value as systemd.exec(5) has it.
func TestAnEnvironmentIsReadAsSystemdReadsIt(t *testing.T) {
	all, err := readEnvironment(`# a comment with = in it
; another

PUBLIC_URL=https://texts.example.com
DATABASE_URL = postgres://ringback:p$HOME#;'"@db/ringback?sslmode=disable  
OIDC_ROLES=groups: ringback-admins=admin; *=advisor
MAIL_FROM="Ringback \"R\" <ringback@example.com>"
SINGLE='a \ $b "c"'
JOINED="one" 'two'three
LONG=one \
two
ESCAPED=\#\ x\ 
EMPTY=
TWO="first
second"
LAST=end`)
	require.NoError(t, err)
	require.Equal(t, []variable{
		{"PUBLIC_URL", "https://texts.example.com"},
		{"DATABASE_URL", `postgres://ringback:p$HOME#;'"@db/ringback?sslmode=disable`},
		{"OIDC_ROLES", "groups: ringback-admins=admin; *=advisor"},
		{"MAIL_FROM", `Ringback "R" <ringback@example.com>`},
		{"SINGLE", `a \ $b "c"`},
		{"JOINED", "onetwothree"},
		{"LONG", "one two"},
		{"ESCAPED", "# x "},
		{"EMPTY", ""},
		{"TWO", "first\nsecond"},
		{"LAST", "end"},
	}, all)
	for text, says := range map[string]string{
		"A=1\nexport B=2": "line 2 is not NAME=value",
		"A=1\n\nhello":    "line 3 is not NAME=value",
		"A=\"one":         "line 1: a quote is not closed",
		"1A=x":            "line 1 is not NAME=value",
		"no\nA=1":         "line 1 is not NAME=value",
	} {
		_, err := readEnvironment(text)
		require.EqualError(t, err, says, text)
	}
}
