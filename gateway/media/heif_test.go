package media

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"
)

// layout is one way in which a HEIC may say where its items lie.
type layout struct {
	version     byte // of iloc
	entries     byte // the version of the entries that say what items are
	wide        int  // bytes of offsets and lengths, and of the base where there is one
	base        bool // offsets are from where the data begins
	two         bool // what it says lies in two pieces
	wholeOfIt   bool // a length of 0: to the end
	method      uint16
	elsewhere   uint16
	unlisted    bool // no item says where it lies
	past        bool // it lies behind the file's end
	kind, words string
}

// of is a HEIC with one item of pixels and one that says something, laid out like that.
func (l layout) of(pixels string) []byte {
	be := binary.BigEndian
	number := func(out []byte, n uint64, bytes int) []byte {
		for at := bytes - 1; at >= 0; at-- {
			out = append(out, byte(n>>(8*at)))
		}
		return out
	}
	ids := 2
	if l.version >= 2 {
		ids = 4
	}
	infe := func(id uint64, kind string) []byte {
		head := []byte{l.entries, 0, 0, 0}
		if l.entries > 2 {
			head = number(head, id, 4)
		} else {
			head = number(head, id, 2)
		}
		if head = append(head, 0, 0); l.entries >= 2 {
			head = append(head, kind...)
		}
		return isoBox("infe", head, []byte("\x00"))
	}
	build := func(data uint64) []byte {
		at, from := data, uint64(0)
		if l.base {
			at, from = 0, data
		}
		if l.past {
			at += 1 << 20
		}
		baseWidth := 0
		if l.base {
			baseWidth = l.wide
		}
		iloc := []byte{l.version, 0, 0, 0, byte(l.wide<<4 | l.wide), byte(baseWidth << 4)}
		iloc = number(iloc, 1, ids)
		iloc = number(iloc, 2, ids)
		if l.unlisted {
			iloc = number(iloc[:len(iloc)-ids], 9, ids)
		}
		if l.version > 0 {
			iloc = be.AppendUint16(iloc, l.method)
		}
		iloc = be.AppendUint16(iloc, l.elsewhere)
		iloc = number(iloc, from, baseWidth)
		size := uint64(len(l.words))
		switch {
		case l.two:
			iloc = be.AppendUint16(iloc, 2)
			iloc = number(number(iloc, at, l.wide), 5, l.wide)
			iloc = number(number(iloc, at+5, l.wide), size-5, l.wide)
		case l.wholeOfIt:
			iloc = number(number(be.AppendUint16(iloc, 1), at, l.wide), 0, l.wide)
		default:
			iloc = number(number(be.AppendUint16(iloc, 1), at, l.wide), size, l.wide)
		}
		entries := [][]byte{{0, 0, 0, 0, 0, 1}, infe(2, l.kind)}
		if l.entries >= 2 { // the earlier ones have files alone
			entries = [][]byte{{0, 0, 0, 0, 0, 2}, infe(1, "hvc1"), infe(2, l.kind)}
		}
		meta := isoBox("meta", []byte{0, 0, 0, 0}, isoBox("iinf", entries...), isoBox("iloc", iloc))
		head := append(isoBox("ftyp", []byte("heic\x00\x00\x00\x00mif1heic")), meta...)
		return append(head, isoBox("mdat", []byte(pixels), []byte(l.words))...)
	}
	return build(uint64(bytes.Index(build(0), []byte(l.words))))
}

// TestWhereverAHEICSaysSomething, in whichever version of its boxes, it says it no more;
// where that cannot be found the picture is not taken.
func TestWhereverAHEICSaysSomething(t *testing.T) {
	t.Parallel()
	const pixels = "the pixels of a photo"
	for name, c := range map[string]struct {
		layout
		fails bool
	}{
		"the first version":            {layout{entries: 2, wide: 4, kind: "Exif"}, false},
		"offsets of eight bytes":       {layout{entries: 2, wide: 8, kind: "mime"}, false},
		"from where the data begins":   {layout{entries: 2, wide: 4, base: true, kind: "Exif"}, false},
		"ids of four bytes":            {layout{version: 2, entries: 3, wide: 4, kind: "uri "}, false},
		"an entry of the first":        {layout{entries: 0, wide: 4}, false},
		"in two pieces":                {layout{entries: 2, wide: 4, two: true, kind: "mime"}, false},
		"to the end":                   {layout{entries: 2, wide: 4, wholeOfIt: true, kind: "mime"}, false},
		"in another item":              {layout{version: 1, entries: 2, wide: 4, method: 2, kind: "Exif"}, true},
		"in another file":              {layout{entries: 2, wide: 4, elsewhere: 1, kind: "Exif"}, true},
		"nowhere":                      {layout{entries: 2, wide: 4, unlisted: true, kind: "Exif"}, true},
		"behind the end":               {layout{entries: 2, wide: 4, past: true, kind: "Exif"}, true},
		"to an end before its start":   {layout{entries: 2, wide: 4, past: true, wholeOfIt: true, kind: "Exif"}, true},
		"a version that is new to us":  {layout{version: 3, entries: 2, wide: 4, kind: "Exif"}, true},
		"offsets of three bytes":       {layout{entries: 2, wide: 3, kind: "Exif"}, true},
		"among the items' own, absent": {layout{version: 1, entries: 2, wide: 4, method: 1, kind: "mime"}, true},
	} {
		c.words = hiddenWords
		raw := c.of(pixels)
		stripped, err := stripHEIF(bytes.Clone(raw))
		require.Equal(t, c.fails, err != nil, name)
		if c.fails {
			require.ErrorIs(t, err, errPicture, name)
			continue
		}
		require.Len(t, stripped, len(raw), name)
		require.NotContains(t, string(stripped), hiddenWords[:5], name)
		require.NotContains(t, string(stripped), hiddenWords[6:], name)
		require.Contains(t, string(stripped), pixels, name)
	}
	plain := layout{entries: 2, wide: 4, kind: "hvc1", words: "the second picture's pixels"}.of(pixels)
	kept, err := stripHEIF(bytes.Clone(plain))
	require.NoError(t, err)
	require.Equal(t, plain, kept, "what is pixels alone stays as it is")
}

// TestASequenceSaysNothingButItsFrames: what programs put beside the movie, into it and
// into its tracks is nobody's to read, and the frames stay.
func TestASequenceSaysNothingButItsFrames(t *testing.T) {
	t.Parallel()
	words := []byte(hiddenWords)
	track := isoBox("trak", isoBox("tkhd", []byte("of a track")), isoBox("udta", words), isoBox("meta", words), isoBox("trak", isoBox("tkhd", words)))
	movie := isoBox("moov", isoBox("mvhd", []byte("of the movie")), isoBox("meta", words), isoBox("uuid", words), track)
	raw := bytes.Join([][]byte{isoBox("ftyp", []byte("hevc")), movie, isoBox("free", words), isoBox("skip", words), isoBox("udta", words), isoBox("mdat", []byte("frames"))}, nil)
	stripped, err := stripHEIF(bytes.Clone(raw))
	require.NoError(t, err)
	require.Len(t, stripped, len(raw))
	require.Equal(t, 1, bytes.Count(stripped, words), "but in a track of a track, which nobody reads")
	for _, kept := range []string{"of a track", "of the movie", "frames"} {
		require.Contains(t, string(stripped), kept)
	}
	for name, broken := range map[string][]byte{
		"a movie that is none":  isoBox("moov", []byte("x")),
		"a track that is none":  isoBox("moov", isoBox("trak", []byte("x"))),
		"a box beyond its end":  append(binary.BigEndian.AppendUint32(nil, 99), "free"...),
		"a box below its head":  append(binary.BigEndian.AppendUint32(nil, 7), "free"...),
		"half of a large one":   append(binary.BigEndian.AppendUint32(nil, 1), "free"...),
		"items without a head":  isoBox("meta", []byte{0, 0, 0}),
		"more boxes than count": bytes.Repeat(isoBox("free"), maxBoxes+1),
	} {
		_, err := stripHEIF(bytes.Clone(broken))
		require.ErrorIs(t, err, errPicture, name)
	}
	large := append(append(binary.BigEndian.AppendUint32(nil, 1), "udta"...), binary.BigEndian.AppendUint64(nil, uint64(16+len(words)))...)
	endless := append(binary.BigEndian.AppendUint32(nil, 0), "udta"...)
	for name, raw := range map[string][]byte{"a large box": append(large, words...), "one to the end": append(endless, words...), "as many as may be": bytes.Repeat(isoBox("free"), maxBoxes)} {
		stripped, err := stripHEIF(bytes.Clone(raw))
		require.NoError(t, err, name)
		require.NotContains(t, string(stripped), hiddenWords, name)
	}
}

// TestHowLongAPacketIs, at 48,000 samples a second, by RFC 6716, section 3.1: the
// configuration says how long a frame is, and the code how many there are.
func TestHowLongAPacketIs(t *testing.T) {
	t.Parallel()
	for config, each := range map[byte]int{
		0: 480, 1: 960, 2: 1920, 3: 2880, 8: 480, 11: 2880, // SILK: 10, 20, 40 and 60 ms
		12: 480, 13: 960, 14: 480, 15: 960, // hybrid: 10 and 20 ms
		16: 120, 17: 240, 18: 480, 19: 960, 31: 960, // CELT: 2.5, 5, 10 and 20 ms
	} {
		head := config << 3
		require.Equal(t, each, opusSamples([]byte{head}), config)
		require.Equal(t, each, opusSamples([]byte{head | 4}), "stereo is as long")
		for _, code := range []byte{1, 2} {
			require.Equal(t, 2*each, opusSamples([]byte{head | code}), config)
		}
		require.Equal(t, 2*each, opusSamples([]byte{head | 3, 0xC0 | 2}), "what else stands there is no count")
		require.Zero(t, opusSamples([]byte{head | 3}), "a count that is not there")
	}
	require.Equal(t, 5760, opusSamples([]byte{16<<3 | 3, 48}))
	require.Zero(t, opusSamples([]byte{16<<3 | 3, 49}), "longer than 120 ms")
	require.Zero(t, opusSamples([]byte{16<<3 | 3, 0}), "no frame at all")
	require.Zero(t, opusSamples(nil))
	for n, want := range map[int][]byte{0: {0}, 127: {127}, 128: {0x81, 0}, 16383: {0xFF, 0x7F}, 16384: {0x81, 0x80, 0}} {
		require.Equal(t, want, cafNumber(nil, n))
	}
}

// TestWhereAJPEGSaysHowItIsSampled, past what stands before it; what says nothing is
// weighed as the heaviest.
func TestWhereAJPEGSaysHowItIsSampled(t *testing.T) {
	t.Parallel()
	frame := []byte{0xFF, 0xC0, 0, 11, 8, 0, 1, 0, 1, 1, 1, 0x11, 0}
	late := bytes.Clone(frame)
	late[1] = 0xC2
	for name, c := range map[string]struct {
		before, frame []byte
		found         bool
		progressive   bool
	}{
		"at once":                 {nil, frame, true, false},
		"progressive":             {nil, late, true, true},
		"behind another part":     {[]byte{0xFF, 0xE1, 0, 4, 0xFF, 0xC2}, frame, true, false},
		"behind fill bytes":       {[]byte{0xFF, 0xFF, 0xFF}, frame, true, false},
		"behind what is no part":  {[]byte{7, 7}, frame, true, false},
		"behind a restart":        {[]byte{0xFF, 0xD0, 0xFF, 0xD8, 0xFF, 0}, frame, true, false},
		"behind a part too long":  {[]byte{0xFF, 0xE1, 0xFF, 0xFF}, frame, false, true},
		"not at all":              {[]byte{0xFF, 0xE0, 0, 2}, nil, false, true},
		"a length that is a lie":  {nil, []byte{0xFF, 0xC0, 0, 0, 8, 0}, true, false},
		"cut before its length":   {nil, []byte{0xFF, 0xC0, 0}, false, true},
		"a table is no beginning": {[]byte{0xFF, 0xC4, 0, 3, 0}, frame, true, false},
	} {
		got, progressive := startOfFrame(append(append([]byte{0xFF, 0xD8}, c.before...), c.frame...))
		require.Equal(t, c.progressive, progressive, name)
		if c.found && len(c.frame) > 6 {
			require.Equal(t, c.frame[4:], got, name)
		}
		require.Equal(t, c.found && len(c.frame) > 6, len(got) > 0, name)
	}
	for weight, frame := range map[int64][]byte{
		100: {0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8, 0, 10, 0, 10, 1, 1, 0x11, 0},                                     // grey
		300: {0xFF, 0xD8, 0xFF, 0xC0, 0, 17, 8, 0, 10, 0, 10, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0},             // 4:4:4
		200: {0xFF, 0xD8, 0xFF, 0xC0, 0, 17, 8, 0, 10, 0, 10, 3, 1, 0x21, 0, 2, 0x11, 0, 3, 0x11, 0},             // 4:2:2
		150: {0xFF, 0xD8, 0xFF, 0xC1, 0, 17, 8, 0, 10, 0, 10, 3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0},             // 4:2:0
		750: {0xFF, 0xD8, 0xFF, 0xC2, 0, 17, 8, 0, 10, 0, 10, 3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0},             // and progressive
		500: {0xFF, 0xD8, 0xFF, 0xDA, 0, 2},                                                                      // that says nothing
		400: {0xFF, 0xD8, 0xFF, 0xC0, 0, 20, 8, 0, 10, 0, 10, 4, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0}, // CMYK
	} {
		require.Equal(t, weight, jpegWeight(frame, 100))
	}
}
