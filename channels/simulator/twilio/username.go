package twilio

// username is what a person on WhatsApp goes by who has taken a username.
type username struct {
	id     string // business-scoped: US.1349
	hidden bool   // the number is not shown any more
}

// Username lets a person on WhatsApp take a username, in the middle of whatever they
// wrote: from then on their messages name their user id beside the number, or come from
// it alone when the number is hidden.
func (s *Simulator) Username(number, id string, hidden bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.usernames[whatsApp+number] = username{whatsApp + id, hidden}
}

// shown is what a customer's messages come from, and the user id that they name.
func (s *Simulator) shown(from string) (address, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.usernames[from]
	if u.hidden {
		return u.id, u.id
	}
	return from, u.id
}
