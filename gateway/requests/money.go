package requests

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ringback/settings/fault"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// Currencies whose smallest unit is not a hundredth, as Stripe counts them:
// https://docs.stripe.com/currencies#zero-decimal and #three-decimal. Of the
// last ones only whole units can be charged, though they are counted in
// hundredths.
var (
	noDecimals    = []string{"BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"}
	threeDecimals = []string{"BHD", "JOD", "KWD", "OMR", "TND"}
	wholeOnly     = []string{"ISK", "UGX"}
)

// MaxAmount is the largest amount that can be charged at once, in the smallest
// unit: Stripe takes eight digits.
const MaxAmount = 99_999_999

// decimals is how many digits a currency has behind its point.
func decimals(code string) int {
	switch {
	case slices.Contains(noDecimals, code):
		return 0
	case slices.Contains(threeDecimals, code):
		return 3
	}
	return 2
}

// Minor returns an amount in the currency's smallest unit. It is written as a
// decimal number of whole units ("149.90") when decimal, else as a whole number
// of the smallest. The error is a fault.Fault.
func Minor(written string, decimal bool, code string) (int64, error) {
	digits := written
	if decimal {
		whole, part, point := strings.Cut(written, ".")
		if point && (part == "" || len(part) > decimals(code)) {
			return 0, fault.New("amount", "digits_behind", "Count", decimals(code), "Currency", code)
		}
		digits = whole + part + strings.Repeat("0", decimals(code)-len(part))
	}
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, fault.New("amount", "amount")
	}
	amount, err := strconv.ParseInt(digits, 10, 64)
	switch {
	case err != nil || amount > MaxAmount:
		return 0, fault.New("amount", "too_high", "Limit", Plain(MaxAmount, code))
	case amount == 0:
		return 0, fault.New("amount", "above_zero")
	case decimals(code) == 3 && amount%10 != 0:
		return 0, fault.New("amount", "ends_in_zero", "Currency", code)
	case slices.Contains(wholeOnly, code) && amount%100 != 0:
		return 0, fault.New("amount", "whole_currency", "Currency", code)
	}
	return amount, nil
}

// Plain is an amount as machines write it: "149.90 USD".
func Plain(amount int64, code string) string {
	places := decimals(code)
	digits := fmt.Sprintf("%0*d", places+1, amount)
	if places == 0 {
		return digits + " " + code
	}
	at := len(digits) - places
	return digits[:at] + "." + digits[at:] + " " + code
}

// Money is an amount as a customer reads it: "1,499.00 USD", "1 499,00 PLN".
// The currency's letters leave no doubt whose dollars are meant, and cost no
// dearer encoding in an SMS.
func Money(amount int64, code, lang string) string {
	places := decimals(code)
	units := float64(amount)
	for range places {
		units /= 10
	}
	printed := message.NewPrinter(language.Make(lang)).Sprint(number.Decimal(units, number.Scale(places)))
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(printed) + " " + code
}
