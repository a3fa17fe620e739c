// Package phone knows the ways in which one phone number is written.
//
// The hard decision: nothing is rewritten. A reply goes to the address as it
// was received; the form that can be dialed is told beside it, and is one of the
// same person's. What may be somebody else's number, a landline above all, has
// no other form.
package phone

import (
	"regexp"
	"slices"
	"strings"
)

// form is a way of writing a country's numbers that is not the one that is
// dialed, and how that is made of it.
type form struct {
	written *regexp.Regexp
	dialed  string
}

// forms are countries that have changed the length of their mobile numbers.
// WhatsApp keeps an id as it was when the account was opened.
var forms = []form{
	// Mexico, August 2019: the 1 after the country code is no longer dialed.
	// https://en.wikipedia.org/wiki/Telephone_numbers_in_Mexico
	{regexp.MustCompile(`^\+521(\d{10})$`), "+52${1}"},
	// Brazil, 2012 to 2016: a 9 before mobile numbers, which began with 6 to 9;
	// landlines begin with 2 to 5. https://en.wikipedia.org/wiki/Telephone_numbers_in_Brazil
	{regexp.MustCompile(`^\+55([1-9][1-9])([6-9]\d{7})$`), "+55${1}9${2}"},
	// Benin, November 2024: 01 before what had eight digits.
	// https://en.wikipedia.org/wiki/Telephone_numbers_in_Benin
	{regexp.MustCompile(`^\+229([4-9]\d{7})$`), "+22901${1}"},
	// Ivory Coast, January 2021: two digits by the operator, which the second
	// digit told; landlines began with 2 and 3.
	// https://en.wikipedia.org/wiki/Telephone_numbers_in_Ivory_Coast
	{regexp.MustCompile(`^\+225([04-9][0-3]\d{6})$`), "+22501${1}"},
	{regexp.MustCompile(`^\+225([04-9][4-6]\d{6})$`), "+22505${1}"},
	{regexp.MustCompile(`^\+225([04-9][7-9]\d{6})$`), "+22507${1}"},
	// Gabon, June 2019. https://en.wikipedia.org/wiki/Telephone_numbers_in_Gabon
	{regexp.MustCompile(`^\+2410?([256]\d{6})$`), "+2416${1}"},
	{regexp.MustCompile(`^\+2410?([47]\d{6})$`), "+2417${1}"},
	// Cameroon, November 2014: a 6 before mobile numbers.
	// https://en.wikipedia.org/wiki/Telephone_numbers_in_Cameroon
	{regexp.MustCompile(`^\+237([5-9]\d{7})$`), "+2376${1}"},
}

// argentine is an Argentine number without the 9 that only mobiles have. By
// phone it may be a landline; who has it on WhatsApp has a mobile. Toll-free
// numbers begin with 8. https://en.wikipedia.org/wiki/Telephone_numbers_in_Argentina
var argentine = form{regexp.MustCompile(`^\+54([1-3]\d{9})$`), "+549${1}"}

// Dialable is a number, in E.164 form, as it is dialed today. Most are so
// already.
func Dialable(number string) string {
	for _, f := range forms {
		if f.written.MatchString(number) {
			return f.written.ReplaceAllString(number, f.dialed)
		}
	}
	return number
}

// OfWhatsApp is the number, as it is dialed, of the account that has this one
// as its id.
func OfWhatsApp(id string) string {
	if argentine.written.MatchString(id) {
		return argentine.written.ReplaceAllString(id, argentine.dialed)
	}
	return Dialable(id)
}

// Dialed is a person's number as it is dialed, of all that are theirs: where WhatsApp
// gave it, the form that it was given beside its own.
func Dialed(number string, theirs []string) string {
	if dialed := OfWhatsApp(number); slices.Contains(theirs, dialed) {
		return dialed
	}
	return Dialable(number)
}

// ofSIP takes an address of a SIP line apart: RFC 3261, 19.1 and RFC 3966.
var ofSIP = regexp.MustCompile(`^(?i)(sips?|tel):([^@;?]*)`)

// Anonymous is who withholds their number, as SIP says it: RFC 3323.
const Anonymous = "anonymous"

// Caller is who calls: of a SIP or tel address the number in front of the @,
// and whoever withholds it, at whatever host, is Anonymous. What has no number
// in it stays as it is.
func Caller(address string) string {
	parts := ofSIP.FindStringSubmatch(strings.TrimSpace(address))
	if parts == nil {
		return address
	}
	user, _, _ := strings.Cut(parts[2], ":") // a password
	user = strings.NewReplacer("%2B", "+", "%2b", "+", "-", "", ".", "", "(", "", ")", "").Replace(user)
	switch {
	case strings.Contains(strings.ToLower(address), "anonymous.invalid"):
		return Anonymous
	case WithheldWord(user):
		return strings.ToLower(user)
	}
	digits := strings.TrimPrefix(user, "+")
	if len(digits) < shortest || len(digits) > longest || strings.Trim(digits, "0123456789") != "" || digits[0] == '0' {
		return address
	}
	return "+" + digits
}

// A number has so many digits with its country code: E.164. What is shorter
// than the first is an extension of somebody's phone system.
const (
	shortest = 8
	longest  = 15
)

// WithheldWord reports whether a word stands in the place of a number that a caller
// does not show.
func WithheldWord(word string) bool { return withheld[strings.ToLower(word)] }

var withheld = map[string]bool{"": true, Anonymous: true, "restricted": true, "unknown": true, "unavailable": true, "private": true, "blocked": true}
