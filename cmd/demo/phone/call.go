package phone

import "fmt"

// gaveUp is where a caller was when the call ended.
var gaveUp = map[string]string{
	"greeting": "during the greeting", "menu": "in the menu", "option_chosen": "after choosing an option", "ringing": "while it rang",
	"voicemail_prompt": "at the voicemail", "recording": "while recording", "answered": "after talking",
}

// cameTo is what a call was, in words.
var cameTo = map[string]string{
	"answered": "was answered", "voicemail": "left a voicemail", "hung_up": "hung up", "missed": "was missed", "too_short": "was gone at once",
}

// said is what stands in the customer's bubble: their text, or that they called.
func (t *text) said() string {
	if t.Told.Message != nil {
		return t.Told.Message.Text
	}
	said := "Called, and " + cameTo[t.Outcome]
	if where := gaveUp[t.Step]; where != "" && t.Outcome != "answered" && t.Outcome != "voicemail" {
		said += " " + where
	}
	return said
}

func (t *text) media() int {
	if t.Told.Message == nil {
		return 0
	}
	return len(t.Told.Message.Media)
}

// calledIn is the first step of a call's chapter: the call was over, and
// nothing more could change what it was.
func (t *text) calledIn(c conversation) step {
	return step{
		Key: "door", Icon: "door", Look: "good", Sentence: "The call was settled from its journal",
		Notes: []string{fmt.Sprintf("It took %d seconds.", t.Waited)},
		At:    &moment{t.At, c.zone}, Raw: []raw{{"The journal, in the order in which it came", pretty(t.Journal)}},
	}
}
