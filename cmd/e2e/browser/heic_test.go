package browser

import (
	"bytes"
	_ "embed" // the pictures
	"encoding/binary"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels/simulator/twilio"
	"ringback/cmd/demo"
)

// A picture of 480 × 360 pixels, drawn for this test, by libheif's own program:
// heif-enc -q 40 mower.png, and with -A as AVIF.
var (
	//go:embed testdata/mower.heic
	aHEIC []byte
	//go:embed testdata/mower.avif
	anAVIF []byte
)

// TestHEIC is shown where the browser does not know it, and does no harm where it is made
// to.
func TestHEIC(t *testing.T) {
	t.Parallel()
	d := Demo(t)
	door := d.URL() + "/webhooks/twilio/messages"
	for _, sent := range []struct {
		text string
		file []byte
	}{
		{"as an iPhone takes it", aHEIC},
		{"in tiles", grid(2, 2, 960, 720, 960, 720)},
		{"larger than it says", grid(30, 30, 14_400, 10_800, 480, 360)},
		{"beyond bounds", grid(30, 30, 20_000, 20_000, 20_000, 20_000)},
		{"cut", aHEIC[:1000]},
		{"as AVIF", anAVIF},
	} {
		kind := "image/heic"
		if bytes.Equal(sent.file, anAVIF) {
			kind = "image/avif"
		}
		_, err := d.Simulator.Text(t.Context(), door, "+13125550142", demo.Numbers[0], sent.text, twilio.WithFile(sent.file, kind))
		require.NoError(t, err)
	}
	Run(t, "console_heic.mjs", consoleEnv(d))
}

// grid is a HEIC picture as phones make them, of tiles that are all the one picture
// above. Of its size it says says × so in ispe, and wide × high in the grid itself.
func grid(rows, columns, wide, high, says, so int) []byte {
	hvcC := aHEIC[bytes.Index(aHEIC, []byte("hvcC"))-4:]
	hvcC = hvcC[:binary.BigEndian.Uint32(hvcC)]
	tile := aHEIC[bytes.Index(aHEIC, []byte("mdat"))+4:]
	count := rows * columns
	each := func(part func(id int) []byte) (all []byte) {
		for id := 2; id < 2+count; id++ {
			all = append(all, part(id)...)
		}
		return all
	}
	meta := func(at int) []byte {
		return box("meta", long(0),
			box("hdlr", long(0, 0), []byte("pict"), long(0, 0, 0), []byte{0}),
			box("pitm", long(0), short(1)),
			box("iinf", long(0), short(1+count),
				box("infe", long(2<<24), short(1, 0), []byte("grid\x00")),
				each(func(id int) []byte { return box("infe", long(2<<24), short(id, 0), []byte("hvc1\x00")) })),
			box("iref", long(0), box("dimg", short(1, count), each(func(id int) []byte { return short(id) }))),
			box("iprp",
				box("ipco", hvcC, box("ispe", long(0, 480, 360)), box("ispe", long(0, says, so)), box("pixi", long(0), []byte{3, 8, 8, 8})),
				box("ipma", long(0, 1+count), short(1), []byte{2, 3, 4}, each(func(id int) []byte { return append(short(id), 3, 0x80|1, 2, 4) }))),
			box("idat", []byte{0, 1, byte(rows - 1), byte(columns - 1)}, long(wide, high)),
			box("iloc", long(1<<24), []byte{0x44, 0}, short(1+count),
				short(1, 1, 0, 1), long(0, 12),
				each(func(id int) []byte { return append(short(id, 0, 0, 1), long(at, len(tile))...) })))
	}
	head := slices.Concat(box("ftyp", []byte("heic"), long(0), []byte("mif1heic")))
	at := len(head) + len(meta(0)) + 8
	return slices.Concat(head, meta(at), box("mdat", tile))
}

func box(kind string, parts ...[]byte) []byte {
	inside := slices.Concat(parts...)
	return slices.Concat(long(8+len(inside)), []byte(kind), inside)
}

func long(numbers ...int) (out []byte) {
	for _, n := range numbers {
		out = binary.BigEndian.AppendUint32(out, uint32(n)) // #nosec G115 -- sizes of a small file
	}
	return out
}

func short(numbers ...int) (out []byte) {
	for _, n := range numbers {
		out = binary.BigEndian.AppendUint16(out, uint16(n)) // #nosec G115 -- likewise
	}
	return out
}
