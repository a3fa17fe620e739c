package twilio

import "strings"

// OptOuts is how the provider deals with opt-out words.
type OptOuts int

// The ways to deal with opt-out words. In each the webhook is delivered too.
const (
	OptOutsUsual    OptOuts = iota // on SMS the provider answers and blocks; WhatsApp is left to the gateway
	OptOutsAdvanced                // on both, and the webhook says so in OptOutType
	OptOutsOff                     // the gateway does it all
)

// words are Twilio's, for a whole message in any case.
var words = map[string]string{
	"STOP": "STOP", "STOPALL": "STOP", "UNSUBSCRIBE": "STOP", "CANCEL": "STOP", "END": "STOP",
	"QUIT": "STOP", "REVOKE": "STOP", "OPTOUT": "STOP",
	"START": "START", "UNSTOP": "START", "YES": "START",
	"HELP": "HELP", "INFO": "HELP",
}

// replies are what the provider writes to the customer.
var replies = map[string]string{
	"STOP":  "You are unsubscribed and get no more messages from this number. Reply START to hear from it again.",
	"START": "You are subscribed to this number again. Reply HELP for help, STOP to unsubscribe.",
	"HELP":  "Reply STOP to unsubscribe from this number. Message and data rates may apply.",
}

// keyword is STOP, START or HELP when the provider takes an inbound message
// for one. The caller holds s.mu.
func (s *Simulator) keyword(m Message) string {
	if s.config.OptOuts == OptOutsOff || onWhatsApp(m.From) && s.config.OptOuts != OptOutsAdvanced {
		return ""
	}
	word := words[strings.ToUpper(strings.TrimSpace(m.Body))]
	if word == "START" && !s.blocked[pair{m.Account, m.To, m.From}] {
		return "" // YES is an answer to something else, and START changes nothing
	}
	return word
}

// answerKeyword blocks or unblocks and writes back, once for each change: a
// second STOP is silent. The caller holds s.mu.
func (s *Simulator) answerKeyword(m Message, word string) {
	conversation := pair{m.Account, m.To, m.From}
	switch word {
	case "STOP":
		if s.blocked[conversation] {
			return
		}
		s.blocked[conversation] = true
	case "START":
		delete(s.blocked, conversation)
	case "HELP":
	default:
		return
	}
	body := replies[word]
	reply := Message{
		SID: newSID("SM"), Account: m.Account, Direction: OutboundReply, From: m.To, To: m.From,
		Body: body, Status: "delivered", Segments: segments(m.From, body), Sent: s.config.Clock.Now(),
	}
	s.add(reply)
}
