package media

import (
	"bytes"
	"slices"
)

// What stands in a GIF's blocks, by their first byte.
// https://www.w3.org/Graphics/GIF/spec-gif89a.txt
const (
	gifExtension = 0x21
	gifImage     = 0x2C
	gifEnd       = 0x3B

	gifTiming      = 0xF9 // how long a frame stands
	gifApplication = 0xFF
)

// gifLoops are the applications' blocks that say how often frames go round; the
// others carry XMP and whatever a program pleases.
var gifLoops = []string{"NETSCAPE2.0", "ANIMEXTS1.0"}

// stripGIF leaves the frames, their timing and how often they go round.
func stripGIF(raw []byte) ([]byte, error) {
	if len(raw) < 13 {
		return nil, errPicture
	}
	at := 13 + gifColors(raw[10])
	if at > len(raw) {
		return nil, errPicture
	}
	out := bytes.NewBuffer(slices.Clone(raw[:at]))
	for at < len(raw) {
		start := at
		keep := true
		switch raw[at] {
		case gifEnd:
			out.WriteByte(gifEnd)
			return out.Bytes(), nil // whatever stands behind the end stays behind
		case gifExtension:
			if at+2 >= len(raw) {
				return nil, errPicture
			}
			label := raw[at+1]
			keep = label == gifTiming || label == gifApplication && gifLoop(raw[at+2:])
			at += 2
		case gifImage:
			if at+10 > len(raw) {
				return nil, errPicture
			}
			at += 10 + gifColors(raw[at+9]) + 1 // the size of the codes
		default:
			return nil, errPicture
		}
		if at = gifBlocks(raw, at); at < 0 {
			return nil, errPicture
		}
		if keep {
			out.Write(raw[start:at])
		}
	}
	out.WriteByte(gifEnd) // many a program leaves it out, and all read on
	return out.Bytes(), nil
}

// gifColors is how many bytes a table of colors takes.
func gifColors(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}

func gifLoop(raw []byte) bool {
	return len(raw) >= 12 && raw[0] == 11 && slices.Contains(gifLoops, string(raw[1:12]))
}

// gifBlocks is where blocks end that begin there; -1: they do not.
func gifBlocks(raw []byte, at int) int {
	for at < len(raw) {
		size := int(raw[at])
		if at += 1 + size; size == 0 {
			return at
		}
	}
	return -1
}
