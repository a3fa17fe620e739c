package phone

import (
	"regexp"
	"strings"
)

// piece is a part of a text; with a link it can be tapped.
type piece struct{ Text, Link string }

var address = regexp.MustCompile(`https?://[^\s<>"]+`)

// pieces are a text with its links. What ends a sentence ends no link.
func pieces(text string) []piece {
	var all []piece
	end := 0
	for _, at := range address.FindAllStringIndex(text, -1) {
		link := strings.TrimRight(text[at[0]:at[1]], ".,;:!?)'”’")
		all = append(all, piece{Text: text[end:at[0]]}, piece{link, link})
		end = at[0] + len(link)
	}
	return append(all, piece{Text: text[end:]})
}
