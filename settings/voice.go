package settings

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"
)

// Voice is a team's voice flow, one JSON value of its row: greeting, call
// tree, ringing, voicemail.
type Voice struct {
	Greeting    Prompt   `json:"greeting" required:"false"`
	Menu        Prompt   `json:"menu" required:"false" doc:"What is said before the options are waited for"`
	Options     []Option `json:"options" required:"false" nullable:"false" maxItems:"9" doc:"The call tree; none: calls ring at once"`
	RingOrder   string   `json:"ring_order" required:"false" enum:"in_order,all_at_once"`
	RingSeconds int      `json:"ring_seconds" required:"false" minimum:"5" maximum:"60" doc:"How long one advisor, or all at once, are rung"`
	Whisper     bool     `json:"whisper" required:"false" doc:"An advisor presses 1 to take the call"`
	Voicemail   bool     `json:"voicemail" required:"false"`
	Leave       Prompt   `json:"voicemail_prompt" required:"false"`
	Closed      Prompt   `json:"after_hours_prompt" required:"false"`
}

// Prompt is what a caller hears: a recording of the team's, or a text that is
// spoken in its language; with neither, the default text.
type Prompt struct {
	Text      string `json:"text" required:"false" maxLength:"1000" doc:"One paragraph, to be spoken"`
	Recording string `json:"recording" required:"false" maxLength:"2000" doc:"Played instead of the text: a public https URL, or media: and the id of an MP3, WAV or AIFF file that was uploaded to the team"`
}

// Uploaded is the id of the team's own file that is played, if it is one.
func (p Prompt) Uploaded() (id string, ok bool) { return strings.CutPrefix(p.Recording, "media:") }

// Option is one branch of the call tree.
type Option struct {
	Digit    string   `json:"digit" minLength:"1" maxLength:"1" doc:"0 to 9 or *"`
	Label    string   `json:"label" required:"false" maxLength:"100"`
	To       string   `json:"to" enum:"advisors,team,voicemail"`
	Advisors []string `json:"advisors" required:"false" nullable:"false" maxItems:"200" doc:"Ids of staff, one or a group, where it leads to advisors"`
	Team     string   `json:"team" required:"false" doc:"The other team's id, where it leads to one"`
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

// Scan reads the column. What it lacks is as in a new team.
func (v *Voice) Scan(column any) error {
	raw, ok := column.([]byte)
	if !ok {
		return fmt.Errorf("voice: cannot read %T", column)
	}
	*v = NewVoice()
	return json.Unmarshal(raw, v)
}

// Value writes the column.
func (v Voice) Value() (driver.Value, error) {
	raw, err := json.Marshal(v)
	return string(raw), err
}

// UnmarshalJSON replaces the prompt as a whole: a new text is not to be
// silenced by the recording that stood beside the old one.
func (p *Prompt) UnmarshalJSON(raw []byte) error {
	type whole Prompt
	*p = Prompt{}
	return json.Unmarshal(raw, (*whole)(p))
}

// Advisor is one of the staff as callers are connected to them.
type Advisor struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Phone string `json:"phone"` // E.164; empty: cannot be rung
}
