package gsm7

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Plain rewrites text in plain letters: Polish ą becomes a, typographic
// quotes, dashes, dots and spaces become those of GSM-7, and every other Latin
// letter that GSM-7 lacks becomes its nearest letter there (ç c, ê e, ǖ ü).
// Invisible characters that only guide line breaking are dropped. What has no
// plain equivalent stays. Plain of a plain text is the text itself.
func Plain(text string) string {
	if Encodable(text) {
		return text
	}
	// Composed first, so that a letter sent as base and accent (e, ´) is found
	// in the alphabet as the one letter (é) it is.
	composed := []rune(norm.NFC.String(text))
	var out strings.Builder
	out.Grow(len(text))
	for start := 0; start < len(composed); {
		end := start + 1
		for end < len(composed) && unicode.Is(unicode.Mn, composed[end]) {
			end++
		}
		out.WriteString(plainLetter(composed[start], composed[start+1:end]))
		start = end
	}
	return norm.NFC.String(out.String())
}

// plainLetter is the plain form of one letter with the marks that follow it.
func plainLetter(base rune, marks []rune) string {
	if plain, known := substitutes[base]; known {
		return plain
	}
	if !unicode.Is(unicode.Latin, base) {
		return string(base) + string(marks)
	}
	// Marks are taken off from the end until GSM-7 has the letter: ǖ (u, two
	// dots, macron) becomes ü, ấ becomes a.
	rest := []rune(norm.NFKD.String(string(base)))
	for len(rest) > 0 {
		if candidate := norm.NFC.String(string(rest)); Encodable(candidate) {
			return candidate
		}
		last := len(rest) - 1
		if !unicode.Is(unicode.Mn, rest[last]) {
			break
		}
		rest = rest[:last]
	}
	return string(base) + string(marks)
}

// substitutes are the plain forms that no decomposition yields.
var substitutes = func() map[rune]string {
	table := map[rune]string{
		'ł': "l", 'Ł': "L", 'đ': "d", 'Đ': "D", 'ð': "d", 'Ð': "D", 'ħ': "h", 'Ħ': "H",
		'ı': "i", 'ŀ': "l", 'Ŀ': "L", 'ŋ': "n", 'Ŋ': "N", 'ŧ': "t", 'Ŧ': "T", 'ĸ': "k",
		'þ': "th", 'Þ': "Th", 'œ': "oe", 'Œ': "OE", 'ẞ': "SS", 'ſ': "s", 'ŉ': "'n",
		'…': "...", '•': "*", '·': ".", '×': "x", '÷': "/", '¦': "|", '″': "\"",
		'©': "(C)", '®': "(R)", '™': "TM", '№': "No.", '¼': "1/4", '½': "1/2", '¾': "3/4",
	}
	for plain, letters := range map[string]string{
		"'":  "‘’‚‛‹›′ʼʹ`´",
		"\"": "“”„‟«»",
		"-":  "‐‑‒–—―−",
		"/":  "⁄∕",
		" ":  "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
		"\n": "\u0085\u2028\u2029\v",
		"":   "\u00ad\u200b\u2060\ufeff",
	} {
		for _, letter := range letters {
			table[letter] = plain
		}
	}
	return table
}()
