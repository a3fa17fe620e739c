package inbox

import (
	"encoding/json"
	"strings"
)

// Amount is money as it is written: a number of the smallest unit, or text of
// whole units with a point.
type Amount struct {
	written string
	decimal bool
}

// UnmarshalJSON takes a number, or text.
func (a *Amount) UnmarshalJSON(raw []byte) error {
	if a.decimal = len(raw) > 0 && raw[0] == '"'; a.decimal {
		return json.Unmarshal(raw, &a.written)
	}
	a.written = string(raw)
	return nil
}

// MarshalJSON writes it as it came.
func (a Amount) MarshalJSON() ([]byte, error) {
	if a.written == "" && !a.decimal {
		return []byte("null"), nil
	}
	if a.decimal {
		return json.Marshal(a.written)
	}
	return []byte(a.written), nil
}

// Typed is an amount as a person types it into a form: whole units, with a
// point or a comma; nil: nothing was typed.
func Typed(text string) *Amount {
	if text = strings.TrimSpace(text); text == "" {
		return nil
	}
	return &Amount{written: strings.Replace(text, ",", ".", 1), decimal: true}
}
