package contact

import (
	"html/template"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"ringback/channels"
	"ringback/settings"
)

// way is one way to reach the team, by a tap.
type way struct {
	Kind  string // call, text or whatsapp
	URL   template.URL
	Shown string // the number as people write it
}

// ways is how the team can be reached from where it has senders, the oldest
// sender of each kind, and the key of its chat.
func ways(senders []settings.Sender) (found []way, chat string) {
	first := map[channels.Kind]string{}
	for _, one := range senders {
		if _, known := first[one.Kind]; !known {
			first[one.Kind] = one.Address
		}
	}
	call, text := first[channels.Voice], first[channels.SMS]
	if call == "" && strings.HasPrefix(text, "+") { // a short code takes no calls
		call = text
	}
	// Addresses were checked when they were stored: a plus and digits, so that
	// they can stand in a URL of any scheme.
	if call != "" {
		found = append(found, way{"call", template.URL("tel:" + call), written(call)}) // #nosec G203
	}
	if text != "" {
		found = append(found, way{"text", template.URL("sms:" + text), written(text)}) // #nosec G203
	}
	for _, kind := range []channels.Kind{channels.WhatsAppCloud, channels.WhatsAppTwilio} {
		if digits, ok := strings.CutPrefix(first[kind], "+"); ok { // or it is Meta's id, which nobody can dial
			found = append(found, way{"whatsapp", template.URL("https://wa.me/" + digits), written(first[kind])}) // #nosec G203
			break
		}
	}
	return found, first[channels.WebChat]
}

// written is a number as people write it.
func written(address string) string {
	number, err := phonenumbers.Parse(address, "")
	if err != nil {
		return address
	}
	return phonenumbers.Format(number, phonenumbers.INTERNATIONAL)
}

// dialed is a number that somebody typed, in E.164 form; without a country's
// code it is taken to be in the country of the team's own numbers.
func dialed(typed string, senders []settings.Sender) (string, bool) {
	region := ""
	for _, one := range senders {
		if ours, err := phonenumbers.Parse(one.Address, ""); err == nil {
			region = phonenumbers.GetRegionCodeForNumber(ours)
			break
		}
	}
	number, err := phonenumbers.Parse(typed, region)
	if err != nil {
		return "", false
	}
	address := phonenumbers.Format(number, phonenumbers.E164)
	return address, settings.PhoneFault(address) == ""
}

// number is the way's number in E.164 form.
func (w way) number() string {
	_, number, _ := strings.Cut(string(w.URL), ":")
	if digits, ok := strings.CutPrefix(number, "//wa.me/"); ok {
		return "+" + digits
	}
	return number
}
