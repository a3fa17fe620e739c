package channels

// Script is what a caller hears and what happens next, in our words; a
// provider's folder turns it into the provider's (TwiML).
type Script []Verb

// Verb is one of Say, Play, Gather, Ring, Record, Go, Hangup and Reject.
type Verb interface{ verb() }

// Place is a point of the voice flow at which the provider asks us what comes
// next. It carries all that the answer depends on, so that no answer waits for
// the database; the provider signs it with the rest of its address.
type Place struct {
	At      string // the flow's own word for the point: see gateway/calls
	Sender  string // the id of the sender that was called
	Team    string // the id of the team whose flow the call is in; empty: the called number's
	Round   int    // which advisor of the list rings next, or how often the menu was played
	Advisor string // whose leg it is
	Option  string // the option that was chosen
	Call    string // our id of the call, of one that the staff made; empty: it came in
}

type (
	// Say speaks a text in a language (BCP 47).
	Say struct{ Text, Language string }
	// Play plays a recording of ours, by its public URL.
	Play struct{ URL string }
	// Gather plays prompts and waits for digits; Next is asked with them, or
	// with none when the time is up.
	Gather struct {
		Prompts Script // Say and Play only
		Digits  int    // how many are waited for
		Seconds int
		Next    Place
	}
	// Ring calls advisors and connects the first who accepts. The caller keeps
	// hearing it ring. Next is asked when it is over, however it ended.
	Ring struct {
		Lines   []Leg
		From    string // the number that advisors see
		Seconds int
		Next    Place
	}
	// Record records the caller after a tone. Next is asked at its end, Done
	// once the recording is ready or known to be absent.
	Record struct {
		MaxSeconds int
		Next, Done Place
	}
	// Go continues at another place.
	Go struct{ Next Place }
	// Hangup ends the call.
	Hangup struct{}
	// Reject lets the caller hear that the line is busy. Nobody has answered.
	Reject struct{}
)

// Leg is one advisor's phone. Whisper is asked what to say to them before
// they are connected; a zero Place connects at once. Status is told how the
// leg fares.
type Leg struct {
	Number  string
	Whisper Place
	Status  Place
}

func (Say) verb()    {}
func (Play) verb()   {}
func (Gather) verb() {}
func (Ring) verb()   {}
func (Record) verb() {}
func (Go) verb()     {}
func (Hangup) verb() {}
func (Reject) verb() {}
