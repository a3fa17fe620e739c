package rules

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// agreed are the ways of saying yes, read from the texts' own file, with
// nothing but their letters.
func agreed(t testing.TB) []string {
	raw, err := os.ReadFile("../../settings/text/languages.json")
	require.NoError(t, err)
	var languages []struct {
		Words struct {
			Yes     []string
			AlsoYes []string `json:"also_yes"`
			Approve []string
		}
	}
	require.NoError(t, json.Unmarshal(raw, &languages))
	var all []string
	for _, l := range languages {
		for _, word := range slices.Concat(l.Words.Yes, l.Words.AlsoYes, l.Words.Approve) {
			all = append(all, letters(word))
		}
	}
	require.NotEmpty(t, all)
	return all
}

// letters is a reading of its own, of what people type on a telephone.
func letters(text string) string {
	text = strings.NewReplacer("í", "i", "ì", "i", "ę", "e", "ć", "c", "î", "i", "ß", "ss", "ź", "z", "ż", "z", "é", "e").Replace(strings.ToLower(text))
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, text)
}

func asks(text string) (Answer, bool) {
	return Situation{Event: Event{Text: text}}.read(AskApproval)
}

// No text approves anything unless it is one of our words, the whole of it.
func TestNothingElseApproves(t *testing.T) {
	yes := agreed(t)
	word := rapid.SampledFrom([]string{
		"yes", "no", "not", "ok", "y", "n", "tak", "nie", "ja", "nein", "oui", "non", "si", "sim", "não", "sí", "but", "please", "thanks",
		"1", "5", "approve", "?", "!", ",", ".", "-", "👍", "👎", "❌", "🙂", "yes?", "YES!", "don't", "t", "s", "j", "later", "maybe",
	})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(word, 1, 2).Draw(t, "words"), rapid.SampledFrom([]string{" ", "", ", ", "\n"}).Draw(t, "between"))
		a, ok := asks(text)
		if !ok || !*a.Approved {
			return
		}
		word := letters(text)
		if word == "" && strings.Contains(text, "👍") { // a thumb alone
			word = "yes"
		}
		if !slices.Contains(yes, word) || strings.ContainsAny(text, "👎❌?") {
			t.Fatalf("%q approved", text)
		}
	})
}

func FuzzApproval(f *testing.F) {
	yes := agreed(f)
	for _, seed := range []string{"yes", "no", "yes no", "Yes 👎", "ＹＥＳ", "y\u200bes", "не", "oui.", strings.Repeat("yes ", 50)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, ok := asks(text)
		if !ok || !*a.Approved {
			return
		}
		for _, r := range text { // an oracle for plain letters alone
			if r > unicode.MaxASCII {
				return
			}
		}
		if !slices.Contains(yes, letters(text)) {
			t.Fatalf("%q approved", text)
		}
	})
}

// Whatever is said, in whatever state, an approval needs an open question that
// is for one.
func TestNoApprovalWithoutItsQuestion(t *testing.T) {
	at := time.Date(2026, 6, 1, 15, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		s := Situation{Event: Event{At: at, Text: rapid.SampledFrom([]string{"yes", "tak", "no", "5", "★★★", "hello"}).Draw(t, "text")}}
		kind := rapid.SampledFrom([]string{"", AskApproval, AskRating, AskResolved}).Draw(t, "kind")
		age := time.Duration(rapid.Int64Range(-3600, 80*3600).Draw(t, "age")) * time.Second
		if kind != "" {
			s.Questions = []Question{{Kind: kind, AskedAt: at.Add(-age)}}
		}
		d, read := readAnswer(s)
		if !read || d.Answer == nil {
			return
		}
		require.NotEmpty(t, s.Questions)
		require.True(t, age >= 0 && age < answerable)
		require.Equal(t, kind == AskApproval, d.Answer.Approved != nil)
		require.Equal(t, kind == AskResolved, d.Answer.Resolved != nil)
		require.Equal(t, kind == AskRating, d.Answer.Score > 0)
	})
}
