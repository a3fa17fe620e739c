package text

import (
	"strings"
	"sync"
	"time"
)

// SampleValues returns a value for every placeholder, such as a real message
// would have, for the preview of a text in that language.
func SampleValues(lang string) map[string]string {
	sunday := time.Date(2026, 6, 7, 22, 0, 0, 0, time.UTC)
	return map[string]string{
		"customer_name":   "Anna Kowalska",
		"advisor_name":    "Ben Carter",
		"ticket_number":   "1042",
		"voicehub_number": "+1 500 555 0006",
		"opens_at":        OpensAt(lang, sunday, sunday.Add(34*time.Hour)),
		"amount":          "$120.00",
		"link":            "https://example.com/r/vGnD2ZkQx7mT4bWc9yHsLA",
	}
}

// LongestValues returns, for every placeholder, a value as long as any can be.
func LongestValues() map[string]string {
	name := strings.Repeat("x", maxValue)
	return map[string]string{
		"customer_name":   name,
		"advisor_name":    name,
		"ticket_number":   "1234567890",
		"voicehub_number": "+123 456 789 012 345",
		"opens_at":        longestOpening(),
		"amount":          "1,234,567,890.00 USD",
		"link":            "https://" + strings.Repeat("x", 60) + ".example.com/r/" + strings.Repeat("x", 22),
	}
}

// longestOpening is the longest sentence that OpensAt can return.
var longestOpening = sync.OnceValue(func() string {
	longest := ""
	for _, l := range languages() {
		for month := time.January; month <= time.December; month++ {
			for day := 22; day < 29; day++ { // every weekday, two digits, two-digit hours
				opens := time.Date(2026, month, day, 22, 30, 0, 0, time.UTC)
				if s := OpensAt(l.Tag, opens.AddDate(0, 0, -10), opens); units(s) > units(longest) {
					longest = s
				}
			}
		}
	}
	return longest
})
