package text

import (
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"unicode"
)

//go:embed tapbacks.json
var tapbacksFile []byte

// tapbacks are the words of which telephones make a text of a gesture, folded.
// iOS and Android write them in the language of the telephone:
// https://support.apple.com/en-us/104974, https://support.google.com/messages/answer/9825316
var tapbacks = sync.OnceValue(func() (t struct{ Verbs, Joining, Files []string }) {
	if err := json.Unmarshal(tapbacksFile, &t); err != nil {
		panic("tapbacks.json: " + err.Error())
	}
	return t
})

// maxAround is how many words a telephone puts around what it quotes.
const maxAround = 7

// Tapback reads a text that a telephone made of a gesture on one of our messages:
// Liked “…”, 👍 to “…”, Loved an image. Quote is what it quotes; empty: a file.
func Tapback(body string) (quote string, ok bool) {
	body = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) { // zero-width signs, which Android puts around
			return -1
		}
		return r
	}, body)
	const opening, closing = `“„«"‟`, `”“»"`
	from := strings.IndexAny(body, opening)
	to := strings.LastIndexAny(body, closing)
	if from < 0 || to <= from {
		return "", gesture(body, true)
	}
	_, after, _ := strings.Cut(body[from:], firstRune(body[from:]))
	quote = strings.TrimSpace(after[:len(after)-(len(body)-to)])
	around := body[:from] + " " + strings.TrimPrefix(body[to:], firstRune(body[to:]))
	return quote, quote != "" && gesture(around, false)
}

func firstRune(s string) string {
	for _, r := range s {
		return string(r)
	}
	return ""
}

// gesture reports whether words are what a telephone says of one: a verb of its
// own, or a sign with at most a word that joins it to what is quoted.
func gesture(around string, file bool) bool {
	words := partsOf(sentencesOf(around))
	sign := strings.ContainsFunc(around, func(r rune) bool { return unicode.Is(unicode.So, r) })
	if len(words) > 1 {
		return false
	}
	said := ""
	if len(words) == 1 {
		said = words[0]
	}
	if file {
		at := slices.IndexFunc(tapbacks().Files, func(f string) bool { return said == f || strings.HasSuffix(said, " "+f) })
		if at < 0 {
			return false
		}
		said = strings.TrimSpace(strings.TrimSuffix(said, tapbacks().Files[at]))
	}
	parts := strings.Fields(said)
	switch {
	case len(parts) > maxAround:
		return false
	case slices.ContainsFunc(parts, func(w string) bool { return slices.Contains(tapbacks().Verbs, w) }):
		return true
	}
	return sign && len(parts) <= 1 && !slices.ContainsFunc(parts, func(w string) bool { return !slices.Contains(tapbacks().Joining, w) })
}

// SaysSame reports whether what a telephone quotes is a text of ours, whole or cut
// off at its end.
func SaysSame(quote, ours string) bool {
	quote, cut := strings.CutSuffix(strings.TrimSpace(quote), "…")
	if !cut {
		quote, cut = strings.CutSuffix(quote, "...")
	}
	quoted, said := plainOf(SameLinks(quote)), plainOf(SameLinks(ours))
	return quoted != "" && (quoted == said || cut && strings.HasPrefix(said, quoted))
}

// plainOf is a text's letters, digits and signs without what telephones and
// carriers change on the way: spaces, quotation marks, dashes.
func plainOf(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.So, r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}
