package requests

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestAmounts(t *testing.T) {
	for _, c := range []struct {
		written string
		decimal bool
		code    string
		want    int64 // 0: refused
	}{
		{"14990", false, "USD", 14990},
		{"149.90", true, "USD", 14990},
		{"149.9", true, "USD", 14990},
		{"149", true, "USD", 14900},
		{"0.01", true, "USD", 1},
		{"500", true, "JPY", 500},
		{"500", false, "JPY", 500},
		{"500.0", true, "JPY", 0},
		{"1.230", true, "KWD", 1230},
		{"1.234", true, "KWD", 0},
		{"5", true, "ISK", 500},
		{"5.50", true, "ISK", 0},
		{"0", false, "USD", 0},
		{"0.00", true, "USD", 0},
		{"-5", false, "USD", 0},
		{"-5", true, "USD", 0},
		{"+5", true, "USD", 0},
		{"", true, "USD", 0},
		{".", true, "USD", 0},
		{"5.", true, "USD", 0},
		{".5", true, "USD", 50},
		{"1,5", true, "USD", 0},
		{"1e3", false, "USD", 0},
		{"1.999", true, "USD", 0},
		{"99999999", false, "USD", MaxAmount},
		{"100000000", false, "USD", 0},
		{"9999999999999999999", false, "USD", 0},
		{"9999999999999999999", true, "USD", 0},
		{strings.Repeat("9", 400), true, "USD", 0},
	} {
		got, err := Minor(c.written, c.decimal, c.code)
		if c.want == 0 {
			require.Error(t, err, "%q %s: %d", c.written, c.code, got)
			continue
		}
		require.NoError(t, err, "%q %s", c.written, c.code)
		require.Equal(t, c.want, got, "%q %s", c.written, c.code)
	}
}

func TestMoneyInPeoplesWords(t *testing.T) {
	require.Equal(t, "1,499.90 USD", Money(149990, "USD", "en"))
	require.Equal(t, "1 499,90 PLN", Money(149990, "PLN", "pl"))
	require.Equal(t, "14 999,90 PLN", Money(1499990, "PLN", "pl"))
	require.Equal(t, "1.499,90 EUR", Money(149990, "EUR", "de"))
	require.Equal(t, "500 JPY", Money(500, "JPY", "en"))
	require.Equal(t, "999,999.99 USD", Money(MaxAmount, "USD", "en"))
	require.Equal(t, "0.05 USD", Plain(5, "USD"))
	require.Equal(t, "500 JPY", Plain(500, "JPY"))
}

// What is written comes back as the same amount, in each way of writing it.
func TestAmountsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.SampledFrom([]string{"USD", "EUR", "JPY", "PLN"}).Draw(t, "code")
		amount := rapid.Int64Range(1, MaxAmount).Draw(t, "amount")
		plain, _, _ := strings.Cut(Plain(amount, code), " ")
		for decimal, written := range map[bool]string{true: plain, false: strconv.FormatInt(amount, 10)} {
			got, err := Minor(written, decimal, code)
			require.NoError(t, err)
			require.Equal(t, amount, got)
		}
		decimal := strings.NewReplacer(",", "", " USD", "").Replace(Money(amount, "USD", "en"))
		got, err := Minor(decimal, true, "USD")
		require.NoError(t, err)
		require.Equal(t, amount, got, "no digit is lost for people")
	})
}

func FuzzAmount(f *testing.F) {
	f.Add("149.90", true)
	f.Fuzz(func(t *testing.T, written string, decimal bool) {
		got, err := Minor(written, decimal, "USD")
		if err == nil && (got < 1 || got > MaxAmount) {
			t.Fatalf("%q became %d", written, got)
		}
	})
}
