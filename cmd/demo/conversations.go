package demo

import (
	"time"

	"ringback/channels"
	"ringback/channels/simulator/twilio"
)

// What customers and the staff did in the past, one conversation a function: each
// notes its moments, which are played among those of all others.

// texted is a text that is answered, and ends with a rating.
func (m *month) texted(at time.Time, team string, ends bool) {
	c, about := m.who(), m.matter(team)
	m.says(at, c, team, about.asks)
	m.answers(m.after(at, 4+m.chance.IntN(30)), c.Number, team, about.answer)
	m.says(m.after(at, 40), c, team, about.thanks)
	if ends {
		m.ends(m.after(at, 150), c, team)
	}
}

// ends is a ticket that is closed, and what the customer says of it.
func (m *month) ends(at time.Time, c Customer, team string) {
	m.closes(at, c.Number, team)
	if m.chance.IntN(3) > 0 {
		m.says(m.after(at, 7), c, team, m.score())
	}
}

// afterHours is a text to a team that is closed, answered when it is back.
func (m *month) afterHours(at time.Time, team string) {
	c, about := m.who(), m.matter(team)
	m.says(at, c, team, about.asks)
	if m.said["STOP"]++; m.said["STOP"]%5 == 2 {
		m.says(m.after(at, 2), c, team, "STOP")
		m.left[c.Number] = true
		return
	}
	morning := m.morning(at)
	m.answers(morning, c.Number, team, about.answer)
	m.says(m.after(morning, 11), c, team, about.thanks)
	m.ends(m.after(morning, 90), c, team)
}

// missed is a caller whom nobody answers in time, who writes back to the text.
func (m *month) missed(at time.Time, ends bool) {
	c, about := m.who(), m.matter("Service")
	m.calls(at, c, "Service", nobodyPicksUp, twilio.Press("1"), twilio.HangUp(channels.StepRinging, 14*time.Second))
	if m.chance.IntN(4) == 0 {
		return // and is not heard again
	}
	m.says(m.after(at, 3), c, "Service", about.asks)
	m.answers(m.after(at, 15), c.Number, "Service", about.answer)
	m.says(m.after(at, 22), c, "Service", about.thanks)
	if ends {
		m.ends(m.after(at, 120), c, "Service")
	}
}

// answered is a call that an advisor takes.
func (m *month) answered(at time.Time) {
	talks := time.Duration(60+m.chance.IntN(200)) * time.Second
	c := m.who()
	m.calls(at, c, "Service", twilio.Advisor{After: 6 * time.Second, Keys: "1", Talks: talks}, twilio.Press("1"))
	m.ends(m.after(at, 30), c, "Service")
}

// voicemail is a message on the tape, answered by text.
func (m *month) voicemail(at time.Time, ends bool) {
	c, about := m.who(), m.matter("Service")
	m.calls(at, c, "Service", nobodyPicksUp, twilio.Press("3"), twilio.LeaveVoicemail(time.Duration(6+m.chance.IntN(20))*time.Second, twilio.ByHangUp))
	m.answers(m.after(at, 25), c.Number, "Service", about.answer)
	m.says(m.after(at, 31), c, "Service", about.thanks)
	if ends {
		m.ends(m.after(at, 130), c, "Service")
	}
}

// lateCall is a caller who finds the team closed.
func (m *month) lateCall(at time.Time, team string) {
	c := m.who()
	m.calls(at, c, team, nobodyPicksUp, twilio.HangUp(channels.StepVoicemailPrompt, 4*time.Second))
	morning := m.morning(at)
	m.answers(morning, c.Number, team, "Good morning, you called after hours. What can we do for you?")
	m.says(m.after(morning, 20), c, team, "It has been settled meanwhile, thank you.")
	m.closes(m.after(morning, 30), c.Number, team)
}

// photo is a repair: a photo is asked for, then an approval, then the money.
func (m *month) photo(at time.Time) {
	c := m.who()
	m.says(at, c, "Service", "Hail has cracked the hood of our tractor. What would a new one cost?")
	m.asks(m.after(at, 6), c.Number, "Service", wants("photo_video", "", ""))
	m.sendsPhoto(m.after(at, 14), c, "Service")
	m.answers(m.after(at, 30), c.Number, "Service", "Thank you, that helps. A new hood is 340 dollars, fitted on Friday.")
	m.asks(m.after(at, 33), c.Number, "Service", wants("approval", "A new hood, fitted", ""))
	m.says(m.after(at, 50), c, "Service", "yes")
	m.pays(m.after(at, 65), c.Number, "Service", wants("payment", "A new hood, fitted", "340.00"))
	m.ends(m.after(at, 200), c, "Service")
}

// onWhatsApp is a conversation there.
func (m *month) onWhatsApp(at time.Time, ends bool) {
	c, about := m.who(), m.matter("Service")
	m.writes(at, c, about.asks)
	m.answers(m.after(at, 9), c.Number, "Service", about.answer)
	m.writes(m.after(at, 16), c, about.thanks)
	if ends {
		m.closes(m.after(at, 140), c.Number, "Service")
	}
}

// visitor is somebody in the chat of the website.
func (m *month) visitor(at time.Time, ends bool) {
	c, about := m.who(), m.matter("Service")
	m.chats(at, c, about.asks)
	m.answers(m.after(at, 3), c.Name, "Service", about.answer)
	m.chats(m.after(at, 5), c, about.thanks)
	if ends {
		m.closes(m.after(at, 60), c.Name, "Service")
	}
}
