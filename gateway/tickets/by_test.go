package tickets_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/gateway/tickets"
)

// TestWhoseDoing: one of the staff may be called anything, also "customer".
func TestWhoseDoing(t *testing.T) {
	for want, by := range map[string]tickets.By{
		"gateway":  {},
		"customer": tickets.Customer,
	} {
		require.Equal(t, want, by.Author())
	}
	for _, by := range []tickets.By{{Who: "customer", Staff: "1"}, {Who: "customer"}, {Staff: "1"}, {Who: "key Shop (1)"}} {
		require.Equal(t, "advisor", by.Author(), "%+v", by)
	}
}
