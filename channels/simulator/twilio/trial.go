package twilio

// trialPrefix is what the texts of a trial account begin with, on the phone and in the
// list. https://help.twilio.com/articles/360036052753
const trialPrefix = "Sent from your Twilio trial account - "

// Trial makes the account one that nobody pays for, or one that somebody does.
func (s *Simulator) Trial(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trial = on
}

// asSent is a text as the account sends it. The caller holds s.mu.
func (s *Simulator) asSent(m Message) string {
	if s.trial && !onWhatsApp(m.To) && m.Body != "" {
		return trialPrefix + m.Body
	}
	return m.Body
}

// kind is Twilio's word for what the account is. The caller holds s.mu.
func (s *Simulator) kind() string {
	if s.trial {
		return "Trial"
	}
	return "Full"
}
