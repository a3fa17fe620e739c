package media

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
)

// orientation is how a JPEG is to be turned, 1 to 8, as its camera noted it in
// Exif (tag 0x0112 of the first directory); 1 where nothing says. It is read by
// hand: the libraries for Exif are either no longer kept or read hundreds of tags
// that we would have to trust them with, for this one number.
func orientation(raw []byte) int {
	tiff := exif(raw)
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if string(tiff[:2]) == "II" {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < 12 {
			return 1
		}
		if order.Uint16(entries) == 0x0112 {
			if to := int(order.Uint16(entries[8:])); to >= 1 && to <= 8 {
				return to
			}
			return 1
		}
		entries = entries[12:]
	}
	return 1
}

// exif is the Exif part of a JPEG, from its TIFF header on, or a TIFF itself; nil:
// there is none.
func exif(raw []byte) []byte {
	if bytes.HasPrefix(raw, []byte("II*\x00")) || bytes.HasPrefix(raw, []byte("MM\x00*")) {
		return raw
	}
	if !bytes.HasPrefix(raw, []byte{0xFF, 0xD8}) {
		return nil
	}
	for raw = raw[2:]; len(raw) >= 4 && raw[0] == 0xFF; {
		length := int(binary.BigEndian.Uint16(raw[2:])) + 2
		if raw[1] == 0xDA || length > len(raw) || length < 4 { // the pixels begin
			return nil
		}
		if tiff, ok := bytes.CutPrefix(raw[4:length], []byte("Exif\x00\x00")); ok && raw[1] == 0xE1 {
			return tiff
		}
		raw = raw[length:]
	}
	return nil
}

// turned is a picture as it looks after Exif's orientation. It copies nothing:
// a pixel is fetched from where it lies.
type turned struct {
	image.Image
	to   int
	w, h int // of the picture before
}

func turn(picture image.Image, to int) image.Image {
	if to <= 1 {
		return picture
	}
	return turned{picture, to, picture.Bounds().Dx(), picture.Bounds().Dy()}
}

func (t turned) Bounds() image.Rectangle {
	if t.to >= 5 {
		return image.Rect(0, 0, t.h, t.w)
	}
	return image.Rect(0, 0, t.w, t.h)
}

func (t turned) At(x, y int) color.Color {
	if t.to >= 5 {
		x, y = y, x
	}
	if t.to == 2 || t.to == 3 || t.to == 7 || t.to == 8 {
		x = t.w - 1 - x
	}
	if t.to == 3 || t.to == 4 || t.to == 6 || t.to == 7 {
		y = t.h - 1 - y
	}
	from := t.Image.Bounds().Min
	return t.Image.At(from.X+x, from.Y+y)
}
