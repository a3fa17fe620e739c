// Package gsm7 knows what a text costs as an SMS and how to write it in the
// cheap alphabet.
//
// A text whose every letter is in the GSM-7 alphabet holds 160 letters in a
// segment; a single letter outside it turns the whole text into UCS-2 with 70.
// Count says which of the two a text is and how many segments it takes; Plain
// rewrites a text so that it stays in GSM-7 where that is possible without
// changing what it says.
//
// The hard decision: Plain keeps every letter that GSM-7 has (é, ä, ñ, €, …)
// and leaves alone what has no plain equivalent (emoji, Cyrillic), instead of
// dropping it or writing "?". A costly text is better than one that lost its
// meaning. Letters are folded even when such a character makes the text UCS-2
// anyway, so that the same letter always looks the same.
//
// The alphabet is the default alphabet of 3GPP TS 23.038, section 6.2.1, with
// its default extension table.
package gsm7

import "strings"

// basic takes one septet a letter. Escape (0x1B) is not in it: it only
// introduces an extension.
const basic = "@£$¥èéùìòÇ\nØø\rÅå" +
	"Δ_ΦΓΛΩΠΨΣΘΞÆæßÉ" +
	" !\"#¤%&'()*+,-./" +
	"0123456789:;<=>?" +
	"¡ABCDEFGHIJKLMNO" +
	"PQRSTUVWXYZÄÖÑÜ§" +
	"¿abcdefghijklmno" +
	"pqrstuvwxyzäöñüà"

// extension takes two septets a letter: escape and the letter.
const extension = "\f^{}\\[~]|€"

// septets is how many septets a letter takes; letters that are not in it need
// UCS-2.
var septets = func() map[rune]int {
	table := make(map[rune]int, len(basic)+len(extension))
	for _, r := range basic {
		table[r] = 1
	}
	for _, r := range extension {
		table[r] = 2
	}
	return table
}()

// Encodable reports whether text can go out as GSM-7.
func Encodable(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return septets[r] == 0 })
}
