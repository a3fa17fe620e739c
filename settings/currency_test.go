package settings

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCurrencies(t *testing.T) {
	for _, code := range []string{"USD", "usd", "PLN", "eur", "XOF", "JPY"} {
		got, err := Currency(code)
		require.NoError(t, err, code)
		require.Equal(t, strings.ToUpper(code), got)
	}
	for _, code := range []string{"", "US", "USDX", "ZZZ", "XXX", "XTS", "XAU", "$", "12A", "U D"} {
		_, err := Currency(code)
		require.Error(t, err, code)
	}
}
