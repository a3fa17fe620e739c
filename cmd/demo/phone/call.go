package phone

import (
	"fmt"

	"ringback/channels"
)

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
	if t.goesOn() {
		return "Is calling"
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

// goesOn reports whether it is a call of which more may come.
func (t *text) goesOn() bool { return t.Told.Message == nil && t.Outcome == "" }

// course is a call line by line, as the gateway wrote it down, and at its end what
// stands to happen. It grows while the call goes on.
func (t *text) course(c conversation, names map[string]string) []step {
	var steps []step
	over := false
	for i, line := range t.Lines {
		over = over || line.Kind == channels.CallEnded
		s := step{Key: fmt.Sprintf("line-%d", i), Icon: "call", Sentence: did(line.Kind, line.Call, names), At: &moment{line.At, c.zone}}
		s.Raw = []raw{{"The journal’s line", pretty(string(t.Journal[i]))}}
		steps = append(steps, s)
	}
	end := step{Key: "settled", Icon: "door", Look: "wait", Sentence: "The call goes on"}
	switch {
	case t.Outcome != "":
		end.Look, end.Sentence = "good", "The call was settled from its journal"
		end.Notes = []string{fmt.Sprintf("It took %d seconds.", t.Waited)}
	case over:
		end.Sentence = "The call is over, and settled once nothing more can change what it was"
	}
	return append(steps, end)
}

// did is a line of a call's journal in a sentence.
func did(kind channels.EventKind, call channels.Call, names map[string]string) string {
	switch kind {
	case channels.CallArrived:
		return "The call came in: signature checked, written down, answered"
	case channels.CallStepped:
		return cameToStep(call, names)
	case channels.CallDialed:
		if call.Dial != nil && call.Dial.Bridged {
			return fmt.Sprintf("They talked for %s", count(call.Dial.Seconds, "second"))
		}
		return "The ringing ended, and nobody took the call"
	case channels.CallEnded:
		return "The provider called back: the call is over"
	case channels.CallRecorded:
		if call.Recording == nil || call.Recording.Absent {
			return "The provider called back: there is no recording"
		}
		return fmt.Sprintf("The provider called back: a recording of %s is ready", count(call.Recording.Seconds, "second"))
	}
	return "The provider called back"
}

func cameToStep(call channels.Call, names map[string]string) string {
	advisor := "the advisors"
	if call.Advisor != "" {
		advisor = named(names, call.Advisor)
	}
	switch call.Step {
	case channels.StepGreeting:
		return "Has the greeting said"
	case channels.StepMenu:
		return "Has the call tree read out, and waits for a key"
	case channels.StepOptionChosen:
		return "The caller chose " + call.Option
	case channels.StepRinging:
		return "The phones of " + advisor + " ring"
	case channels.StepAnswered:
		if call.Advisor == "" {
			return "An advisor took the call"
		}
		return advisor + " took the call"
	case channels.StepVoicemailPrompt:
		return "Asks for a voicemail"
	case channels.StepRecording:
		return "Lets the caller’s words be recorded"
	}
	return string(call.Step)
}
