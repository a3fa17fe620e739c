package text

import (
	_ "embed"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxRefusal is more bytes than a refusal in plain words has. What is longer tells
// a story, and is for people to read.
const maxRefusal = 600

//go:embed refusals.json
var refusalsFile []byte

// refusal is how a language asks not to be written to, in words that are read
// without accents, apostrophes and punctuation.
type refusal struct {
	stems    []string       // one of which every refusal has: most messages have none, and are read no further
	clean    *regexp.Regexp // the whole of a sentence
	alone    *regexp.Regexp // what says so as the whole of a message only
	pressed  *regexp.Regexp // STOP with something that presses for it: stop it, stop now
	core     *regexp.Regexp // somewhere in a sentence
	negated  *regexp.Regexp // what turns it around: do not stop
	courtesy *regexp.Regexp
}

var refusals = sync.OnceValue(func() []refusal {
	var written map[string]struct {
		Courtesy, Filler, Pressing, Message, Alone, Negated string
		Core, Stems                                         []string
	}
	if err := json.Unmarshal(refusalsFile, &written); err != nil {
		panic("refusals.json: " + err.Error())
	}
	polite, urgent := written["en"].Courtesy, written["en"].Pressing // which are understood everywhere
	all := make([]refusal, 0, len(written))
	for _, l := range languages() {
		w := written[primary(l.Tag)]
		courtesy := w.Courtesy + "|" + polite
		if w.Alone == "" {
			w.Alone = `[^\s\S]` // nothing
		}
		said := strings.NewReplacer("{message}", "(?:"+w.Message+")")
		core := "(?:" + said.Replace(strings.Join(w.Core, "|")) + ")"
		around := "(?:" + courtesy + "|" + w.Filler + ")"
		beside := "(?:" + courtesy + "|" + w.Pressing + "|" + urgent + "|" + plainStop + ")"
		all = append(all, refusal{
			stems:    w.Stems,
			clean:    regexp.MustCompile(`^(?:` + around + ` )*` + core + `(?: ` + around + `)*$`),
			alone:    regexp.MustCompile(`^(?:` + around + ` )*(?:` + said.Replace(w.Alone) + `)(?: ` + around + `)*$`),
			pressed:  regexp.MustCompile(`^(?:` + beside + ` )*(?:` + plainStop + `)(?: ` + beside + `)*$`),
			core:     regexp.MustCompile(`\b` + core + `\b`),
			negated:  regexp.MustCompile(`\b(?:` + w.Negated + `)`),
			courtesy: regexp.MustCompile(`^(?:` + courtesy + `)(?: |$)`),
		})
	}
	return all
})

// plainStop are the opt-out words that say little else.
const plainStop = "stopp?|unsubscribe|opt out"

// Refusal is how surely a message asks us not to write any more.
type Refusal int

// What a message can be.
const (
	NoRefusal   Refusal = iota
	NearRefusal         // it may be one: people have to read it
	PlainRefusal
)

// Refuses reads whether a message that is none of our words asks not to be
// written to, in plain words: an opt-out word with courtesy around it ("Stop.
// Thank you"), or a sentence that asks to stop texting, messaging, writing or
// contacting. Anything else beside it in the same sentence ("until Monday"), a
// question mark, or quotation marks leave it to people.
func Refuses(body string) Refusal {
	if len(body) > maxRefusal {
		return NoRefusal
	}
	sentences := sentencesOf(body)
	if sentences == nil {
		return NoRefusal
	}
	found := NoRefusal
	for _, r := range refusals() {
		found = max(found, r.read(sentences))
	}
	if found == PlainRefusal && strings.ContainsAny(body, asking+"\"“”„«»") {
		return NearRefusal
	}
	return found
}

func (r refusal) read(sentences []sentence) Refusal {
	parts := partsOf(sentences)
	whole := strings.Join(parts, " ")
	if r.keywords(whole) {
		return PlainRefusal
	}
	found := NoRefusal
	if slices.ContainsFunc(parts, saysStop) || r.pressed.MatchString(whole) {
		found = NearRefusal // and something else beside it
	}
	if !slices.ContainsFunc(r.stems, func(stem string) bool { return strings.Contains(whole, stem) }) {
		return found
	}
	if r.alone.MatchString(whole) {
		return PlainRefusal
	}
	for _, s := range sentences {
		if !slices.ContainsFunc(s, saysStop) && r.refuses(r.businesslike(s)) == PlainRefusal { // "Hören Sie auf, mir zu schreiben"
			return PlainRefusal
		}
		for _, part := range s {
			if found = max(found, r.refuses(part)); found == PlainRefusal {
				return found
			}
		}
	}
	return found
}

// businesslike is a sentence without its commas, and what stands politely between two.
func (r refusal) businesslike(s sentence) string {
	polite := func(part string) bool { return r.courtesy.FindString(part) == part }
	return strings.Join(slices.DeleteFunc(slices.Clone(s), polite), " ")
}

// refuses reads a sentence, or a part of one.
func (r refusal) refuses(said string) Refusal {
	switch {
	case !r.core.MatchString(said) || r.negated.MatchString(said):
		return NoRefusal
	case r.clean.MatchString(said):
		return PlainRefusal
	}
	return NearRefusal
}

// saysStop reports whether a part of a sentence is an opt-out word that says little else.
func saysStop(part string) bool { return part == "stop" || part == "stopp" || part == "unsubscribe" }

// keywords reports whether words are nothing but opt-out words, repeated or with
// courtesy around them.
func (r refusal) keywords(words string) bool {
	stops := 0
	for words != "" {
		if polite := r.courtesy.FindString(words); polite != "" {
			words = words[len(polite):]
			continue
		}
		rest, ok := cutKeyword(words)
		if !ok {
			return false
		}
		stops++
		words = rest
	}
	return stops > 0
}

// cutKeyword takes the longest opt-out word off the front.
func cutKeyword(words string) (rest string, found bool) {
	parts := strings.Split(words, " ")
	for n := min(3, len(parts)); n > 0; n-- {
		if keywords()[strings.Join(parts[:n], "")] == Stop {
			return strings.Join(parts[n:], " "), true
		}
	}
	return words, false
}

// sentence is what stands between full stops and the like, in its parts between
// commas: as small letters and digits with a space between words.
type sentence []string

func partsOf(sentences []sentence) []string {
	var parts []string
	for _, s := range sentences {
		parts = append(parts, s...)
	}
	return parts
}

// sentencesOf are a message's sentences.
func sentencesOf(body string) []sentence {
	var sentences []sentence
	var now sentence
	var part strings.Builder
	comma := func() {
		if words := strings.Join(strings.Fields(part.String()), " "); words != "" {
			now = append(now, words)
		}
		part.Reset()
	}
	end := func() {
		if comma(); now != nil {
			sentences = append(sentences, now)
		}
		now = nil
	}
	for _, r := range norm.NFKD.String(body) {
		switch {
		case r == ',':
			comma()
		case strings.ContainsRune(".!;:\n\r()…|—–"+asking, r):
			end()
		case unicode.IsSpace(r), r == '-', r == '/', r == '_':
			part.WriteByte(' ')
		default: // apostrophes and accents join what they stand between
			part.WriteString(foldLetter(r, nil))
		}
	}
	end()
	return sentences
}
