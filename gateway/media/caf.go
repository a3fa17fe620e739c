package media

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"slices"
)

// ErrNoOpus is sound that is no Opus in Ogg, or that breaks off.
var ErrNoOpus = errors.New("no Opus sound in Ogg pages")

// opus is a sound as its packets.
type opus struct {
	channels uint8
	skip     uint16 // samples at the beginning that are not to be heard
	packets  [][]byte
	samples  []int // of each packet, at 48,000 a second whatever was recorded
	ends     int64 // the number of the last sample that is to be heard
}

// CAF is a voice note in a wrapping that every Safari plays: those before 18.4 know
// Opus, and not the Ogg that phones and WhatsApp put it in. The sound is the same, bit
// by bit. https://developer.apple.com/library/archive/documentation/MusicAudio/Reference/CAFSpec/
func CAF(ogg io.Reader) (io.ReadSeeker, error) {
	raw, err := io.ReadAll(ogg)
	if err != nil {
		return nil, err
	}
	sound, err := readOpus(raw)
	if err != nil {
		return nil, err
	}
	return bytes.NewReader(sound.caf()), nil
}

// readOpus takes the packets out of the pages. https://www.rfc-editor.org/rfc/rfc7845
func readOpus(raw []byte) (opus, error) {
	var o opus
	var packet []byte
	var stream uint32
	for heads := 0; len(raw) > 0; {
		if len(raw) < 27 || string(raw[:4]) != "OggS" {
			return o, ErrNoOpus
		}
		pieces := int(raw[26])
		if len(raw) < 27+pieces {
			return o, ErrNoOpus
		}
		page, lacing := raw[:27], raw[27:27+pieces]
		raw = raw[27+pieces:]
		serial := binary.LittleEndian.Uint32(page[14:])
		if heads == 0 {
			stream = serial
		}
		for _, piece := range lacing {
			if len(raw) < int(piece) {
				return o, ErrNoOpus
			}
			if serial == stream {
				packet = append(packet, raw[:piece]...)
			}
			raw = raw[piece:]
			if piece == 255 || serial != stream {
				continue // goes on in the next, or is another's
			}
			switch heads++; heads {
			case 1:
				if len(packet) < 19 || string(packet[:8]) != "OpusHead" || packet[18] != 0 || packet[9] < 1 || packet[9] > 2 {
					return o, ErrNoOpus
				}
				o.channels, o.skip = packet[9], binary.LittleEndian.Uint16(packet[10:])
			case 2: // its tags
			default:
				samples := opusSamples(packet)
				if samples == 0 {
					return o, ErrNoOpus
				}
				o.packets, o.samples = append(o.packets, packet), append(o.samples, samples)
			}
			packet = nil
		}
		if ends := int64(binary.LittleEndian.Uint64(page[6:])); serial == stream && ends > 0 { //nolint:gosec // -1 says that no packet ends there
			o.ends = ends
		}
	}
	if len(o.packets) == 0 {
		return o, ErrNoOpus
	}
	return o, nil
}

// opusSamples is how many samples a packet is, by its first bytes; 0: it is none.
// https://www.rfc-editor.org/rfc/rfc6716#section-3.1
func opusSamples(packet []byte) int {
	if len(packet) == 0 {
		return 0
	}
	var each int
	switch config := packet[0] >> 3; {
	case config < 12:
		each = []int{480, 960, 1920, 2880}[config&3]
	case config < 16:
		each = []int{480, 960}[config&1]
	default:
		each = []int{120, 240, 480, 960}[config&3]
	}
	frames := 1
	switch packet[0] & 3 {
	case 1, 2:
		frames = 2
	case 3:
		if len(packet) < 2 {
			return 0
		}
		frames = int(packet[1] & 63)
	}
	if each*frames > 5760 { // 120 ms are the most
		return 0
	}
	return each * frames
}

func (o opus) caf() []byte {
	each, all := o.samples[0], int64(0)
	for _, samples := range o.samples {
		if all += int64(samples); samples != each {
			each = 0 // they differ: each says its own
		}
	}
	ends := min(max(o.ends, int64(o.skip)), all)
	var table, sound []byte
	for n, packet := range o.packets {
		table = cafNumber(table, len(packet))
		if each == 0 {
			table = cafNumber(table, o.samples[n])
		}
		sound = append(sound, packet...)
	}
	layout := uint32(100)<<16 | 1 // mono
	if o.channels == 2 {
		layout = 101<<16 | 2
	}
	be := binary.BigEndian
	out := []byte("caff\x00\x01\x00\x00")
	out = cafChunk(out, "desc", 32)
	out = be.AppendUint64(out, 0x40E7700000000000) // 48000 as a float
	out = append(out, "opus"...)
	for _, n := range []uint32{0, 0, uint32(each), uint32(o.channels), 0} { //nolint:gosec // 5760 at the most
		out = be.AppendUint32(out, n)
	}
	out = cafChunk(out, "chan", 12)
	for _, n := range []uint32{layout, 0, 0} {
		out = be.AppendUint32(out, n)
	}
	out = cafChunk(out, "pakt", 24+len(table))
	out = be.AppendUint64(out, uint64(len(o.packets)))
	out = be.AppendUint64(out, uint64(ends-min(ends, int64(o.skip)))) //nolint:gosec // not below 0
	out = be.AppendUint32(out, uint32(o.skip))
	out = be.AppendUint32(out, uint32(min(all-ends, 1<<31-1))) //nolint:gosec // just bounded
	out = append(out, table...)
	out = cafChunk(out, "data", 4+len(sound))
	out = be.AppendUint32(out, 0) // of no edit
	return append(out, sound...)
}

func cafChunk(out []byte, kind string, size int) []byte {
	return binary.BigEndian.AppendUint64(append(out, kind...), uint64(size)) //nolint:gosec // of what is in memory
}

// cafNumber writes seven bits a byte, the high ones first; all but the last byte say
// that there are more.
func cafNumber(out []byte, n int) []byte {
	digits := []byte{byte(n & 127)}
	for n >>= 7; n > 0; n >>= 7 {
		digits = append(digits, byte(n&127)|128)
	}
	slices.Reverse(digits)
	return append(out, digits...)
}
