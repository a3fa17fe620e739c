package text

import "regexp"

var pageLink = regexp.MustCompile(`(?i)/r[/:][a-z0-9_-]{0,22}`)

// SameLinks writes the links of customers' pages alike: what we keep of a text holds a
// placeholder where the customer got a link, and what comes back to us holds the link.
func SameLinks(text string) string { return pageLink.ReplaceAllLiteralString(text, "/r/") }

// A link as it stands in a text, in a form's body and in JSON that escapes its slashes.
var live = regexp.MustCompile(`(?i)((?:/|%2f|\\/)r)(?:/|%2f|\\/)[a-z0-9_-]{22}`)

// nobodys is the placeholder of no request at all.
const nobodys = "${1}:AAAAAAAAAAAAAAAAAAAAAA"

// WithoutLinks is what a customer sent, as it may be kept: whoever quotes a text of ours
// sends its link back, and whoever reads that could answer in the customer's name.
func WithoutLinks[T string | []byte](said T) T {
	return T(live.ReplaceAll([]byte(said), []byte(nobodys)))
}
