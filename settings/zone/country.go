package zone

import (
	_ "embed" // the table
	"strings"
	"sync"
)

//go:embed countries.txt
var countries string

var countryOf = sync.OnceValue(func() map[string]string {
	all := map[string]string{}
	for line := range strings.Lines(countries) {
		if words := strings.Fields(line); len(words) > 0 && words[0] != "#" {
			for _, name := range words[1:] {
				all[name] = words[0]
			}
		}
	}
	return all
})

// Country is where a zone is, as two letters (ISO 3166); empty: nowhere, as UTC is.
func Country(name string) string { return countryOf()[name] }
