package text

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxWord is more letters than any word we know has. A message with more is
// no such word, so reading a long one stops here.
const maxWord = 40

// fold reduces a message to what makes it one word or another: its letters and
// digits, small, without accents and in one way of writing each (full-width
// and styled letters become the usual ones). Characters in keep stay as well.
// It is empty for a message that is too long to be a word.
func fold(body string, keep ...rune) string {
	var out strings.Builder
	letters := 0
	var segments norm.Iter // lazily, so that a long message is not read to its end
	segments.InitString(norm.NFKD, body)
	for !segments.Done() {
		for _, r := range string(segments.Next()) {
			piece := foldLetter(r, keep)
			if piece == "" {
				continue
			}
			out.WriteString(piece)
			if letters++; letters > maxWord {
				return ""
			}
		}
	}
	return out.String()
}

// foldLetter is what fold keeps of one decomposed character, most often a
// small letter or nothing.
func foldLetter(r rune, keep []rune) string {
	r = unicode.ToLower(r)
	switch {
	case strings.ContainsRune(string(keep), r):
		return string(r)
	// Fillers count as letters in Unicode and show nothing.
	case unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r), unicode.Is(unicode.Lm, r):
		return ""
	case !unicode.IsLetter(r) && !unicode.IsDigit(r):
		return ""
	}
	if piece, ok := undecomposed[r]; ok {
		return piece
	}
	return string(r)
}

// undecomposed are letters whose accent Unicode does not take apart.
var undecomposed = map[rune]string{'ł': "l", 'ß': "ss", 'ø': "o", 'đ': "d", 'ı': "i", 'œ': "oe", 'æ': "ae"}
