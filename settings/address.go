package settings

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"

	"github.com/nyaruka/phonenumbers"

	"ringback/channels"
)

var (
	e164             = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	shortCode        = regexp.MustCompile(`^[0-9]{3,8}$`)
	digits           = regexp.MustCompile(`^[0-9]{5,32}$`)
	messagingService = regexp.MustCompile(`^MG[0-9a-fA-F]{32}$`)
	rcsAgent         = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)
	siteKey          = regexp.MustCompile(`^[!-~]{1,100}$`)
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
	case kindOf(s.Kind).rate > 0:
		return kindOf(s.Kind).rate
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

func (s Sender) checkKind() error {
	var wrong Invalid
	wrong.Add(!slices.Contains(SenderKinds, s.Kind), "kind", "not_one_of", "List", SenderKinds)
	return wrong.Err()
}

// check looks at the kind first: what else has to be right hangs on it.
func (s Sender) check() error {
	if err := s.checkKind(); err != nil {
		return err
	}
	var wrong Invalid
	code := kindOf(s.Kind).fault(s.Address)
	wrong.Add(code != "", "address", code)
	business := s.Settings.Business
	wrong.Add(business != "" && (s.Kind != channels.WhatsAppCloud || !digits.MatchString(business)), "business_account_id", "business_account")
	service, agent := s.Settings.Service, s.Settings.Agent
	wrong.Add(service != "" && (s.Kind != channels.SMS || !messagingService.MatchString(service)), "messaging_service", "messaging_service")
	wrong.Add(agent != "" && (service == "" || !rcsAgent.MatchString(agent)), "rcs_agent", "rcs_agent")
	wrong.Add(s.Settings.LineTypes && s.Kind != channels.Voice && s.Kind != channels.SMS, "line_types", "number_only")
	wrong.Add(s.Settings.CallHours && s.Kind != channels.WhatsAppCloud, "call_hours", "cloud_only")
	rate := s.Settings.MessagesPerSecond
	wrong.Add(rate < 0 || rate > 1000, "messages_per_second", "rate")
	wrong = append(wrong, s.checkChat()...)
	return wrong.Err()
}

var color = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// checkChat looks at what only a web chat has.
func (s Sender) checkChat() Invalid {
	var wrong Invalid
	web := s.Kind == channels.WebChat
	wrong.Add(!web && len(s.Settings.Origins) > 0, "origins", "webchat_only")
	wrong.Add(!web && s.Settings.Color != "", "color", "webchat_only")
	wrong.Add(len(s.Settings.Origins) > 50, "origins", "too_many", "Count", 50)
	wrong.Add(web && s.Settings.Color != "" && !color.MatchString(s.Settings.Color), "color", "color")
	for n, origin := range s.Settings.Origins {
		wrong.Add(web && !isOrigin(origin), fmt.Sprintf("origins[%d]", n), "origin")
	}
	return wrong
}

// isOrigin reports whether a browser could name a website so.
func isOrigin(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.Scheme+"://"+u.Host == text
}

// phoneOrShortCode, PhoneFault, phoneOrMetaID and siteKeyFault are the code of what is
// wrong with an address; empty: nothing. A number has to be possible, not listed as
// valid: lists lag behind.
func phoneOrShortCode(address string) string {
	if !possible(address) && !shortCode.MatchString(address) {
		return "phone_or_short"
	}
	return ""
}

func phoneOrMetaID(address string) string {
	if !possible(address) && !digits.MatchString(address) {
		return "phone_or_meta_id"
	}
	return ""
}

func siteKeyFault(address string) string {
	if !siteKey.MatchString(address) {
		return "site_key"
	}
	return ""
}

// PhoneFault is the code of what is wrong with a phone number; empty: nothing.
func PhoneFault(address string) string {
	if !possible(address) {
		return "phone"
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
