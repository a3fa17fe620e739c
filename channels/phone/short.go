package phone

import "regexp"

// Short is an address for errors and logs: enough to recognize it beside the page, too
// little to call it.
func Short(address string) string {
	if len(address) <= 6 {
		return "…"
	}
	return address[:len(address)-6] + "…" + address[len(address)-2:]
}

// whole is a number in E.164 form within a text, or within an address on the web.
var whole = regexp.MustCompile(`(?:\+|%2[Bb])[1-9]\d{7,14}\b`)

// Shortened is a text with each number in it as Short has it.
func Shortened(text string) string { return whole.ReplaceAllStringFunc(text, Short) }
