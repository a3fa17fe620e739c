package text

import (
	"strconv"
	"strings"
	"sync"
	"unicode"
)

// ratingWords are a language's ways of saying 1 to 5.
type ratingWords struct {
	Numbers [5][]string `json:"numbers"` // from 1; beside the number, what our text calls it (poor, great)
	Stars   []string    `json:"stars"`   // as in "4 stars"
	OutOf   []string    `json:"out_of"`  // as in "4 out of 5"
}

// ratings holds every way of saying 1 to 5 in words or digits, folded but with
// its slash: "4", "four", "4 stars", "4/5", "four out of five", "5 (great)".
var ratings = sync.OnceValue(func() map[string]int {
	table := map[string]int{}
	for _, l := range languages() {
		top := append([]string{"5"}, l.Rating.Numbers[4]...)
		for i, numbers := range l.Rating.Numbers {
			digit := strconv.Itoa(i + 1)
			for _, number := range append([]string{digit}, numbers...) {
				table[foldRating(number)] = i + 1
				if number != digit {
					table[foldRating(digit+number)] = i + 1 // "5 (great)", as our text has it
				}
				for _, star := range l.Rating.Stars {
					table[foldRating(number+star)] = i + 1
				}
				for _, of := range append([]string{"/"}, l.Rating.OutOf...) {
					for _, five := range top {
						table[foldRating(number+of+five)] = i + 1
					}
				}
			}
		}
	}
	return table
})

func foldRating(body string) string { return fold(body, '/') }

// Rating reads a message as a rating from 1 to 5; ok is false when it is none.
// It understands digits, words of the seven languages, stars and "4/5", with courtesy
// before and after: "5, thanks!". "5?" asks.
func Rating(body string) (score int, ok bool) {
	if IsQuestion(body) {
		return 0, false
	}
	for _, said := range []string{body, withoutCourtesy(body)} {
		if score, ok = ratings()[foldRating(said)]; ok {
			return score, !unlikeRating(body, score)
		}
	}
	return stars(body)
}

// unlikeRating reports whether a sign beside a number says that it is something else
// ("+1" agrees, "$5" is money), or the other end of the scale ("1 👍").
func unlikeRating(body string, score int) bool {
	switch {
	case strings.HasPrefix(strings.TrimSpace(body), "+"), strings.Contains(body, "%"), strings.ContainsFunc(body, func(r rune) bool { return unicode.Is(unicode.Sc, r) }):
		return true
	case score <= 2:
		return strings.ContainsAny(body, "👍👌")
	}
	return score >= 4 && strings.ContainsAny(body, "👎")
}

// stars counts a message of nothing but stars: ★★★☆☆ and ⭐⭐⭐ are 3.
func stars(body string) (int, bool) {
	filled, empty := 0, 0
	for _, r := range body {
		switch {
		case strings.ContainsRune("★⭐🌟*", r):
			filled++
		case r == '☆':
			empty++
		case !strings.ContainsRune(" \ufe0e\ufe0f", r): // a variation selector may follow a star
			return 0, false
		}
	}
	return filled, filled >= 1 && filled+empty <= 5
}
