package settings

import (
	"regexp"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// typedNumber is what somebody may have typed as a phone number.
var typedNumber = regexp.MustCompile(`^\+?[0-9 ()./-]{6,40}$`)

// Dialed is a phone number in E.164 form as it was typed in a region, such as US: one
// without a country is of there. What can be no such number stays as it was typed.
func Dialed(typed, region string) string {
	typed = strings.TrimSpace(typed)
	if !typedNumber.MatchString(typed) {
		return typed
	}
	number, err := phonenumbers.Parse(typed, region)
	if err != nil || !phonenumbers.IsPossibleNumber(number) {
		return typed
	}
	return phonenumbers.Format(number, phonenumbers.E164)
}

// RegionOf is where the first number of a team's senders is; empty: nobody knows.
func RegionOf(senders []Sender) string {
	for _, sender := range senders {
		if region := CountryOf(sender.Address); region != "" {
			return region
		}
	}
	return ""
}
