package media_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"ringback/gateway/media"
	"ringback/gateway/media/blob"
	"ringback/settings"
)

func (w *world) upload(name string, content io.Reader) (media.Media, error) {
	return w.Store(w.t.Context(), media.Upload{CompanyID: w.origin.CompanyID, TeamID: w.origin.TeamID, Name: name, Who: "Maria"}, content)
}

// withExif puts an orientation, and a place where it was taken, into a JPEG.
func withExif(photo []byte, orientation uint16) []byte {
	part := append([]byte("Exif\x00\x00"), noted(orientation)...)
	out := append([]byte{}, photo[:2]...)
	out = append(out, 0xFF, 0xE1)
	out = binary.BigEndian.AppendUint16(out, uint16(len(part)+2))
	return append(append(out, part...), photo[2:]...)
}

// noted is Exif with an orientation, and a place behind it.
func noted(orientation uint16) []byte {
	tiff := []byte("MM\x00\x2a\x00\x00\x00\x08\x00\x01")
	tiff = binary.BigEndian.AppendUint16(tiff, 0x0112)
	tiff = append(tiff, 0, 3, 0, 0, 0, 1)
	tiff = binary.BigEndian.AppendUint16(tiff, orientation)
	tiff = append(tiff, 0, 0, 0, 0, 0, 0)
	return append(tiff, "GPS 41.8781 N 87.6298 W"...)
}

// withPNGExif puts the same into a PNG, behind its head.
func withPNGExif(photo []byte, orientation uint16) []byte {
	const head = 8 + 25
	part := append([]byte("eXIf"), noted(orientation)...)
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(part)-4))
	chunk = binary.BigEndian.AppendUint32(append(chunk, part...), crc32.ChecksumIEEE(part))
	return slices.Concat(photo[:head], chunk, photo[head:])
}

func reddish(c color.Color) bool {
	r, _, b, _ := c.RGBA()
	return r > 0xC000 && b < 0x4000
}

// TestAPhotoIsDrawnAnew: without where it was taken, and turned as it was held.
func TestAPhotoIsDrawnAnew(t *testing.T) {
	// Where the left half of the picture lies, for each orientation.
	red := map[uint16]image.Point{
		0: {10, 50}, 1: {10, 50}, 2: {190, 50}, 3: {190, 50}, 4: {10, 50}, 5: {50, 10}, 6: {50, 10}, 7: {50, 190}, 8: {50, 190}, 9: {10, 50},
	}
	w := newWorld(t)
	for orientation, at := range red {
		m, err := w.upload(`C:\photos\front door.JPG`, bytes.NewReader(withExif(jpegOf(picture(200, 100)), orientation)))
		require.NoError(t, err)
		require.Equal(t, "front door.JPG", m.Name)
		require.Equal(t, "image/jpeg", m.ContentType)
		require.Equal(t, media.Stored, m.State)
		stored := w.content(m, false)
		require.NotContains(t, string(stored), "GPS")
		require.NotContains(t, string(stored), "Exif")
		require.EqualValues(t, len(stored), m.Size)
		for _, small := range []bool{false, true} {
			p, err := jpeg.Decode(bytes.NewReader(w.content(m, small)))
			require.NoError(t, err)
			require.Equal(t, orientation >= 5 && orientation <= 8, p.Bounds().Dy() == 200, "%d", orientation)
			require.True(t, reddish(p.At(at.X, at.Y)), "%d, small %v: %v", orientation, small, p.At(at.X, at.Y))
		}
	}
}

// TestAPNGIsTurnedToo: screenshots and edited photos come as PNG, and note it alike.
func TestAPNGIsTurnedToo(t *testing.T) {
	w := newWorld(t)
	m, err := w.upload("door.png", bytes.NewReader(withPNGExif(pngOf(picture(200, 100)), 6)))
	require.NoError(t, err)
	stored := w.content(m, false)
	require.NotContains(t, string(stored), "GPS")
	p, _, err := image.Decode(bytes.NewReader(stored))
	require.NoError(t, err)
	require.Equal(t, 200, p.Bounds().Dy())
	require.True(t, reddish(p.At(50, 10)))
}

func TestPicturesKeepWhatShinesThrough(t *testing.T) {
	w := newWorld(t)
	clear := image.NewNRGBA(image.Rect(0, 0, 20, 10))
	clear.Set(3, 3, color.NRGBA{R: 255, A: 255})
	m, err := w.upload("logo.png", bytes.NewReader(pngOf(clear)))
	require.NoError(t, err)
	require.Equal(t, "image/png", m.ContentType)
	p, err := png.Decode(bytes.NewReader(w.content(m, false)))
	require.NoError(t, err)
	_, _, _, alpha := p.At(10, 5).RGBA()
	require.Zero(t, alpha)
}

// huge is a PNG that says it has so many pixels, and has none; deep one whose
// pixels have eight bytes.
func huge(width, height uint32) []byte { return hollow(width, height, 8) }
func deep(width, height uint32) []byte { return hollow(width, height, 16) }

func hollow(width, height uint32, depth byte) []byte {
	out := []byte("\x89PNG\r\n\x1a\n")
	head := binary.BigEndian.AppendUint32([]byte("IHDR"), width)
	head = append(binary.BigEndian.AppendUint32(head, height), depth, 6, 0, 0, 0)
	out = append(binary.BigEndian.AppendUint32(out, 13), head...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(head))
}

func office(t *testing.T, first string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"[Content_Types].xml", "_rels/.rels", first} {
		f, err := z.Create(name)
		require.NoError(t, err)
		_, err = io.WriteString(f, "<xml/>")
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.Bytes()
}

func TestWhatIsUploaded(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		content []byte
		kind    string
	}{
		"quote.pdf":  {[]byte("%PDF-1.7\n%..."), "application/pdf"},
		"list.csv":   {[]byte("name,price\nvalve,12\nhose,7\n"), "text/csv"},
		"plain.csv":  {[]byte("only one column\nof words\n"), "text/csv"},
		"quote.docx": {office(t, "word/document.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		"list.xlsx":  {office(t, "xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
		"old.doc":    {append([]byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}, make([]byte, 600)...), "application/msword"},
		"hello.mp3":  {[]byte(hello), "audio/mpeg"},
		"walk.mp4":   {append([]byte("\x00\x00\x00\x18ftypmp42"), make([]byte, 40)...), "video/mp4"},
		"IMG_1.HEIC": {append([]byte("\x00\x00\x00\x18ftypheic"), make([]byte, 40)...), "image/heic"},
	} {
		m, err := w.upload(name, iotest.OneByteReader(bytes.NewReader(c.content)))
		require.NoError(t, err, name)
		require.Equal(t, c.kind, m.ContentType, name)
		require.Equal(t, name, m.Name)
		require.Empty(t, m.Thumbnail)
		require.Equal(t, c.content, w.content(m, false), "stored as it is")
	}
}

func TestWhatIsNotUploaded(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		content io.Reader
		says    string
	}{
		"page.html":    {strings.NewReader("<!DOCTYPE html><script>alert(1)</script>"), "file_type"},
		"photo.jpg":    {strings.NewReader("<svg xmlns='http://www.w3.org/2000/svg'/>"), "file_type"},
		"old.msi":      {bytes.NewReader(append([]byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}, make([]byte, 600)...)), "file_type"},
		"words.txt":    {strings.NewReader("just words"), "file_type"},
		"archive.zip":  {bytes.NewReader(office(t, "other")), "file_type"},
		"nothing.jpg":  {strings.NewReader(""), "file_empty"},
		"half.jpg":     {bytes.NewReader(jpegOf(picture(200, 200))[:700]), "file_picture"},
		"cut off.jpg":  {io.MultiReader(bytes.NewReader(jpegOf(picture(200, 200))), iotest.ErrReader(errors.New("gone"))), "file_broken"},
		"cut off.pdf":  {io.MultiReader(strings.NewReader("%PDF-1.7\n"), bytes.NewReader(make([]byte, 100_000)), iotest.ErrReader(errors.New("gone"))), "file_broken"},
		"bomb.png":     {bytes.NewReader(huge(25_000, 25_000)), "file_pixels"},
		"deep.png":     {bytes.NewReader(deep(7000, 7142)), "file_pixels"},
		"line.png":     {bytes.NewReader(huge(40_000, 1)), "file_pixels"},
		"too large":    {io.MultiReader(strings.NewReader("%PDF-1.7\n"), io.LimitReader(zeros{}, media.Limit)), "file_large"},
		"large.jpg":    {io.MultiReader(bytes.NewReader(jpegOf(picture(8, 8))), io.LimitReader(zeros{}, media.Limit)), "file_large"},
		"long.mp4":     {io.MultiReader(strings.NewReader("\x00\x00\x00\x18ftypmp42"), io.LimitReader(zeros{}, media.VideoLimit)), "file_large"},
		"unending.mp3": {io.MultiReader(strings.NewReader(hello), zeros{}), "file_large"},
	} {
		_, err := w.upload(name, c.content)
		var wrong settings.Invalid
		require.ErrorAs(t, err, &wrong, name)
		require.Equal(t, "file", wrong[0].Field)
		require.Equal(t, c.says, wrong[0].Code, name)
	}
	var rows int
	require.NoError(t, w.db.Get(&rows, `select count(*) from media`))
	require.Zero(t, rows)
}

// TestTheStaffDoNotWaitForStrangers: as many pictures of strangers as there is
// room for wait at their own door; one more is told to come again.
func TestTheStaffDoNotWaitForStrangers(t *testing.T) {
	slow := &slowStore{entered: make(chan struct{}, 100), open: make(chan struct{})}
	w := newWorld(t, func(c *media.Config) { slow.Store, c.Blobs = c.Blobs, slow })
	photo := jpegOf(picture(8, 8))
	stranger := media.Upload{CompanyID: w.origin.CompanyID, TeamID: w.origin.TeamID, Name: "a.jpg", Visitor: "v_1"}
	ended := make(chan error, 100)
	begin := func(u media.Upload) {
		go func() {
			_, err := w.Store(t.Context(), u, bytes.NewReader(photo))
			ended <- err
		}()
	}
	slow.shut.Store(true)
	begin(stranger)
	<-slow.entered // it holds the room
	for range 17 {
		begin(stranger)
	}
	require.ErrorIs(t, <-ended, media.ErrBusy, "sixteen wait, and one finds no place")
	slow.shut.Store(false)
	_, err := w.upload("staff.jpg", bytes.NewReader(photo))
	require.NoError(t, err, "theirs is another room")
	close(slow.open)
	for range 17 {
		require.NoError(t, <-ended)
	}
	var rows int
	require.NoError(t, w.db.Get(&rows, `select count(*) from media`))
	require.Equal(t, 18, rows)
}

// slowStore lets nobody read while it is shut.
type slowStore struct {
	blob.Store
	shut    atomic.Bool
	entered chan struct{}
	open    chan struct{}
}

func (s *slowStore) Open(ctx context.Context, name string) (io.ReadSeekCloser, error) {
	if s.shut.Load() {
		s.entered <- struct{}{}
		<-s.open
	}
	return s.Store.Open(ctx, name)
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

func TestAVideoMayBeLong(t *testing.T) {
	w := newWorld(t)
	m, err := w.upload("long.mp4", io.MultiReader(strings.NewReader("\x00\x00\x00\x18ftypmp42"), io.LimitReader(zeros{}, media.Limit+1)))
	require.NoError(t, err)
	require.EqualValues(t, media.Limit+13, m.Size)
}

func TestNamesOfFiles(t *testing.T) {
	w := newWorld(t)
	for given, kept := range map[string]string{
		"../../etc/passwd":                "passwd",
		`..\..\boot.ini`:                  "boot.ini",
		"/":                               "",
		"..":                              "",
		"a\r\nSet-Cookie: x":              "aSet-Cookie: x",
		"invoice\u202Efdp.exe":            "invoicefdp.exe",
		"\xff\xfea.pdf":                   "a.pdf",
		"nul\x00.pdf":                     "nul.pdf",
		strings.Repeat("ü", 300) + ".pdf": strings.Repeat("ü", 146) + ".pdf",
	} {
		m, err := w.upload(given, strings.NewReader("%PDF-1.7\n"))
		require.NoError(t, err)
		require.Equal(t, kept, m.Name)
	}
}

// TestUploadWithoutARow leaves no file that nobody knows of.
func TestUploadWithoutARow(t *testing.T) {
	kept := &listedStore{names: map[string]bool{}}
	w := newWorld(t, func(c *media.Config) { kept.Store, c.Blobs = c.Blobs, kept })
	_, err := w.db.Exec(`alter table media add constraint never check (false)`)
	require.NoError(t, err)
	_, err = w.upload("a.jpg", bytes.NewReader(jpegOf(picture(8, 8))))
	require.ErrorContains(t, err, "never")
	require.Empty(t, kept.names)
	for _, broken := range []io.Reader{bytes.NewReader(jpegOf(picture(200, 200))[:700]), bytes.NewReader(huge(25_000, 25_000))} {
		_, err = w.upload("a.jpg", broken)
		require.Error(t, err)
		require.Empty(t, kept.names)
	}
	_, err = w.db.Exec(`alter table media drop constraint never`)
	require.NoError(t, err)
	_, err = w.upload("a.jpg", bytes.NewReader(jpegOf(picture(8, 8))))
	require.NoError(t, err)
	require.Len(t, kept.names, 2, "the picture and its thumbnail")
	_, err = w.upload("a.gif", strings.NewReader("GIF89a no more of it"))
	require.Error(t, err, "what cannot be followed to its end may say where it was taken")
	require.Len(t, kept.names, 2)
}
