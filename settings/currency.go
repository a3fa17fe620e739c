package settings

import (
	"slices"
	"strings"

	"golang.org/x/text/currency"

	"ringback/settings/fault"
)

// Currency returns the three capital letters of a currency that people pay
// with, or a fault.Fault.
func Currency(code string) (string, error) {
	code = strings.ToUpper(code)
	unit, err := currency.ParseISO(code)
	spent := err == nil && (code[0] != 'X' || slices.Contains([]string{"XAF", "XCD", "XOF", "XPF"}, code)) // the other X are gold, test codes and the like
	if !spent || unit.String() != code {
		return "", fault.New("currency", "currency")
	}
	return code, nil
}
