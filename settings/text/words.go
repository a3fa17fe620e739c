package text

import "sync"

// Word is what a whole message says when it is one of our words.
type Word int

// What a whole message can say.
const (
	None  Word = iota
	Stop       // no more automatic messages
	Start      // automatic messages again
	Help       // the help text
	Yes        // an answer; also an opt-in, but only while opted out: the caller knows
	No         // an answer
)

// words are a language's words, written as a person would.
type words struct {
	Stop  []string `json:"stop"`
	Start []string `json:"start"`
	Help  []string `json:"help"`
	Yes   []string `json:"yes"` // the words that also opt in
	No    []string `json:"no"`
	// Further ways of answering. They never opt in: consent to messages is
	// given with the word that was asked for, not with "yep".
	AlsoYes []string `json:"also_yes"`
	AlsoNo  []string `json:"also_no"`
	// What approves and declines beside those: the words of our own text, and
	// what people say in their place.
	Approve []string `json:"approve"`
	Decline []string `json:"decline"`
}

// keywords holds the words of all languages at once, folded: a customer may
// write STOP to a Polish team and TAK to an English one.
var keywords = sync.OnceValue(func() map[string]Word {
	table := map[string]Word{}
	for _, l := range languages() {
		for word, list := range map[Word][]string{
			Stop: l.Words.Stop, Start: l.Words.Start, Help: l.Words.Help, Yes: l.Words.Yes, No: l.Words.No,
		} {
			for _, w := range list {
				table[fold(w)] = word
			}
		}
	}
	return table
})

// Read says which word a message is. The whole message must be the word; case,
// accents, spaces, punctuation, emoji and invisible characters do not matter
// ("Stop!", "s t o p", "ARRÊT", "ＳＴＯＰ"). A message in which anything else
// stands is None.
func Read(body string) Word { return keywords()[fold(body)] }
