package media

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

// anOgg puts packets into pages of at most so many pieces.
func anOgg(granule uint64, pieces int, packets ...[]byte) []byte {
	var lacing, body, out []byte
	flush := func(ends uint64) {
		page := append([]byte("OggS\x00\x00"), binary.LittleEndian.AppendUint64(nil, ends)...)
		page = append(page, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, byte(len(lacing)))
		out = append(append(append(out, page...), lacing...), body...)
		lacing, body = nil, nil
	}
	for _, packet := range packets {
		for left := packet; ; left = left[255:] {
			if len(lacing) == pieces {
				flush(^uint64(0))
			}
			if len(left) < 255 {
				lacing, body = append(lacing, byte(len(left))), append(body, left...)
				break
			}
			lacing, body = append(lacing, 255), append(body, left[:255]...)
		}
	}
	flush(granule)
	return out
}

func opusHead(channels byte) []byte {
	return append([]byte("OpusHead\x01"), channels, 0x38, 1, 0x80, 0xBB, 0, 0, 0, 0, 0)
}

func TestAVoiceNoteForSafari(t *testing.T) {
	note := func(packets ...[]byte) []byte {
		return anOgg(2500, 3, append([][]byte{opusHead(1), []byte("OpusTags")}, packets...)...)
	}
	first, second := append([]byte{1 << 3}, bytes.Repeat([]byte{7}, 600)...), []byte{1 << 3, 1, 2} // 20 ms each
	caf, err := CAF(bytes.NewReader(note(first, second, second)))
	require.NoError(t, err)
	raw, err := io.ReadAll(caf)
	require.NoError(t, err)
	be := binary.BigEndian
	want := []byte("caff\x00\x01\x00\x00desc\x00\x00\x00\x00\x00\x00\x00\x20\x40\xE7\x70\x00\x00\x00\x00\x00opus\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03\xC0\x00\x00\x00\x01\x00\x00\x00\x00")
	want = append(want, "chan\x00\x00\x00\x00\x00\x00\x00\x0C\x00\x64\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00pakt\x00\x00\x00\x00\x00\x00\x00\x1C"...)
	want = be.AppendUint64(be.AppendUint64(want, 3), 2500-312)
	want = be.AppendUint32(be.AppendUint32(want, 312), 3*960-2500)
	want = append(want, 0x84, 0x59, 3, 3) // 601 in two bytes
	want = append(want, "data\x00\x00\x00\x00\x00\x00\x02\x63\x00\x00\x00\x00"...)
	want = append(append(append(want, first...), second...), second...)
	require.Equal(t, want, raw)

	differing, err := readOpus(note(second, []byte{2 << 3, 1}))
	require.NoError(t, err)
	require.Equal(t, []int{960, 1920}, differing.samples)
	require.Contains(t, string(differing.caf()), "\x03\x87\x40\x02\x8F\x00", "where they differ each packet says how long it is")

	for name, raw := range map[string][]byte{
		"nothing": nil, "no pages": []byte("RIFF, or anything else that is long enough"), "no packets": note(),
		"Vorbis": anOgg(9, 3, []byte("\x01vorbis, whose head is long enough")), "six channels": anOgg(9, 3, opusHead(6), []byte("OpusTags"), second),
		"a packet of two seconds": note([]byte{1<<3 | 3, 63}), "cut": note(first)[:300],
	} {
		_, err := CAF(bytes.NewReader(raw))
		require.ErrorIs(t, err, ErrNoOpus, name)
	}
}

func FuzzCAF(f *testing.F) {
	f.Add(anOgg(2500, 3, opusHead(2), []byte("OpusTags"), []byte{1 << 3, 1, 2}, []byte{2 << 3, 1}))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if caf, err := CAF(bytes.NewReader(raw)); err == nil {
			whole, err := io.ReadAll(caf)
			require.NoError(t, err)
			require.Less(t, len(whole), 4*len(raw)+200)
		}
	})
}

func TestWhatAPageShows(t *testing.T) {
	for kind, want := range map[string]string{
		"image/jpeg": "image", "image/heic": "heic", "image/heif": "heic", "image/avif": "image", "image/bmp": "image", "image/tiff": "file", "image/svg+xml": "file", "application/pdf": "file",
		"audio/ogg": "audio", "audio/mpeg": "audio", "audio/amr": "file", "video/mp4": "video", "": "file", "text/plain": "file",
	} {
		require.Equal(t, want, Shown(kind), kind)
	}
}
