package media

import (
	"encoding/binary"
	"slices"
)

// maxBoxes and maxItems bound what a file is made of; a photo in tiles has some
// hundred items.
const (
	maxBoxes = 10_000
	maxItems = 20_000
)

// box is a part of a file of the ISO family, with what stands in it.
type box struct {
	kind []byte // as it stands in the file
	body []byte
}

// boxes are those that stand in a row.
func boxes(raw []byte) ([]box, error) {
	var all []box
	for len(raw) > 0 {
		if len(raw) < 8 || len(all) == maxBoxes {
			return nil, errPicture
		}
		size, head := uint64(binary.BigEndian.Uint32(raw)), uint64(8)
		switch size {
		case 0: // to the end
			size = uint64(len(raw))
		case 1:
			if len(raw) < 16 {
				return nil, errPicture
			}
			size, head = binary.BigEndian.Uint64(raw[8:]), 16
		}
		if size < head || size > uint64(len(raw)) {
			return nil, errPicture
		}
		all = append(all, box{raw[4:8], raw[head:size]})
		raw = raw[size:]
	}
	return all, nil
}

// void makes a box one that nobody reads.
func (b box) void() {
	copy(b.kind, "free")
	clear(b.body)
}

// stripHEIF empties the items of HEIC and AVIF pictures that say something beside the
// pixels, Exif and XMP, and what programs put into boxes of their own. Nothing moves,
// for all is found by where it lies. How the picture is turned is no Exif's to say
// here. ISO/IEC 23008-12 and 14496-12
func stripHEIF(raw []byte) ([]byte, error) {
	all, err := boxes(raw)
	if err != nil {
		return nil, err
	}
	for _, b := range all {
		switch string(b.kind) {
		case "uuid", "udta", "free", "skip":
			b.void()
		case "moov": // of a sequence
			if err := stripMovie(b.body, 0); err != nil {
				return nil, err
			}
		case "meta":
			if err := stripItems(raw, b.body); err != nil {
				return nil, err
			}
		}
	}
	return raw, nil
}

// stripMovie voids what movies and their tracks say of themselves.
func stripMovie(body []byte, depth int) error {
	all, err := boxes(body)
	if err != nil {
		return err
	}
	for _, b := range all {
		switch string(b.kind) {
		case "udta", "meta", "uuid":
			b.void()
		case "trak":
			if depth == 0 {
				if err := stripMovie(b.body, 1); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func stripItems(raw, meta []byte) error {
	if len(meta) < 4 {
		return errPicture
	}
	all, err := boxes(meta[4:])
	if err != nil {
		return err
	}
	for _, b := range all {
		if string(b.kind) == "uuid" || string(b.kind) == "udta" {
			b.void()
		}
	}
	said, err := saying(all)
	if err != nil || len(said) == 0 {
		return err
	}
	at := slices.IndexFunc(all, func(b box) bool { return string(b.kind) == "iloc" })
	if at < 0 {
		return errPicture
	}
	var data []byte
	if at := slices.IndexFunc(all, func(b box) bool { return string(b.kind) == "idat" }); at >= 0 {
		data = all[at].body
	}
	return emptied(all[at].body, raw, data, said)
}

// saying are the items that are no pictures, with what each is.
func saying(meta []box) (map[uint32]string, error) {
	at := slices.IndexFunc(meta, func(b box) bool { return string(b.kind) == "iinf" })
	if at < 0 {
		return nil, nil
	}
	body := meta[at].body
	skip := 6 // version, flags and a count of two bytes
	if len(body) > 0 && body[0] != 0 {
		skip = 8
	}
	if len(body) < skip {
		return nil, errPicture
	}
	entries, err := boxes(body[skip:])
	if err != nil {
		return nil, err
	}
	said := map[uint32]string{}
	for _, e := range entries {
		r := &reading{raw: e.body}
		version := r.number(1)
		r.number(3)
		size := 2
		if version > 2 {
			size = 4
		}
		id := uint32(r.number(size)) //nolint:gosec // of four bytes at the most
		r.number(2)
		kind := "mime" // all that the earlier versions have are files
		if version >= 2 {
			kind = string(r.bytes(4))
		}
		if r.over {
			return nil, errPicture
		}
		if kind == "Exif" || kind == "mime" || kind == "uri " {
			said[id] = kind
		}
	}
	return said, nil
}

// emptied goes through where items lie (iloc) and empties those.
func emptied(iloc, raw, data []byte, said map[uint32]string) error {
	r := &reading{raw: iloc}
	version := r.number(1)
	r.number(3)
	widths := r.number(2)
	offset, length, base, index := int(widths>>12), int(widths>>8&15), int(widths>>4&15), int(widths&15)
	if version == 0 {
		index = 0
	}
	wide := 2
	if version >= 2 {
		wide = 4
	}
	if version > 2 || slices.ContainsFunc([]int{offset, length, base, index}, func(n int) bool { return n != 0 && n != 4 && n != 8 }) {
		return errPicture
	}
	items := r.number(wide)
	if items > maxItems {
		return errPicture
	}
	left := maxWiped * len(raw)
	for range items {
		id, method := uint32(r.number(wide)), uint64(0) //nolint:gosec // of four bytes at the most
		if version > 0 {
			method = r.number(2) & 15
		}
		elsewhere, from, extents := r.number(2), r.number(base), r.number(2)
		kind, says := said[id]
		for range extents {
			r.number(index)
			at, size := r.number(offset), r.number(length)
			if r.over {
				return errPicture
			}
			if !says {
				continue
			}
			within := raw
			if method == 1 {
				within = data
			}
			if size == 0 && from+at <= uint64(len(within)) { // all of it
				size = uint64(len(within)) - from - at
			}
			found := span(within, from+at, size)
			if found == nil || method > 1 || elsewhere != 0 {
				return errPicture
			}
			if left -= len(found); left < 0 {
				return errPicture
			}
			void(found, kind)
		}
		delete(said, id)
	}
	if r.over || len(said) > 0 { // one that lies nowhere that we see
		return errPicture
	}
	return nil
}

// void leaves an item that says nothing: Exif without an entry, or blanks.
func void(item []byte, kind string) {
	clear(item)
	if kind == "Exif" {
		const none = "\x00\x00\x00\x00MM\x00*\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00"
		if len(item) >= len(none) {
			copy(item, none)
		}
		return
	}
	for n := range item {
		item[n] = ' '
	}
}

// reading takes numbers off the front of bytes, and remembers that they ended.
type reading struct {
	raw  []byte
	over bool
}

func (r *reading) bytes(n int) []byte {
	if n > len(r.raw) {
		r.raw, r.over = nil, true
		return make([]byte, n)
	}
	taken := r.raw[:n]
	r.raw = r.raw[n:]
	return taken
}

func (r *reading) number(n int) uint64 {
	var sum uint64
	for _, b := range r.bytes(n) {
		sum = sum<<8 | uint64(b)
	}
	return sum
}
