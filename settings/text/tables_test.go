package text

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// No word may mean two things. "no" is a yes in everyday Polish ("no, tak") and
// stays a no here: a wrong "no" is asked about, a wrong "yes" closes a ticket.
func TestWordsDoNotClash(t *testing.T) {
	meaning := map[string]string{}
	for _, l := range languages() {
		for name, list := range map[string][]string{
			"stop": l.Words.Stop, "start": l.Words.Start, "help": l.Words.Help,
			"yes": append(l.Words.Yes, l.Words.AlsoYes...), "no": append(l.Words.No, l.Words.AlsoNo...),
		} {
			require.NotEmpty(t, list, "%s %s", l.Tag, name)
			for _, word := range list {
				folded := fold(word)
				require.NotEmpty(t, folded, "%s: %q is longer than a word may be", l.Tag, word)
				if other, taken := meaning[folded]; taken {
					require.Equal(t, other, name, "%s: %q", l.Tag, word)
				}
				meaning[folded] = name
				require.NotContains(t, ratings(), folded, "%s: %q", l.Tag, word)
			}
		}
	}
}

func TestRatingWordsDoNotClash(t *testing.T) {
	meaning := map[string]int{}
	for _, l := range languages() {
		for i, numbers := range l.Rating.Numbers {
			require.NotEmpty(t, numbers, "%s %d", l.Tag, i+1)
			for _, number := range numbers {
				folded := foldRating(number)
				if other, taken := meaning[folded]; taken {
					require.Equal(t, other, i+1, "%s: %q", l.Tag, number)
				}
				meaning[folded] = i + 1
			}
		}
	}
	require.NotContains(t, ratings(), "", "a rating longer than a word may be")
}

// What our questions ask for must be what we understand.
func TestWhatIsAskedForIsUnderstood(t *testing.T) {
	for _, l := range languages() {
		resolved := l.Texts["ask_issue_resolved"]
		require.Contains(t, resolved, l.Words.Yes[0])
		require.Contains(t, resolved, l.Words.No[0])
		rating := l.Texts["capture_advisor_rating"]
		for _, word := range []string{l.Rating.Numbers[0][len(l.Rating.Numbers[0])-1], l.Rating.Numbers[4][len(l.Rating.Numbers[4])-1]} {
			require.Contains(t, foldAll(rating), fold(word), l.Tag)
		}
		require.Equal(t, Start, Read("START"))
		require.Contains(t, l.Texts[StopConfirmation], "START")
		require.Contains(t, l.Texts[StartConfirmation], "STOP")
	}
}

// foldAll folds a whole text, word by word.
func foldAll(text string) string {
	folded := ""
	for _, r := range text {
		folded += fold(string(r))
	}
	return folded
}
