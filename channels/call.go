package channels

// What providers tell us of calls. Each is one line of a call's journal.
const (
	CallArrived  EventKind = "call_arrived" // a call came in
	CallStepped  EventKind = "call_step"    // the caller came to a step; Event.Call.Step
	CallDialed   EventKind = "call_dialed"  // ringing an advisor ended; Event.Call.Dial
	CallEnded    EventKind = "call_ended"   // the call's final status; Event.Call.Status
	CallRecorded EventKind = "recording"    // a recording is ready, or there is none; Event.Call.Recording
	CallNoted    EventKind = "call_note"    // a fact that decides nothing by itself: see Event.Call.Facts
	CalledBack   EventKind = "called_back"  // how a call fares that the staff made; Event.Call.Back names it
)

// Step is where in the voice flow a caller is.
type Step string

// The steps, in the order of the flow.
const (
	StepGreeting        Step = "greeting"
	StepMenu            Step = "menu"
	StepOptionChosen    Step = "option_chosen"
	StepRinging         Step = "ringing"
	StepAnswered        Step = "answered"
	StepVoicemailPrompt Step = "voicemail_prompt"
	StepRecording       Step = "recording"
)

// Call is what one request tells of a call. Event.Theirs is the caller and
// Event.Ours the number that was called; both are empty where the provider
// names only the call, whose ID then leads to them.
type Call struct {
	ID        string     `json:"id"`                  // the provider's id of the caller's leg
	Step      Step       `json:"step,omitempty"`      // with CallStepped
	Option    string     `json:"option,omitempty"`    // the digits that were chosen
	Back      string     `json:"back,omitempty"`      // with CalledBack: our id of the call
	Team      string     `json:"team,omitempty"`      // where a call-tree option led, if to another team
	Advisor   string     `json:"advisor,omitempty"`   // who rings or answered, by our id
	Round     int        `json:"round,omitempty"`     // which round of ringing began or ended, from 0
	Dial      *Dial      `json:"dial,omitempty"`      // with CallDialed
	Status    string     `json:"status,omitempty"`    // with CallEnded: completed, busy, no-answer, failed, canceled
	Seconds   *int       `json:"seconds,omitempty"`   // the call's length, when the provider says it
	Recording *Recording `json:"recording,omitempty"` // with CallRecorded; with CallNoted as announced: it may not be ready yet

	// Facts are what else the provider said, by its own names: an advisor's leg
	// and its status, how the number was reached.
	Facts map[string]string `json:"facts,omitempty"`

	// Elsewhere says that another system takes the call, and nobody tells us of
	// an answer before it is over.
	Elsewhere bool   `json:"elsewhere,omitempty"`
	Name      string `json:"name,omitempty"` // the caller's own profile name
}

// Dial is how ringing one or more advisors ended.
type Dial struct {
	Status  string `json:"status"`        // completed, busy, no-answer, failed, canceled
	Bridged bool   `json:"bridged"`       // two people were connected
	Seconds int    `json:"seconds"`       // of the conversation
	Leg     string `json:"leg,omitempty"` // the provider's id of the advisor's leg that it is about
}

// Recording is a voicemail.
type Recording struct {
	ID      string `json:"id"`
	URL     string `json:"url,omitempty"` // at the provider, whose host it has to be
	Seconds int    `json:"seconds"`       // 0: absent
	Absent  bool   `json:"absent,omitempty"`
}
