package settings

import (
	"fmt"
	"net/url"
	"regexp"

	"github.com/nyaruka/phonenumbers"

	"ringback/channels"
)

var (
	e164      = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	shortCode = regexp.MustCompile(`^[0-9]{3,8}$`)
	digits    = regexp.MustCompile(`^[0-9]{5,32}$`)
	siteKey   = regexp.MustCompile(`^[!-~]{1,100}$`)
)

// Rates of sending, in messages a second, that the carriers and Meta allow for
// a kind of number unless the owner has arranged for more.
const (
	longCodeRate  = 1
	tollFreeRate  = 3
	shortCodeRate = 100
	whatsAppRate  = 80
)

// Rate is how many messages a second may go out from the sender.
func (s Sender) Rate() float64 {
	switch {
	case s.Settings.MessagesPerSecond > 0:
		return s.Settings.MessagesPerSecond
	case s.Kind == channels.WhatsAppTwilio, s.Kind == channels.WhatsAppCloud, s.Kind == channels.WebChat:
		return whatsAppRate
	case shortCode.MatchString(s.Address):
		return shortCodeRate
	case tollFree(s.Address):
		return tollFreeRate
	}
	return longCodeRate
}

func tollFree(address string) bool {
	number, err := phonenumbers.Parse(address, "")
	return err == nil && phonenumbers.GetNumberType(number) == phonenumbers.TOLL_FREE
}

func (s Sender) check() error {
	var wrong Invalid
	detail := addressFault(s.Kind, s.Address)
	wrong.add(detail != "", "address", detail)
	business := s.Settings.Business
	wrong.add(business != "" && (s.Kind != channels.WhatsAppCloud || !digits.MatchString(business)), "business_account_id", "must be the digits that Meta shows as the WhatsApp Business Account ID, of a sender of kind whatsapp_cloud")
	rate := s.Settings.MessagesPerSecond
	wrong.add(rate < 0 || rate > 1000, "messages_per_second", "must be above 0 and at most 1000; leave it out for the usual rate of the kind of number")
	wrong = append(wrong, s.checkChat()...)
	return wrong.err()
}

var color = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// checkChat looks at what only a web chat has.
func (s Sender) checkChat() Invalid {
	var wrong Invalid
	web := s.Kind == channels.WebChat
	wrong.add(!web && len(s.Settings.Origins) > 0, "origins", "is for a webchat sender alone")
	wrong.add(!web && s.Settings.Color != "", "color", "is for a webchat sender alone")
	wrong.add(len(s.Settings.Origins) > 50, "origins", "must be at most 50")
	wrong.add(web && s.Settings.Color != "" && !color.MatchString(s.Settings.Color), "color", "must be a color such as #1f6f4a")
	for n, origin := range s.Settings.Origins {
		wrong.add(web && !isOrigin(origin), fmt.Sprintf("origins[%d]", n), "must be the address of a website, without a path, such as https://www.example.com")
	}
	return wrong
}

// isOrigin reports whether a browser could name a website so.
func isOrigin(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.Scheme+"://"+u.Host == text
}

const e164Help = "must be a phone number in E.164 form: + and the country code, digits only, such as +15005550006"

// addressFault says what is wrong with an address of that kind; empty: nothing.
// A number has to be possible, not listed as valid: lists lag behind.
func addressFault(kind channels.Kind, address string) string {
	switch kind {
	case channels.SMS:
		if !possible(address) && !shortCode.MatchString(address) {
			return e164Help + ", or a short code of 3 to 8 digits"
		}
	case channels.Voice, channels.WhatsAppTwilio:
		if !possible(address) {
			return e164Help
		}
	case channels.WhatsAppCloud:
		if !possible(address) && !digits.MatchString(address) {
			return e164Help + ", or Meta's phone number id"
		}
	case channels.WebChat:
		if !siteKey.MatchString(address) {
			return "must be a site key of 1 to 100 letters, digits or signs without spaces"
		}
	}
	return ""
}

// PhoneFault says what is wrong with a customer's phone number; empty: nothing.
func PhoneFault(address string) string {
	if !possible(address) {
		return e164Help
	}
	return ""
}

func possible(address string) bool {
	if !e164.MatchString(address) {
		return false
	}
	number, err := phonenumbers.Parse(address, "")
	return err == nil && phonenumbers.IsPossibleNumber(number)
}
