package requests

import "ringback/settings/fault"

// least is the least that can be charged at once in a currency, in its smallest unit:
// https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
// Stripe's table is of the currency in which an account is paid out. Where that is
// another one, the least is what that one's comes to on the day, which only Stripe
// knows; so it is for the currencies that are not in the table.
var least = map[string]int64{
	"USD": 50, "AED": 200, "AUD": 50, "BGN": 100, "BRL": 50, "CAD": 50, "CHF": 50, "CZK": 15_00, "DKK": 250, "EUR": 50, "GBP": 30, "HKD": 400,
	"HUF": 175_00, "INR": 50, "JPY": 50, "MXN": 10_00, "MYR": 200, "NOK": 300, "NZD": 50, "PLN": 200, "RON": 200, "SEK": 300, "SGD": 50, "THB": 10_00,
}

// Enough is a fault.Fault that names the least that can be charged in the currency when
// an amount, in the smallest unit, is below it.
func Enough(amount int64, code string) error {
	if amount < least[code] {
		return fault.New("amount", "below_charge", "Limit", Plain(least[code], code))
	}
	return nil
}
