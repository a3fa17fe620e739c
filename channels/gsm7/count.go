package gsm7

import (
	"unicode/utf16"
	"unicode/utf8"
)

// Encoding is how a text travels; the values are the names people know.
type Encoding string

// The two ways of writing an SMS.
const (
	GSM7 Encoding = "GSM-7"
	UCS2 Encoding = "UCS-2"
)

// Cost is what a text takes as an SMS.
type Cost struct {
	Encoding   Encoding
	Characters int // what a person would count: code points
	Units      int // what the network counts: septets for GSM-7, UTF-16 units for UCS-2
	Segments   int // what is billed; at least 1
}

// A text in more than one segment loses 6 bytes of each to the header that
// joins them.
var room = map[Encoding]struct{ alone, joined int }{
	GSM7: {alone: 160, joined: 153},
	UCS2: {alone: 70, joined: 67},
}

// Count returns the cost of text. An empty text is one segment: that is what
// the network would carry, and what Twilio's own calculator says.
func Count(text string) Cost {
	encoding := GSM7
	if !Encodable(text) {
		encoding = UCS2
	}
	cost := Cost{Encoding: encoding, Characters: utf8.RuneCountInString(text), Segments: 1}
	// filled is how far the last segment is used, as if all were joined ones.
	filled := 0
	for _, r := range text {
		width := width(r, encoding)
		cost.Units += width
		// A letter of two units never straddles a boundary: it moves whole.
		if filled+width > room[encoding].joined {
			cost.Segments++
			filled = 0
		}
		filled += width
	}
	if cost.Units <= room[encoding].alone {
		cost.Segments = 1
	}
	return cost
}

// width is how many units of the encoding a letter takes. Bytes that are no
// UTF-8 arrive as U+FFFD, one unit each.
func width(r rune, encoding Encoding) int {
	if encoding == GSM7 {
		return septets[r]
	}
	return utf16.RuneLen(r)
}
