package media

import (
	"encoding/binary"
	"slices"
)

// Bounds of a TIFF: a directory for each page, and those of the parts of a page.
const (
	maxDirectories = 5000
	maxWiped       = 4 // times the file's size: entries may point at the same bytes
)

const tiffParts = 330 // directories that have pictures too

// tiffKept are the tags without which the pixels cannot be read; of a camera's raw
// picture those that say how to develop it. All others go, for anything may stand in
// them: GPS (34853), Exif (34665), XMP (700), IPTC (33723), a map's corners (33922).
// https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf
func tiffKept(tag uint16) bool {
	switch {
	case tag >= 254 && tag <= 266, tag >= 273 && tag <= 284 && tag != 272, tag >= 288 && tag <= 297, tag == 301,
		tag >= 317 && tag <= 325, tag >= 326 && tag <= 330, tag >= 332 && tag <= 347 && tag != 333 && tag != 337,
		tag >= 512 && tag <= 532, tag == 33421 || tag == 33422, tag == 34675:
		return true
	case tag >= 50706 && tag <= 51200:
		return !slices.Contains([]uint16{50708, 50709, 50735, 50740, 50781, 50827, 50828, 50831, 50833, 50934, 50936, 50942, 50971, 51107, 51114}, tag)
	}
	return false
}

// tiffWalk is a file whose directories are gone through.
type tiffWalk struct {
	raw   []byte
	order binary.ByteOrder
	seen  map[uint32]bool
	wiped int
}

// stripTIFF leaves the pixels where they are and empties all else.
func stripTIFF(raw []byte) ([]byte, error) {
	if len(raw) < 8 {
		return nil, errPicture
	}
	t := &tiffWalk{raw: raw, seen: map[uint32]bool{}}
	switch string(raw[:4]) {
	case "II*\x00":
		t.order = binary.LittleEndian
	case "MM\x00*":
		t.order = binary.BigEndian
	default:
		return nil, errPicture
	}
	if err := t.pages(t.order.Uint32(raw[4:])); err != nil {
		return nil, err
	}
	return raw, nil
}

// pages goes through directories that stand in a row.
func (t *tiffWalk) pages(at uint32) error {
	for at != 0 && !t.seen[at] {
		next, err := t.directory(at, tiffKept)
		if err != nil {
			return err
		}
		at = next
	}
	return nil
}

// directory drops the entries that are not kept, with what they point at, and closes
// the gaps. It answers where the next directory is.
func (t *tiffWalk) directory(at uint32, kept func(uint16) bool) (next uint32, err error) {
	t.seen[at] = true
	head := span(t.raw, uint64(at), 2)
	if head == nil || len(t.seen) > maxDirectories {
		return 0, errPicture
	}
	count := int(t.order.Uint16(head))
	all := span(t.raw, uint64(at)+2, uint64(count)*12+4)
	if all == nil {
		return 0, errPicture
	}
	next = t.order.Uint32(all[count*12:])
	stay := make([]byte, 0, len(all))
	for n := range count {
		entry := all[n*12 : n*12+12]
		if !kept(t.order.Uint16(entry)) {
			if err := t.drop(entry); err != nil {
				return 0, err
			}
			continue
		}
		if t.order.Uint16(entry) == tiffParts {
			if err := t.parts(entry); err != nil {
				return 0, err
			}
		}
		stay = append(stay, entry...)
	}
	t.order.PutUint16(head, uint16(len(stay)/12)) //nolint:gosec // no more than there were
	clear(all[copy(all, stay):])
	t.order.PutUint32(all[len(stay):], next)
	return next, nil
}

// sizes are how many bytes a value of each type takes.
var sizes = [...]uint64{1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}

// values are the bytes of an entry's values, in the entry or where it points to.
func (t *tiffWalk) values(entry []byte) ([]byte, error) {
	kind, count := t.order.Uint16(entry[2:]), uint64(t.order.Uint32(entry[4:]))
	size := uint64(1) // of a type that nobody knows, as much as there may be
	if int(kind) < len(sizes) && kind > 0 {
		size = sizes[kind]
	}
	if count*size <= 4 {
		return entry[8 : 8+count*size], nil
	}
	found := span(t.raw, uint64(t.order.Uint32(entry[8:])), count*size)
	if found == nil {
		return nil, errPicture
	}
	return found, nil
}

// drop empties what an entry says, and the directories that it points at.
func (t *tiffWalk) drop(entry []byte) error {
	found, err := t.values(entry)
	if err != nil {
		return err
	}
	switch t.order.Uint16(entry) {
	case 34665, 34853, 40965: // Exif, GPS and its relations
		if len(found) >= 4 {
			if at := t.order.Uint32(found); at != 0 && !t.seen[at] {
				if _, err := t.directory(at, func(uint16) bool { return false }); err != nil {
					return err
				}
			}
		}
	}
	if t.wiped += len(found); t.wiped > maxWiped*len(t.raw) {
		return errPicture
	}
	clear(found)
	return nil
}

// parts goes through the directories that an entry points at.
func (t *tiffWalk) parts(entry []byte) error {
	found, err := t.values(entry)
	if err != nil {
		return err
	}
	for ; len(found) >= 4; found = found[4:] {
		if err := t.pages(t.order.Uint32(found)); err != nil {
			return err
		}
	}
	return nil
}
