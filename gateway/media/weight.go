package media

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
)

// Bounds of a picture. A picture says how many pixels it has before any of
// them is read, so that a few bytes cannot ask for gigabytes of memory.
const (
	maxPixels = 50_000_000
	maxSide   = 30_000
)

// weigh is how many bytes of memory a picture takes at the most while it is
// read: not its pixels alone, but what the decoder of its kind needs beside
// them. Nothing of it is read but its heads.
func weigh(raw []byte) (int64, error) {
	config, kind, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil || config.Width <= 0 || config.Height <= 0 {
		return 0, errPicture
	}
	pixels := int64(config.Width) * int64(config.Height)
	if config.Width > maxSide || config.Height > maxSide || pixels > maxPixels {
		return 0, errPixels
	}
	switch kind {
	case "jpeg":
		return jpegWeight(raw, pixels), nil
	case "png":
		return pngWeight(raw, config.ColorModel, pixels), nil
	case "webp":
		return 8*pixels + webpTables(raw), nil
	case "tiff":
		return 16*pixels + int64(len(raw)), nil // eight bytes a pixel, and a strip beside them that may be all of it
	}
	return pixels, nil // a GIF has a byte a pixel, and its first frame alone is read
}

// jpegWeight goes by how many samples there are for a pixel. A progressive one
// keeps each sample's coefficient, of four bytes, until its end.
func jpegWeight(raw []byte, pixels int64) int64 {
	frame, progressive := startOfFrame(raw)
	samples, largest := int64(0), int64(1)
	for at := 6; at+3 <= len(frame); at += 3 {
		across, down := int64(frame[at+1]>>4), int64(frame[at+1]&15)
		samples, largest = samples+across*down, max(largest, across*down)
	}
	bytesEach := int64(1)
	if progressive {
		bytesEach = 5
	}
	return pixels * bytesEach * max(samples, largest) / largest
}

// startOfFrame is the part of a JPEG that says how it is sampled.
func startOfFrame(raw []byte) (frame []byte, progressive bool) {
	for at := 2; at+4 <= len(raw); {
		marker, length := raw[at+1], int(binary.BigEndian.Uint16(raw[at+2:]))
		switch {
		case raw[at] != 0xFF || marker == 0xFF:
			at++ // what stands between the parts is skipped, as the decoder does
			continue
		case marker >= 0xC0 && marker <= 0xC2:
			return raw[at+4 : min(len(raw), at+2+max(2, length))], marker == 0xC2
		case marker == 0 || marker >= 0xD0 && marker <= 0xD8:
			at += 2
			continue
		}
		at += 2 + length
	}
	return nil, true
}

// pngWeight goes by the depth. Grey and true color with one clear color become
// pixels with alpha; an interlaced one is read beside itself.
func pngWeight(raw []byte, model color.Model, pixels int64) int64 {
	each := int64(4)
	switch model {
	case color.RGBA64Model, color.NRGBA64Model, color.Gray16Model:
		each = 8
	}
	if _, palette := model.(color.Palette); palette {
		each = 1
	}
	if len(raw) > 28 && raw[28] != 0 {
		each *= 2
	}
	return pixels * each
}

// webpTables is what the tables of a lossless WebP may take: of each block of
// pixels it may have its own, and a few bits describe a large one.
func webpTables(raw []byte) int64 {
	const grows, most = 300, 65_536 * 56_000 // measured with the decoder's own types
	var lossless int64
	for at := 12; at+8 <= len(raw); {
		length := int64(binary.LittleEndian.Uint32(raw[at+4:]))
		chunk, packed := string(raw[at:at+4]), at+8 < len(raw) && raw[at+8]&3 != 0
		if chunk == "VP8L" || chunk == "ALPH" && packed {
			lossless += min(length, int64(len(raw)-at-8))
		}
		if length > int64(len(raw)) {
			break
		}
		at += 8 + int(length+length%2)
	}
	return min(grows*lossless, most)
}
