package media

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/image/tiff"
)

const hiddenWords = "GPS 52.2297 N 21.0122 E"

// aGIF has a comment, XMP and two frames that go round.
func aGIF(t testing.TB) []byte {
	frame := image.NewPaletted(image.Rect(0, 0, 4, 4), color.Palette{color.Black, color.White})
	var plain bytes.Buffer
	require.NoError(t, gif.EncodeAll(&plain, &gif.GIF{Image: []*image.Paletted{frame, frame}, Delay: []int{7, 9}, LoopCount: 3}))
	raw := plain.Bytes()
	at := 13 + gifColors(raw[10])
	comment := append([]byte{0x21, 0xFE, byte(len(hiddenWords))}, hiddenWords...)
	xmp := append([]byte("\x21\xFF\x0BXMP DataXMP"), append([]byte{byte(len(hiddenWords))}, hiddenWords...)...)
	said := append(append(append(comment, 0), xmp...), 0)
	whole := append(append(bytes.Clone(raw[:at]), said...), raw[at:]...)
	return append(whole, hiddenWords...)
}

func TestAGIFSaysNothingButItsFrames(t *testing.T) {
	raw := aGIF(t)
	require.Contains(t, string(raw), hiddenWords)
	stripped, err := stripGIF(raw)
	require.NoError(t, err)
	require.NotContains(t, string(stripped), hiddenWords)
	seen, err := gif.DecodeAll(bytes.NewReader(stripped))
	require.NoError(t, err)
	require.Equal(t, []int{7, 9}, seen.Delay)
	require.Equal(t, 3, seen.LoopCount)
	for n := range raw[:len(raw)-len(hiddenWords)-1] {
		if short, err := stripGIF(bytes.Clone(raw[:n])); err == nil {
			require.NotContains(t, string(short), hiddenWords, "cut at %d", n)
		}
	}
}

// aTIFF has a description, Exif, GPS and XMP beside its pixels.
func aTIFF(t testing.TB, order binary.ByteOrder) []byte {
	picture := image.NewGray(image.Rect(0, 0, 8, 8))
	picture.Set(3, 3, color.White)
	var plain bytes.Buffer
	require.NoError(t, tiff.Encode(&plain, picture, nil))
	raw := plain.Bytes()
	at := binary.LittleEndian.Uint32(raw[4:])
	count := int(binary.LittleEndian.Uint16(raw[at:]))
	entries := bytes.Clone(raw[at+2 : int(at)+2+12*count])
	le := binary.LittleEndian
	text := uint32(len(raw))
	raw = append(raw, hiddenWords...)
	raw = append(raw, make([]byte, len(raw)%2)...)
	gps := uint32(len(raw))
	raw = le.AppendUint16(raw, 1) // a directory of one entry, whose text is the words
	raw = entry(raw, 29, 2, uint32(len(hiddenWords)), text)
	raw = le.AppendUint32(raw, 0)
	head := uint32(len(raw))
	le.PutUint32(raw[4:], head)
	said := entry(entry(entry(entries, 700, 1, uint32(len(hiddenWords)), text), 34665, 4, 1, gps), 34853, 4, 1, gps)
	raw = append(le.AppendUint16(raw, uint16(count+3)), said...)
	raw = le.AppendUint32(raw, 0)
	if order == binary.ByteOrder(binary.BigEndian) {
		t.Fatal("not written that way here")
	}
	return raw
}

func entry(out []byte, tag, kind uint16, count, value uint32) []byte {
	le := binary.LittleEndian
	return le.AppendUint32(le.AppendUint32(le.AppendUint16(le.AppendUint16(out, tag), kind), count), value)
}

func TestATIFFSaysNothingButItsPixels(t *testing.T) {
	raw := aTIFF(t, binary.LittleEndian)
	before, err := tiff.Decode(bytes.NewReader(raw))
	require.NoError(t, err)
	stripped, err := stripTIFF(bytes.Clone(raw))
	require.NoError(t, err)
	require.NotContains(t, string(stripped), hiddenWords)
	require.NotContains(t, string(stripped), "\x25\x88\x04\x00", "nothing points at GPS any more")
	after, err := tiff.Decode(bytes.NewReader(stripped))
	require.NoError(t, err)
	require.Equal(t, before, after)
	_, err = stripTIFF([]byte("II*\x00\x08\x00\x00\x00\x01\x00"))
	require.ErrorIs(t, err, errPicture)
}

func isoBox(kind string, body ...[]byte) []byte {
	all := bytes.Join(body, nil)
	return append(append(binary.BigEndian.AppendUint32(nil, uint32(len(all)+8)), kind...), all...)
}

// aHEIC has pixels, Exif and XMP where their items say, Exif among the file's data and
// XMP among the items' own.
func aHEIC(pixels string) []byte {
	be := binary.BigEndian
	infe := func(id uint16, kind string) []byte {
		return isoBox("infe", []byte{2, 0, 0, 0}, be.AppendUint16(nil, id), []byte{0, 0}, []byte(kind), []byte("\x00"))
	}
	exif := "\x00\x00\x00\x00II*\x00" + hiddenWords + hiddenWords
	build := func(data uint32) []byte {
		where := func(id, method uint16, at, size uint32) []byte {
			out := be.AppendUint16(be.AppendUint16(be.AppendUint16(be.AppendUint16(nil, id), method), 0), 1)
			return be.AppendUint32(be.AppendUint32(out, at), size)
		}
		iloc := isoBox("iloc", []byte{1, 0, 0, 0, 0x44, 0, 0, 3},
			where(1, 0, data, uint32(len(pixels))), where(2, 0, data+uint32(len(pixels)), uint32(len(exif))), where(3, 1, 0, uint32(len(hiddenWords))))
		iinf := isoBox("iinf", []byte{0, 0, 0, 0, 0, 3}, infe(1, "hvc1"), infe(2, "Exif"), infe(3, "mime"))
		meta := isoBox("meta", []byte{0, 0, 0, 0}, isoBox("hdlr", make([]byte, 24)), iinf, iloc, isoBox("idat", []byte(hiddenWords)))
		head := append(isoBox("ftyp", []byte("heic\x00\x00\x00\x00mif1heic")), meta...)
		return append(append(head, isoBox("mdat", []byte(pixels), []byte(exif))...), isoBox("uuid", make([]byte, 16), []byte(hiddenWords))...)
	}
	return build(uint32(bytes.Index(build(0), []byte(pixels))))
}

func TestAHEICSaysNothingButItsPixels(t *testing.T) {
	raw := aHEIC("the pixels of a photo")
	require.Equal(t, "image/heic", sniff(raw, ""))
	require.Equal(t, 4, bytes.Count(raw, []byte(hiddenWords)))
	stripped, err := stripHEIF(bytes.Clone(raw))
	require.NoError(t, err)
	require.Len(t, stripped, len(raw), "nothing moves")
	require.NotContains(t, string(stripped), hiddenWords)
	require.Contains(t, string(stripped), "the pixels of a photo")
	require.Contains(t, string(stripped), "\x00\x00\x00\x00MM\x00*", "Exif that can be read, and says nothing")
	for n := range raw {
		if short, err := stripHEIF(bytes.Clone(raw[:n])); err == nil {
			require.NotContains(t, string(short), hiddenWords, "cut at %d", n)
		}
	}
}

// FuzzStrip: whatever is handed in, it ends, and what is left of a picture that can be
// read is the same picture.
func FuzzStrip(f *testing.F) {
	f.Add(aGIF(f))
	f.Add(aTIFF(f, binary.LittleEndian))
	f.Add(aHEIC("pixels"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		for kind, strip := range strippers {
			stripped, err := strip(bytes.Clone(raw))
			if err != nil {
				require.ErrorIs(t, err, errPicture)
				continue
			}
			require.LessOrEqual(t, len(stripped), len(raw)+1, kind)
			if kind == "image/gif" {
				again, err := strip(bytes.Clone(stripped))
				require.NoError(t, err)
				require.Equal(t, stripped, again)
			}
		}
	})
}
