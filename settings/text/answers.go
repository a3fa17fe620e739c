package text

import (
	"strings"
	"sync"
	"unicode"
)

// answers holds every way of saying yes (true) and no (false), folded, and
// approvals those of approving and declining beside them.
var (
	answers   = ways(func(w words) (yes, no []string) { return append(w.AlsoYes, w.Yes...), append(w.AlsoNo, w.No...) })
	approvals = ways(func(w words) (yes, no []string) { return w.Approve, w.Decline })
)

// ways makes a table when it is first asked, as all tables of words here are made: a
// program that reads nobody's message does not wait for them.
func ways(of func(words) (yes, no []string)) func() map[string]bool {
	return sync.OnceValue(func() map[string]bool {
		table := map[string]bool{}
		for _, l := range languages() {
			yes, no := of(l.Words)
			for _, w := range yes {
				table[fold(w)] = true
			}
			for _, w := range no {
				table[fold(w)] = false
			}
		}
		return table
	})
}

// Answer reads a message as yes or no; ok is false when it is neither. It
// understands what Read calls Yes and No, and less formal ways of saying so. A
// question mark, and any sign that leaves in doubt what is meant, makes it none.
func Answer(body string) (yes, ok bool) { return answerIn(answers(), body) }

// Approval reads a message as approving or declining: what Answer understands,
// the words that our own text asks for, and a thumb alone.
func Approval(body string) (yes, ok bool) {
	if yes, ok = Answer(body); ok {
		return yes, true
	}
	if yes, ok = answerIn(approvals(), body); ok {
		return yes, true
	}
	return thumbs(body)
}

func answerIn(table map[string]bool, body string) (yes, ok bool) {
	yes, ok = table[fold(body)]
	if !ok || doubtful(body, yes) {
		return false, false
	}
	return yes, true
}

// Signs that may stand beside an answer without making it doubtful. The first
// two of them are answers themselves.
const (
	agreeing    = "👍👌✅☑✔🆗"
	disagreeing = "👎❌✖🚫🙅"
	friendly    = "🙂😊😀😄😃🙏❤"
)

// asking are question marks as people type them, and joining what stands
// between two things of which it is not clear which is meant.
const (
	asking  = "?¿؟？⁇⁈⁉‽❓❔⸮;\u037e" // the last is how Greek asks, which a semicolon looks like
	joining = `/\%&@#`
)

// IsQuestion reports whether a message asks something.
func IsQuestion(body string) bool { return strings.ContainsAny(body, asking) }

// doubtful reports whether anything beside the letters leaves in doubt that yes,
// or no, is meant: "Yes?" asks, and "Yes 👎" approves nothing.
func doubtful(body string, yes bool) bool {
	fitting := friendly + disagreeing
	if yes {
		fitting = friendly + agreeing
	}
	return strings.ContainsFunc(body, func(r rune) bool {
		switch {
		case strings.ContainsRune(asking+joining, r):
			return true
		case unicode.Is(unicode.Sk, r): // the color of a skin, and accents that stand alone
			return false
		}
		return unicode.IsSymbol(r) && !strings.ContainsRune(fitting, r)
	})
}

// thumbs reads a message of nothing but signs that agree, or that disagree.
func thumbs(body string) (yes, ok bool) {
	up, down := strings.ContainsAny(body, agreeing), strings.ContainsAny(body, disagreeing)
	if up == down || fold(body) != "" || strings.ContainsFunc(body, spoken) || doubtful(body, up) {
		return false, false
	}
	return up, true
}

// spoken is what is neither a sign nor around one.
func spoken(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsPunct(r) && !strings.ContainsRune(".!", r)
}
