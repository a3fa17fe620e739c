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
	core     *regexp.Regexp // somewhere in a sentence
	negated  *regexp.Regexp // what turns it around: do not stop
	courtesy *regexp.Regexp
}

var refusals = sync.OnceValue(func() []refusal {
	var written map[string]struct {
		Courtesy, Filler, Message, Alone, Negated string
		Core, Stems                               []string
	}
	if err := json.Unmarshal(refusalsFile, &written); err != nil {
		panic("refusals.json: " + err.Error())
	}
	polite := written["en"].Courtesy // which is understood everywhere
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
		all = append(all, refusal{
			stems:    w.Stems,
			clean:    regexp.MustCompile(`^(?:` + around + ` )*` + core + `(?: ` + around + `)*$`),
			alone:    regexp.MustCompile(`^(?:` + around + ` )*(?:` + said.Replace(w.Alone) + `)(?: ` + around + `)*$`),
			core:     regexp.MustCompile(`\b` + core + `\b`),
			negated:  regexp.MustCompile(`\b(?:` + w.Negated + `)`),
			courtesy: regexp.MustCompile(`^(?:` + courtesy + `)(?: |$)`),
		})
	}
	return all
})

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

func (r refusal) read(sentences []string) Refusal {
	whole := strings.Join(sentences, " ")
	if r.keywords(whole) {
		return PlainRefusal
	}
	found := NoRefusal
	if slices.ContainsFunc(sentences, func(s string) bool { return s == "stop" || s == "stopp" || s == "unsubscribe" }) {
		found = NearRefusal // and something else beside it
	}
	if !slices.ContainsFunc(r.stems, func(stem string) bool { return strings.Contains(whole, stem) }) {
		return found
	}
	if r.alone.MatchString(whole) {
		return PlainRefusal
	}
	for _, s := range sentences {
		switch {
		case !r.core.MatchString(s) || r.negated.MatchString(s):
		case r.clean.MatchString(s):
			return PlainRefusal
		default:
			found = NearRefusal
		}
	}
	return found
}

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

// sentencesOf are a message's parts between punctuation, as small letters and
// digits with a space between words.
func sentencesOf(body string) []string {
	var sentences []string
	var one strings.Builder
	end := func() {
		if words := strings.Join(strings.Fields(one.String()), " "); words != "" {
			sentences = append(sentences, words)
		}
		one.Reset()
	}
	for _, r := range norm.NFKD.String(body) {
		switch {
		case strings.ContainsRune(".!,;:\n\r()…|—–"+asking, r):
			end()
		case unicode.IsSpace(r), r == '-', r == '/', r == '_':
			one.WriteByte(' ')
		default: // apostrophes and accents join what they stand between
			one.WriteString(foldLetter(r, nil))
		}
	}
	end()
	return sentences
}
