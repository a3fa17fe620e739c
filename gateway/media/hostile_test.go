package media

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// pngHead is a PNG that says what it is, and has no pixels.
func pngHead(width, height uint32, depth, kind, interlaced byte) []byte {
	out := []byte("\x89PNG\r\n\x1a\n")
	head := binary.BigEndian.AppendUint32([]byte("IHDR"), width)
	head = append(binary.BigEndian.AppendUint32(head, height), depth, kind, 0, 0, interlaced)
	out = append(binary.BigEndian.AppendUint32(out, 13), head...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(head))
}

// jpegHead is a JPEG that says what it is, sampled like that.
func jpegHead(frame byte, width, height uint16, sampling byte) []byte {
	out := []byte{0xFF, 0xD8, 0xFF, frame, 0, 17, 8}
	out = binary.BigEndian.AppendUint16(out, height)
	out = binary.BigEndian.AppendUint16(out, width)
	return append(out, 3, 1, sampling, 0, 2, 0x11, 0, 3, 0x11, 0, 0xFF, 0xDA, 0, 2)
}

// webpHead is a lossless WebP of that size, with so many bytes of tables.
func webpHead(width, height uint32, tables int) []byte {
	body := append([]byte{0x2F}, binary.LittleEndian.AppendUint32(nil, width-1|(height-1)<<14)...)
	body = append(body, make([]byte, tables)...)
	out := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(12+len(body)))
	out = append(out, "WEBPVP8L"...)
	return append(binary.LittleEndian.AppendUint32(out, uint32(len(body))), body...)
}

// TestAPictureIsWeighedBeforeItIsRead: what a decoder would take, not what the
// file weighs, says who may bring it.
func TestAPictureIsWeighedBeforeItIsRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		raw    []byte
		weight int64
		err    error
	}{
		"16 bits a sample":     {pngHead(7000, 7142, 16, 6, 0), 7000 * 7142 * 8, nil},
		"16 bits, opaque":      {pngHead(7000, 7142, 16, 2, 0), 7000 * 7142 * 8, nil},
		"16 bits of grey":      {pngHead(7000, 7142, 16, 0, 0), 7000 * 7142 * 8, nil},
		"8 bits":               {pngHead(1000, 1000, 8, 6, 0), 4_000_000, nil},
		"interlaced":           {pngHead(1000, 1000, 8, 6, 1), 8_000_000, nil},
		"a phone's photo":      {jpegHead(0xC0, 8000, 6000, 0x22), 72_000_000, nil},
		"a progressive one":    {jpegHead(0xC2, 6000, 6000, 0x11), 36_000_000 * 15, nil},
		"tables without end":   {webpHead(1024, 1024, 1<<20), 8<<20 + 300*(1<<20+5), nil},
		"a long line":          {pngHead(40_000, 1, 8, 6, 0), 0, errPixels},
		"more than there are":  {pngHead(1<<31-1, 1<<31-1, 1, 0, 0), 0, errPicture},
		"nothing":              {pngHead(0, 0, 8, 6, 0), 0, errPicture},
		"no picture":           {[]byte("GIF89a"), 0, errPicture},
		"a picture that stops": {pngHead(10, 10, 8, 6, 0)[:20], 0, errPicture},
	} {
		weight, err := weigh(c.raw)
		require.ErrorIs(t, err, c.err, name)
		require.Equal(t, c.weight, weight, name)
		if weight > strangersBear {
			_, err = decode(t.Context(), c.raw, strangersBear)
			require.ErrorIs(t, err, errPixels, name)
		}
	}
}

// samples are pictures of every kind that is read.
func samples() map[string][]byte {
	picture := image.NewNRGBA64(image.Rect(0, 0, 300, 200))
	for n := range picture.Pix {
		picture.Pix[n] = byte(n * n >> 7)
	}
	var deep, photo, drawing bytes.Buffer
	_ = png.Encode(&deep, picture)
	_ = jpeg.Encode(&photo, picture, nil)
	_ = gif.Encode(&drawing, picture, nil)
	return map[string][]byte{
		"png": deep.Bytes(), "jpeg": photo.Bytes(), "gif": drawing.Bytes(), "webp": webpHead(16, 16, 200),
		"png then jpeg": append(bytes.Clone(deep.Bytes()), photo.Bytes()...), "gif that is a page": append([]byte("GIF89a<script>"), deep.Bytes()...),
	}
}

// TestAPictureTakesWhatItWeighs holds the estimate against the decoders.
//
//nolint:paralleltest // it counts what all of the process takes
func TestAPictureTakesWhatItWeighs(t *testing.T) {
	for name, raw := range samples() {
		weight, err := weigh(raw)
		if err != nil {
			continue
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _ = decode(t.Context(), raw, strangersBear) // whether it can be read is another matter
		runtime.ReadMemStats(&after)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(2*weight+1<<20), name)
	}
}

// FuzzDecode: no picture ends the process, and none has more pixels than it
// said.
func FuzzDecode(f *testing.F) {
	for _, raw := range samples() {
		f.Add(raw)
		for part := 1; part < 10; part++ {
			f.Add(raw[:len(raw)*part/10])
		}
	}
	for _, raw := range [][]byte{
		pngHead(7000, 7142, 16, 6, 0), pngHead(100, 100, 16, 6, 1), jpegHead(0xC2, 64, 64, 0x44), jpegHead(0xC0, 64, 64, 0x22), webpHead(64, 64, 4096),
	} {
		f.Add(raw)
		f.Add(append(raw, 0, 0, 0, 0, 'I', 'D', 'A', 'T'))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		picture, err := decode(context.Background(), raw, 1<<20)
		if err != nil {
			return
		}
		if seen := scale(turn(picture, orientation(raw))).Bounds(); seen.Dx() > small || seen.Dy() > small || seen.Empty() {
			t.Errorf("a thumbnail of %v", seen)
		}
	})
}
