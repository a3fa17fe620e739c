package rules

import (
	"time"

	"github.com/nyaruka/phonenumbers"

	"ringback/channels"
	"ringback/settings/text"
)

// readWord reads an opt-out, opt-in or help word. The second value is false
// for any other message.
//
// On SMS through Twilio the confirmations are Twilio's, and wherever the
// provider says that it answered; ours go out on the other channels, or from a
// sender that keeps its own keywords.
func readWord(s Situation) (Decision, bool) {
	word := wordOf(s.Event.Form, s.Event.Text, s.Event.OptOut)
	d := Decision{Outcome: Skipped, Facts: map[string]any{"words": s.Event.Text}}
	var confirmation string
	// What providers tell comes in any order, and STOP was their last word. One that is
	// yet to come was said before a demo's clock went back.
	late := s.Event.At.Before(s.Contact.OptedOutAt) && !s.Contact.OptedOutAt.After(s.Now)
	switch {
	case word == text.Start && late:
		d.Reason, d.Facts["opted_out_at"] = ReasonOptedOut, s.Contact.OptedOutAt.UTC().Format(time.RFC3339)
	case word == text.Stop:
		d.Reason, d.Consent, confirmation = ReasonOptedOut, OptOut, text.StopConfirmation
	case word == text.Start, word == text.Yes && s.Contact.OptedOut && !late && !tollFree(s) && !s.answersByItself():
		d.Reason, d.Consent, confirmation = ReasonOptedIn, OptIn, text.StartConfirmation
	case word == text.Help:
		d.Reason, confirmation = ReasonHelp, text.HelpText
	default:
		return Decision{}, false
	}
	switch {
	case word == text.Help && s.Event.Channel != channels.SMS && !s.Contact.Blocked && s.Contact.Staff == "":
		d.Ticket = ticketStep(s) // somebody asks for help, and no carrier has answered them
	case s.Ticket != nil && s.Ticket.Status != "closed":
		d.Ticket = JoinTicket
	}
	// Repeated words get no repeated confirmation: two machines could keep it up.
	repeated := word == text.Stop && s.Contact.OptedOut
	switch {
	case confirmation == "" || !answersItself(s) || s.Contact.Blocked || repeated || cannotConfirm(s) != "":
	case s.Told: // the word holds all the same
		d.Facts["confirmation"] = "over_budget"
	default:
		d.Outcome, d.confirms, d.ExpiresAt = Sent, true, s.expires("")
		d.message, d.plain = composeConfirmation(s, confirmation), plainLetters(s)
	}
	return d, true
}

// nearRefusal reports whether a message may ask for no more texts, of somebody who
// gets them.
func nearRefusal(s Situation) bool {
	annotates := s.Event.Form.IsAnnotation() && s.Event.Form != channels.EditMessage
	refuses := text.Refuses(s.Event.Text)
	clear := refuses == text.PlainRefusal && s.Event.Form != channels.FormMessage // that opts out at once
	return !annotates && !s.Contact.OptedOut && refuses != text.NoRefusal && !clear
}

// SaysStop reports whether a message opts out, as deciding about it will find.
func SaysStop(m channels.Message) bool { return wordOf(m.Kind, m.Text, m.OptOut) == text.Stop }

func wordOf(form channels.MessageKind, said string, provider channels.OptOut) text.Word {
	if form.IsAnnotation() && form != channels.EditMessage { // who corrects a text into STOP means it
		return text.None
	}
	if word := providersWord(provider); word != text.None {
		return word
	}
	if form == channels.FormMessage { // whose fields say of themselves what they ask
		return text.None
	}
	if word := text.Read(said); word != text.None || text.Refuses(said) != text.PlainRefusal {
		return word
	}
	return text.Stop
}

func providersWord(o channels.OptOut) text.Word {
	switch o {
	case channels.OptOutStop:
		return text.Stop
	case channels.OptOutStart:
		return text.Start
	case channels.OptOutHelp:
		return text.Help
	}
	return text.None
}

// answersByItself reports whether a YES says of itself what it answers: a tapped
// button, the quote of a question, or the reply to one in the web chat, which goes on
// for who wants no texts. That is no consent to be texted again.
func (s Situation) answersByItself() bool {
	if id, _ := s.Event.names(); s.Event.Reply != "" || id != "" {
		return true
	}
	if s.Event.Channel != channels.WebChat {
		return false
	}
	_, answers := readPlain(s)
	return answers
}

// tollFree reports whether the customer wrote to a toll-free number. There the
// carrier's own block stays after YES, and only START and UNSTOP lift it:
// https://help.twilio.com/articles/223134027-Twilio-support-for-opt-out-keywords-SMS-STOP-filtering-
func tollFree(s Situation) bool {
	sender, _ := s.Team.Sender(s.Event.Sender)
	number, err := phonenumbers.Parse(sender.Address, "")
	return err == nil && sender.Kind == channels.SMS && phonenumbers.GetNumberType(number) == phonenumbers.TOLL_FREE
}

// answersItself reports whether the confirmation is ours to send.
func answersItself(s Situation) bool {
	if s.Event.OptOut != "" {
		return false
	}
	sender, _ := s.Team.Sender(s.Event.Sender)
	return sender.Settings.OwnKeywords || s.Event.Channel != channels.SMS
}

// cannotConfirm is what forbids even a confirmation. Having opted out does
// not, nor do the caps, but a pause and an address that takes no texts do.
func cannotConfirm(s Situation) Reason {
	s.Contact.OptedOut, s.Contact.InDoubt, s.Contact.Staff = false, false, ""
	return cannot(s, map[string]any{})
}
