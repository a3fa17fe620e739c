package phone

import "github.com/nyaruka/phonenumbers"

// Countries are those that a number with + can be of, as two letters (ISO 3166): the
// one that the tables know, or all that share its country code, the largest first,
// where they do not know it. Of a number that is no country's it is "001"; of what is
// no such number, nothing.
func Countries(number string) []string {
	parsed, err := phonenumbers.Parse(number, "")
	if err != nil {
		return nil
	}
	if country := phonenumbers.GetRegionCodeForNumber(parsed); country != "" {
		return []string{country}
	}
	return phonenumbers.GetRegionCodesForCountryCode(int(parsed.GetCountryCode()))
}
