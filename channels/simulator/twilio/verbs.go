package twilio

import (
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ringback/channels"
)

// How long things take in a call's own time.
const (
	charactersASecond = 12
	longestSay        = 4 * time.Second
	playLasts         = 4 * time.Second // nobody listens to find out
)

// obey carries a document out until its end, or until it leads to another.
func (l *line) obey(document *node) *ask {
	if l.isCaller() && l.call.chosen {
		l.wait(moment{step: channels.StepOptionChosen}) // the caller may have had enough
	}
	for i, verb := range document.children {
		if l.over || l.broken {
			return nil
		}
		l.after = document.children[i+1:]
		if next := l.do(verb); next != nil {
			return next
		}
	}
	return nil
}

// do carries one verb out and returns the request that it leads to, if any.
func (l *line) do(verb *node) *ask {
	switch verb.name {
	case "Say", "Play", "Pause":
		l.prompt(verb, l.step(), false)
	case "Gather":
		return l.gather(verb)
	case "Redirect":
		if l.redirects++; l.redirects > maxRedirects {
			l.fault(codeRedirects, "more than %d <Redirect> in a row", maxRedirects)
			return nil
		}
		return l.next(verb, verb.text, nil)
	case "Hangup":
		l.hangUp()
	case "Reject":
		l.reject(verb)
	case "Dial", "Record":
		return l.ofCaller(verb)
	}
	return nil
}

// ofCaller are the verbs that advisors, before they are connected, have not.
func (l *line) ofCaller(verb *node) *ask {
	if !l.isCaller() {
		l.fault(codeGrammar, "<%s> for an advisor who is not connected yet", verb.name)
		return nil
	}
	l.call.chosen = false
	if verb.name == "Dial" {
		return l.call.dial(verb)
	}
	return l.call.record(verb)
}

func (l *line) isCaller() bool { return l == l.call.line }

// prompt is what a person hears; keys says whether they end it.
func (l *line) prompt(verb *node, step channels.Step, keys bool) deed {
	m := moment{step: step, doing: strings.ToLower(verb.name), keys: keys}
	switch verb.name {
	case "Say":
		m.text = verb.words()
		m.lasts = min(longestSay, time.Duration(utf8.RuneCountInString(m.text))*time.Second/charactersASecond)
	case "Play":
		m.text, m.lasts = l.resolve(strings.TrimSpace(verb.text)), playLasts
		if strings.TrimSpace(verb.text) != "" {
			l.listen(m.text)
		}
		if l.broken {
			return deed{}
		}
	case "Pause":
		m.lasts = time.Duration(verb.number("length", 1)) * time.Second
	}
	if verb.name != "Pause" {
		l.answer()
	}
	return l.wait(m)
}

// listen gets a recording to play. It is an application error that there is
// none, as it is at Twilio.
func (l *line) listen(recording string) {
	answer, err := l.call.sim.get(l.call.ctx, recording, l.call.plan.account)
	kind, _, _ := mime.ParseMediaType(answer.ContentType)
	switch {
	case err != nil:
		l.fault(codeRetrieval, "<Play>: %v", err)
	case answer.Status != http.StatusOK:
		l.fault(codeRetrieval, "<Play>: HTTP %d from %s", answer.Status, recording)
	case !strings.HasPrefix(kind, "audio/"):
		l.fault(codeContentType, "<Play>: Content-Type %q from %s", answer.ContentType, recording)
	}
}

// step is where in a voice flow a prompt looks to be. Twilio knows no such
// thing, and what comes after a Redirect cannot be seen from before it, so the
// document's address helps: one that says voicemail is taken at its word.
func (l *line) step() channels.Step {
	c := l.call
	leads := func(names ...string) bool {
		return slices.ContainsFunc(l.after, func(n *node) bool { return slices.Contains(names, n.name) })
	}
	switch {
	case leads("Record") && !leads("Dial", "Gather"), strings.Contains(l.url, "voicemail"):
		return channels.StepVoicemailPrompt
	case c.chosen:
		return channels.StepOptionChosen
	case c.dialed:
		return channels.StepVoicemailPrompt
	}
	return channels.StepGreeting
}

// gather plays its prompts and waits for keys.
func (l *line) gather(verb *node) *ask {
	l.answer()
	typed := ""
	for _, inner := range verb.children {
		d := l.prompt(inner, channels.StepMenu, true)
		if l.over || l.broken {
			return nil
		}
		if typed = d.keys; typed != "" {
			break
		}
	}
	wait := moment{step: channels.StepMenu, doing: "gather", keys: true, waits: true, lasts: time.Duration(verb.number("timeout", 5)) * time.Second}
	input, finish, done := typedIn(verb, typed)
	for !done {
		wait.typed = typed != ""
		d := l.wait(wait)
		if l.over {
			return nil
		}
		if d.keys == "" {
			break
		}
		typed += d.keys
		input, finish, done = typedIn(verb, typed)
	}
	if input == "" && !verb.yes("actionOnEmptyResult") {
		return nil
	}
	l.call.chosen = l.isCaller() && input != ""
	return l.next(verb, verb.attrs["action"], url.Values{"Digits": {input}, "FinishedOnKey": {finish}, "msg": {"Gather End"}})
}

// typedIn is what a Gather makes of the keys that were pressed: the digits,
// the key that ended it, and whether it has ended.
func typedIn(verb *node, keys string) (input, finish string, done bool) {
	if at := strings.IndexAny(keys, verb.attr("finishOnKey", "#")); at >= 0 {
		keys, finish, done = keys[:at], keys[at:at+1], true
	}
	if most := verb.number("numDigits", 0); most > 0 && len(keys) >= most {
		return keys[:most], "", true
	}
	return keys, finish, done
}

// reject declines a call that has not been answered; later it hangs up.
func (l *line) reject(verb *node) {
	l.over = true
	if l.isCaller() && !l.call.picked {
		l.call.rejected = map[string]string{"busy": "busy", "rejected": "no-answer"}[verb.attr("reason", "rejected")]
	}
}
