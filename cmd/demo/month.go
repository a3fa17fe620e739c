package demo

import (
	"math/rand/v2"
	"time"
)

// days is how long the past is, lately how long ago it ends, and seed what is thrown
// in it: the same every time, around the day on which the demo begins.
const (
	days   = 30
	lately = 10 * time.Minute
	seed   = 17
)

// cast are customers who were heard in the past. Those at the phone page are new.
var cast = []Customer{
	{Name: "Alma Reyes", Number: "+13125550201"},
	{Name: "Bill Hoffman", Number: "+13125550202"},
	{Name: "Cora Nowak", Number: "+13125550203"},
	{Name: "Dean Fisher", Number: "+13125550204"},
	{Name: "Edith Moore", Number: "+13125550205"},
	{Name: "Frank Olsen", Number: "+13125550206"},
	{Name: "Grace Kim", Number: "+13125550207"},
	{Name: "Hank Weaver", Number: "+13125550208"},
	{Name: "Ines Costa", Number: "+13125550209"},
	{Name: "Jack Turner", Number: "+13125550210"},
	{Name: "Kate Brandt", Number: "+13125550211"},
	{Name: "Leo Marsh", Number: "+13125550212"},
	{Name: "Mona Petit", Number: "+13125550213"},
	{Name: "Ned Graham", Number: "+13125550214"},
	{Name: "Olga Simic", Number: "+13125550215"},
	{Name: "Paul Archer", Number: "+13125550216"},
	{Name: "Quinn Daly", Number: "+13125550217"},
	{Name: "Rosa Lind", Number: "+13125550218"},
	{Name: "Sam Whitaker", Number: "+13125550219"},
	{Name: "Tess Romano", Number: "+13125550220"},
	{Name: "Umar Haddad", Number: "+13125550221"},
	{Name: "Vera Stone", Number: "+13125550222"},
	{Name: "Walt Jennings", Number: "+13125550223"},
	{Name: "Yara Beck", Number: "+13125550224"},
}

// matter is what a customer comes with, and how it goes on.
type matter struct{ asks, answer, thanks string }

var matters = map[string][]matter{
	"Service": {
		{"Hi, the pump on our sprayer leaks. Can somebody look at it?", "Sure. Bring it in tomorrow at 9 and we look at it while you wait.", "Great, we will be there."},
		{"Is the mower from Hill Road ready?", "It is. You can pick it up until 5 today.", "Thanks, on my way."},
		{"The starter only clicks. What do I do?", "That sounds like the battery. We can send somebody this afternoon.", "Yes please, after 2."},
		{"Do you have filters for the X320?", "Two on the shelf. I put one aside with your name on it.", "Perfect."},
		{"When is the tractor due for its service?", "At 500 hours, so in about two weeks. Shall I book the 14th?", "The 14th is fine."},
		{"The baler stopped in the middle of the field, the belt is off.", "We come out. Where is the field?", "Second gate on Mill Lane."},
		{"You charged me twice for the blades.", "You are right, sorry. The second one goes back today.", "Thank you for the quick answer."},
		{"Can you sharpen four blades by Friday?", "If they are here by Thursday noon, yes.", "They will be."},
	},
	"Sales": {
		{"Do you still have the used loader from the ad?", "We do. Would you like to see it this week?", "Thursday afternoon would work."},
		{"What would you give me for a 2019 ride-on?", "That depends on its hours. Could you tell me how many?", "About 340."},
		{"Is there a discount on two trimmers?", "Ten percent from the second one on.", "Then I take two."},
		{"How long is delivery of the new spreader?", "Three weeks at the moment.", "All right, please put me down for one."},
	},
}

// month is the past as it is written, before it is played.
type month struct {
	*past
	chance *rand.Rand
	next   int // in the cast
	said   map[string]int
	left   map[string]bool // who want no more texts, by number
}

// write throws what happens from a month before now until now.
func (p *past) write(now time.Time) {
	m := &month{past: p, chance: rand.New(rand.NewPCG(seed, seed)), said: map[string]int{}, left: map[string]bool{}}
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, p.zone)
	m.holidays(today)
	for ago := days; ago >= 0; ago-- {
		day := today.AddDate(0, 0, -ago)
		switch {
		case day.Equal(inventory(today)):
			m.afterHours(m.at(day, 10), "Service")
		case day.Weekday() == time.Sunday:
			m.afterHours(m.at(day, 15+m.chance.IntN(5)), "Service")
		case day.Weekday() == time.Saturday:
			m.lateCall(m.at(day, 16), "Service")
		default:
			m.weekday(day, ago)
		}
	}
}

// weekday has a morning, an afternoon and an evening, each with one conversation or none.
func (m *month) weekday(day time.Time, ago int) {
	ends := func() bool { return ago > 5 || m.chance.IntN(3) == 0 } // most of the last days still wait for somebody
	switch ago % 5 {
	case 0:
		m.texted(m.at(day, 9), "Service", ends())
	case 1:
		m.missed(m.at(day, 9), ends())
	case 2:
		m.voicemail(m.at(day, 9), ends())
	case 3:
		m.onWhatsApp(m.at(day, 9), ends())
	default:
		m.texted(m.at(day, 9), "Sales", ends())
	}
	switch ago % 6 {
	case 0:
		m.photo(m.at(day, 9))
	case 2:
		m.visitor(m.at(day, 9), ends())
	case 4:
		m.missed(m.at(day, 9), ends())
	default:
		m.answered(m.at(day, 14))
	}
	switch ago % 4 {
	case 1:
		m.afterHours(m.at(day, 18+m.chance.IntN(3)), "Service")
	case 2:
		m.lateCall(m.at(day, 17), "Service")
	}
}

// at is some minute of an hour of a day, with seconds as they come.
func (m *month) at(day time.Time, hour int) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), hour, 1+m.chance.IntN(40), m.chance.IntN(60), 0, m.zone)
}

// after is so many minutes later, more or less.
func (m *month) after(at time.Time, minutes int) time.Time {
	return at.Add(time.Duration(minutes)*time.Minute + time.Duration(m.chance.IntN(50))*time.Second)
}

// morning is when somebody is back to answer what came after hours.
func (m *month) morning(at time.Time) time.Time {
	day := at.In(m.zone)
	for again := true; again; again = day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		day = day.AddDate(0, 0, 1)
	}
	return time.Date(day.Year(), day.Month(), day.Day(), 8, 3+m.chance.IntN(20), m.chance.IntN(60), 0, m.zone)
}

// who is the next customer; everybody comes before somebody comes again.
func (m *month) who() Customer {
	for m.next++; m.left[cast[m.next%len(cast)].Number]; m.next++ {
	}
	return cast[m.next%len(cast)]
}

// matter is what the next customer of a team comes with.
func (m *month) matter(team string) matter {
	m.said[team]++
	return matters[team][m.said[team]%len(matters[team])]
}

// score is what advisors are given: good as a rule.
func (m *month) score() string {
	return []string{"5", "5", "4", "5", "3", "5", "4", "2"}[m.chance.IntN(8)]
}

// inventory is a day of the past on which the company was closed.
func inventory(today time.Time) time.Time {
	day := today.AddDate(0, 0, -12)
	for day.Weekday() != time.Wednesday {
		day = day.AddDate(0, 0, -1)
	}
	return day
}
