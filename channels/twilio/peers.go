package twilio

import (
	"net/url"
	"strings"

	"ringback/channels"
)

// whatsApp marks an address as one on WhatsApp, and rcs as one of RCS: a phone
// number, or the agent that a business is known by there.
const (
	whatsApp = "whatsapp:"
	rcs      = "rcs:"
)

// phoneOf is the number of a phone that does RCS; what is no number stays as it is.
// RCS is texting by another way: who does it is the number's owner, and the agent
// stands for a sender of texts.
// https://www.twilio.com/docs/rcs/send-an-rcs-message
func phoneOf(address string) string {
	if number := bare(strings.TrimPrefix(address, rcs)); strings.HasPrefix(address, rcs) && strings.HasPrefix(number, "+") {
		return number
	}
	return address
}

// byRCS reports whether the message came or went by RCS.
func byRCS(form url.Values) bool {
	return strings.HasPrefix(form.Get("From"), rcs) || strings.HasPrefix(form.Get("To"), rcs)
}

// peers reads From and To: the kind of channel that both are on, and their
// addresses without its prefix. A WhatsApp sender has been seen without the
// prefix, so that one of the two is enough. On a channel that we do not carry
// (messenger:) the kind is empty and the addresses are left whole, so
// that the event is kept and seen instead of refused.
func peers(form url.Values) (kind channels.Kind, from, to string, err error) {
	if from, err = required(form, "From"); err != nil {
		return "", "", "", err
	}
	if to, err = required(form, "To"); err != nil {
		return "", "", "", err
	}
	from, to = phoneOf(from), phoneOf(to)
	onWhatsApp := false
	for _, address := range []string{from, to} {
		if strings.HasPrefix(address, whatsApp) {
			onWhatsApp = true
		} else if foreign(address) && !strings.HasPrefix(address, rcs) {
			return "", from, to, nil
		}
	}
	kind, from, to = channels.SMS, bare(from), bare(to)
	if onWhatsApp {
		kind = channels.WhatsAppTwilio
	}
	if from == "" {
		err = &channels.Malformed{Field: "From", Detail: "is a prefix without an address"}
	} else if to == "" {
		err = &channels.Malformed{Field: "To", Detail: "is a prefix without an address"}
	}
	return kind, from, to, err
}

// bare is an address without WhatsApp's prefix. A plus sign that was encoded
// twice, or once too seldom, is made whole; a WhatsApp user id stays as it is.
func bare(address string) string {
	address = strings.TrimPrefix(address, whatsApp)
	if rest, ok := strings.CutPrefix(address, "%2B"); ok {
		return "+" + rest
	}
	if rest, ok := strings.CutPrefix(address, " "); ok {
		return "+" + rest
	}
	return address
}

// foreign reports whether the address names a channel of its own.
func foreign(address string) bool {
	prefix, _, found := strings.Cut(address, ":")
	return found && prefix != "" && strings.Trim(prefix, "abcdefghijklmnopqrstuvwxyz") == ""
}
