package phone

import "regexp"

// onWhatsApp is a number, or the id of a user who shows none: a country, a dot and
// letters and digits, "ENT." before them for a parent's.
var onWhatsApp = regexp.MustCompile(`^(?:\+[1-9][0-9]{4,18}|[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128})$`)

// OnWhatsApp reports whether an address can be one there: a number, whatever a table
// says of it, or a user id.
func OnWhatsApp(address string) bool { return onWhatsApp.MatchString(address) }
