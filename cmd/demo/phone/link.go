package phone

import "regexp"

// piece is a part of a text; with a link it can be tapped.
type piece struct{ Text, Link string }

var address = regexp.MustCompile(`https?://[^\s<>"]+`)

// Pieces are the bubble's text, with the links that the team sent.
func (b bubble) Pieces() []piece {
	if b.Mine {
		return []piece{{Text: b.Text}}
	}
	var all []piece
	end := 0
	for _, at := range address.FindAllStringIndex(b.Text, -1) {
		link := b.Text[at[0]:at[1]]
		all = append(all, piece{Text: b.Text[end:at[0]]}, piece{link, link})
		end = at[1]
	}
	return append(all, piece{Text: b.Text[end:]})
}
