package settings

// Voice is a team's voice flow, one JSON value of its row: greeting, call
// tree, ringing, voicemail.
type Voice struct {
	Greeting    Prompt   `json:"greeting"`
	Menu        Prompt   `json:"menu"` // what is said before the options are waited for
	Options     []Option `json:"options"`
	RingOrder   string   `json:"ring_order"`   // RingInOrder or RingAll
	RingSeconds int      `json:"ring_seconds"` // how long one advisor, or all at once, are rung
	Whisper     bool     `json:"whisper"`      // an advisor presses 1 to take the call
	Voicemail   bool     `json:"voicemail"`
	Leave       Prompt   `json:"voicemail_prompt"`
	Closed      Prompt   `json:"after_hours_prompt"`
}

// Prompt is what a caller hears: a recording of the team's, or a text that is
// spoken in its language; with neither, the default text.
type Prompt struct {
	Text      string `json:"text"`
	Recording string `json:"recording"` // a public URL
}

// Option is one branch of the call tree.
type Option struct {
	Digit    string   `json:"digit"`
	Label    string   `json:"label"`
	To       string   `json:"to"`       // ToAdvisors, ToTeam or ToVoicemail
	Advisors []string `json:"advisors"` // staff ids: one advisor or a group
	Team     string   `json:"team"`     // the other team's id
}

// How advisors ring, and where an option leads.
const (
	RingInOrder = "in_order"
	RingAll     = "all_at_once"

	ToAdvisors  = "advisors"
	ToTeam      = "team"
	ToVoicemail = "voicemail"
)

// NewVoice is what a new team starts with: a greeting, then everybody on the
// schedule in turn, then voicemail.
func NewVoice() Voice {
	return Voice{Options: []Option{}, RingOrder: RingInOrder, RingSeconds: 20, Whisper: true, Voicemail: true}
}

// Advisor is one of the staff as callers are connected to them.
type Advisor struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Phone string `json:"phone"` // E.164; empty: cannot be rung
}
