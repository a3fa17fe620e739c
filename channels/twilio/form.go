package twilio

import (
	"net/url"
	"strings"

	"ringback/channels"
)

// Bounds of a form. Twilio's largest parameters are the JSON of add-ons and
// flows; its fullest requests have some sixty parameters.
const (
	maxParams = 1000
	maxName   = 256
	maxValue  = 64 << 10
)

// parseForm reads a form body as Twilio wrote it: "&" alone separates, and ";"
// is a character like any other, where url.ParseQuery refuses it. The values
// are the decoded bytes, fit for the signature but not yet for a database.
func parseForm(body []byte) (url.Values, error) {
	form := url.Values{}
	count := 0
	for pair := range strings.SplitSeq(string(body), "&") {
		if pair == "" {
			continue
		}
		if count++; count > maxParams {
			return nil, &channels.Malformed{Detail: "more than 1,000 parameters"}
		}
		rawName, rawValue, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(rawName)
		if err != nil {
			return nil, &channels.Malformed{Detail: "a parameter's name has a broken percent-encoding"}
		}
		if len(name) > maxName {
			return nil, &channels.Malformed{Detail: "a parameter's name is longer than 256 bytes"}
		}
		value, err := url.QueryUnescape(rawValue)
		if err != nil {
			return nil, &channels.Malformed{Field: label(name), Detail: "broken percent-encoding"}
		}
		if len(value) > maxValue {
			return nil, &channels.Malformed{Field: label(name), Detail: "longer than 64 KiB"}
		}
		form[name] = append(form[name], value)
	}
	return form, nil
}

// label is a parameter's name as an error may show it.
func label(name string) string { return clean(name, 64) }

// required reads a parameter that names something, an id or an address. It is
// short and printable, or the request is refused: cutting or repairing it
// would name something else.
func required(form url.Values, names ...string) (string, error) {
	for _, name := range names {
		value := form.Get(name)
		if value == "" {
			continue
		}
		if !printable(value, maxID) {
			return "", &channels.Malformed{Field: name, Detail: "longer than 200 bytes, or not printable"}
		}
		return value, nil
	}
	return "", &channels.Malformed{Field: names[0], Detail: "is missing"}
}
