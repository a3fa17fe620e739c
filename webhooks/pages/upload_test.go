package pages_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/gateway/media"
	"ringback/gateway/media/blob"
	"ringback/gateway/requests"
	"ringback/gateway/rules"
)

// photo is a picture of that many bytes or more, different for each seed.
func photo(t testing.TB, seed uint8) []byte {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 64, 64))
	for n := range 64 * 64 {
		picture.Set(n%64, n/64, color.RGBA{seed, uint8(n), uint8(n / 64), 255}) //nolint:gosec // any color will do
	}
	var out bytes.Buffer
	require.NoError(t, jpeg.Encode(&out, picture, nil))
	return out.Bytes()
}

// meanwhile does something when the first file is stored.
type meanwhile struct {
	blob.Store
	once sync.Once
	do   func()
}

func (m *meanwhile) Put(ctx context.Context, name string, from io.Reader) error {
	m.once.Do(m.do)
	return m.Store.Put(ctx, name, from)
}

// TestPhotosOfSomebodyWhoIsMergedMeanwhile are whose they are by then: so they stand on
// the timeline of that one, and go with them when they are erased.
func TestPhotosOfSomebodyWhoIsMergedMeanwhile(t *testing.T) {
	w := newWorld(t)
	page := w.ask(rules.AskPhotoVideo)
	tx := w.db.MustBegin()
	known, err := contacts.FindOrCreate(t.Context(), tx, w.ticket.CompanyID, w.team.ID, w.ticket.SenderID, channels.SMS, "+12025550199", "Anna")
	require.NoError(t, err)
	require.NoError(t, tx.Commit())
	w.media.Blobs = &meanwhile{Store: w.media.Blobs, do: func() {
		by := contacts.Actor{CompanyID: w.ticket.CompanyID, TeamID: w.team.ID, Who: "Ann", At: noon}
		_, err := contacts.Merge(t.Context(), w.db, by, w.ticket.ContactID, known.ID)
		require.NoError(t, err)
	}}
	kind, body := form(t, "The pump", file{"pump.jpg", photo(t, 1)})
	require.Equal(t, http.StatusSeeOther, w.do("POST", page+"/files", bytes.NewReader(body), "Content-Type", kind).Status)
	for _, table := range []string{"messages", "media", "requests"} {
		require.Equal(t, 1, w.count(`select count(*) from `+table+` where contact_id = $1`, known.ID), table)
	}
}

// mp4 begins as a video does.
var mp4 = append([]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), bytes.Repeat([]byte("\x00\x00\x00\x08free"), 1000)...)

type file struct {
	name    string
	content []byte
}

// form is a browser's form with files.
func form(t testing.TB, comment string, files ...file) (string, []byte) {
	t.Helper()
	return formNamed(t, "", comment, files...)
}

// formNamed is the form of a page that named it so; empty: of one that named none.
func formNamed(t testing.TB, name, comment string, files ...file) (string, []byte) {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	if name != "" {
		require.NoError(t, w.WriteField("form", name))
	}
	for _, f := range files {
		part, err := w.CreateFormFile("files", f.name)
		require.NoError(t, err)
		_, err = part.Write(f.content)
		require.NoError(t, err)
	}
	require.NoError(t, w.WriteField("comment", comment))
	require.NoError(t, w.Close())
	return w.FormDataContentType(), body.Bytes()
}

func TestPhotosByAPlainForm(t *testing.T) {
	w := newWorld(t)
	path := w.ask(rules.AskPhotoVideo)
	kind, body := form(t, "the left one", file{"a.jpg", photo(t, 1)}, file{"clip.mp4", mp4})
	sent := w.do("POST", path+"/files", bytes.NewReader(body), "Content-Type", kind)
	require.Equal(t, http.StatusSeeOther, sent.Status, sent.Text)
	_, given := w.stored()
	require.Len(t, given.Files, 2)
	require.Equal(t, 2, w.count(`select count(*) from media where message_id = $1 and ticket_id = $2 and state = 'stored'`, given.Message, w.ticket.ID))
	require.Equal(t, 1, w.count(`select count(*) from messages where id = $1 and author = 'customer' and text = 'the left one' and jsonb_array_length(media) = 2`, given.Message))
	require.Contains(t, w.get(path).Text, "We received what you sent.")

	again := w.do("POST", path+"/files", bytes.NewReader(body), "Content-Type", kind)
	require.Equal(t, http.StatusConflict, again.Status)
	require.Equal(t, 2, w.count(`select count(*) from media`), "what comes twice is stored once")
}

func TestFilesThatAreNotTaken(t *testing.T) {
	w := newWorld(t)
	path := w.ask(rules.AskPhotoVideo)
	many := make([]file, 11)
	for n := range many {
		many[n] = file{"a.jpg", photo(t, uint8(n))} //nolint:gosec // eleven of them
	}
	for name, files := range map[string][]file{
		"a page that says it is a photo": {{"photo.jpg", []byte("<html><script>alert(1)</script></html>")}},
		"a program":                      {{"photo.png", append([]byte("MZ\x90\x00"), make([]byte, 500)...)}},
		"a drawing that runs scripts":    {{"photo.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`)}},
		"a document":                     {{"photo.pdf", []byte("%PDF-1.4\n%%EOF")}},
		"half a photo":                   {{"photo.jpg", photo(t, 1)[:200]}},
		"nothing":                        {{"photo.jpg", nil}},
		"no file":                        {},
		"too many":                       many,
	} {
		kind, body := form(t, "words that are kept", files...)
		got := w.do("POST", path+"/files", bytes.NewReader(body), "Content-Type", kind)
		require.Equal(t, http.StatusUnprocessableEntity, got.Status, name)
		require.Contains(t, got.Text, `role="alert"`, name)
	}
	kind, body := form(t, "", file{"a.jpg", photo(t, 1)})
	require.Equal(t, http.StatusUnprocessableEntity, w.do("POST", path+"/files", bytes.NewReader(body[:len(body)/2]), "Content-Type", kind).Status, "cut off")
	require.Equal(t, http.StatusUnprocessableEntity, w.do("POST", path+"/files", strings.NewReader("x"), "Content-Type", "text/plain").Status)
	require.Equal(t, http.StatusNotFound, w.do("POST", w.ask(rules.AskRating)+"/files", bytes.NewReader(body), "Content-Type", kind).Status)
	require.Equal(t, http.StatusUnprocessableEntity, w.post(path, "answer", "approve").Status, "a photo is not given by words")
	require.Zero(t, w.count(`select count(*) from requests where state = 'answered'`))
	require.Zero(t, w.count(`select count(*) from media`), "nothing of a refused form stays")
}

// begin announces a file and returns where its parts go.
func (w *world) begin(path, name string, size int) string {
	w.Helper()
	began := w.do("POST", path+"/uploads?name="+name+"&size="+strconv.Itoa(size), nil)
	require.Equal(w, http.StatusCreated, began.Status, began.Text)
	return began.Header.Get("Location")
}

func (w *world) part(at string, offset int, content []byte) page {
	w.Helper()
	return w.do("PATCH", at, bytes.NewReader(content), "Upload-Offset", strconv.Itoa(offset))
}

func TestUploadGoesOnWhereItBrokeOff(t *testing.T) {
	w := newWorld(t)
	path := w.ask(rules.AskPhotoVideo)
	picture := photo(t, 7)
	at := w.begin(path, "pump.jpg", len(picture))
	half := len(picture) / 2
	for range 2 { // a part that comes twice is there once
		w.part(at, 0, picture[:half])
	}
	require.Equal(t, http.StatusConflict, w.part(at, half+1, picture[half:]).Status)

	// The connection breaks in the middle of a part: what was announced does not come.
	connection, err := net.Dial("tcp", strings.TrimPrefix(w.base, "http://"))
	require.NoError(t, err)
	_, err = fmt.Fprintf(connection, "PATCH %s HTTP/1.1\r\nHost: x\r\nUpload-Offset: %d\r\nContent-Length: %d\r\n\r\n%s", at, half, len(picture)-half, picture[half:half+10])
	require.NoError(t, err)
	require.NoError(t, connection.(*net.TCPConn).CloseWrite())
	_, _ = io.ReadAll(connection)
	require.NoError(t, connection.Close())

	there := w.do("HEAD", at, nil)
	require.Equal(t, []string{strconv.Itoa(half), strconv.Itoa(len(picture))}, []string{there.Header.Get("Upload-Offset"), there.Header.Get("Upload-Length")})
	require.Equal(t, http.StatusNoContent, w.part(at, half, picture[half:]).Status)

	id := at[strings.LastIndex(at, "/")+1:]
	require.Equal(t, http.StatusSeeOther, w.post(path, "upload", id, "comment", "here").Status)
	_, given := w.stored()
	require.Len(t, given.Files, 1)
	require.Equal(t, "here", given.Comment)
	require.Equal(t, 1, w.count(`select count(*) from media where id = $1 and content_type = 'image/jpeg' and message_id = $2`, given.Files[0], given.Message))
	require.Equal(t, http.StatusGone, w.part(at, len(picture), nil).Status)
	require.Equal(t, http.StatusConflict, w.post(path, "upload", id).Status)
}

func TestWhatNobodyCameBackToIsSwept(t *testing.T) {
	w := newWorld(t)
	path, other := w.ask(rules.AskPhotoVideo), w.ask(rules.AskPhotoVideo)
	picture := photo(t, 9)
	sent := w.begin(path, "sent.jpg", len(picture))
	require.Equal(t, http.StatusNoContent, w.part(sent, 0, picture).Status)
	require.Equal(t, http.StatusSeeOther, w.post(path, "upload", sent[strings.LastIndex(sent, "/")+1:]).Status)
	whole := w.begin(other, "whole.jpg", len(picture))
	require.Equal(t, http.StatusNoContent, w.part(whole, 0, picture).Status)
	half := w.begin(other, "half.jpg", len(picture))
	require.Equal(t, http.StatusNoContent, w.part(half, 0, picture[:20]).Status)
	part := media.Part(w.team.CompanyID, half[strings.LastIndex(half, "/")+1:], 0)

	w.clock.Stop(noon.Add(47 * time.Hour))
	require.NoError(t, w.media.Sweep(t.Context()))
	require.Equal(t, http.StatusOK, w.do("HEAD", half, nil).Status, "there is time yet")
	lies, err := w.media.Blobs.Open(t.Context(), part)
	require.NoError(t, err)
	require.NoError(t, lies.Close())

	w.clock.Stop(noon.Add(49 * time.Hour))
	require.NoError(t, w.media.Sweep(t.Context()))
	require.Equal(t, http.StatusNotFound, w.do("HEAD", half, nil).Status)
	_, err = w.media.Blobs.Open(t.Context(), part)
	require.ErrorIs(t, err, blob.ErrNone)
	require.Equal(t, 1, w.count(`select count(*) from media`), "what was sent off stays")
	require.Zero(t, w.count(`select count(*) from uploads`))
	require.NoError(t, w.media.Sweep(t.Context()))
	fresh := w.begin(other, "half.jpg", len(picture)) // who comes back begins anew
	require.Equal(t, http.StatusNoContent, w.part(fresh, 0, picture).Status)
}

func TestPartsThatAreNotTaken(t *testing.T) {
	w := newWorld(t)
	path, other := w.ask(rules.AskPhotoVideo), w.ask(rules.AskPhotoVideo)
	for _, size := range []string{"", "0", "-1", "x", "104857601", "99999999999999999999"} {
		require.Equal(t, http.StatusUnprocessableEntity, w.do("POST", path+"/uploads?size="+size, nil).Status, size)
	}
	require.Equal(t, http.StatusNotFound, w.do("POST", w.ask(rules.AskRating)+"/uploads?size=5", nil).Status)
	at := w.begin(path, "a.jpg", 10)
	foreign := other + at[strings.Index(at, "/uploads/"):]
	require.Equal(t, http.StatusNotFound, w.part(foreign, 0, []byte("12345")).Status, "another request's upload")
	require.Equal(t, http.StatusNotFound, w.do("HEAD", foreign, nil).Status)
	require.Equal(t, http.StatusNotFound, w.part(path+"/uploads/x", 0, []byte("12345")).Status)
	require.Equal(t, http.StatusRequestEntityTooLarge, w.part(at, 0, []byte("12345678901")).Status, "more than was announced")
	require.Equal(t, http.StatusBadRequest, w.part(at, 0, nil).Status)
	require.Equal(t, http.StatusBadRequest, w.do("PATCH", at, strings.NewReader("12345")).Status, "without its place")
	lies := w.part(at, 0, []byte("<script>ha"))
	require.Equal(t, http.StatusUnprocessableEntity, lies.Status)
	id := at[strings.LastIndex(at, "/")+1:]
	require.Equal(t, http.StatusUnprocessableEntity, w.post(path, "upload", id).Status)
	require.Equal(t, http.StatusUnprocessableEntity, w.post(path, "upload", "x").Status)
	for range 29 {
		w.begin(path, "a.jpg", 10)
	}
	require.Equal(t, http.StatusConflict, w.do("POST", path+"/uploads?size=5", nil).Status)
	require.Zero(t, w.count(`select count(*) from media`))
}

// TestUploadsAreOfTheirLinkAlone: of another, of one that is over, or by another site's
// page, nothing is taken.
func TestUploadsAreOfTheirLinkAlone(t *testing.T) {
	w := newWorld(t)
	path, other := w.ask(rules.AskPhotoVideo), w.ask(rules.AskPhotoVideo)
	picture := photo(t, 3)
	at := w.begin(path, "a.jpg", len(picture))
	require.Equal(t, http.StatusNoContent, w.part(at, 0, picture).Status)
	id := at[strings.LastIndex(at, "/")+1:]
	require.Equal(t, http.StatusUnprocessableEntity, w.post(other, "upload", id).Status, "another link's file")

	kind, body := form(t, "the left one", file{"a.jpg", picture})
	for _, got := range []page{
		w.do("POST", path+"/files", bytes.NewReader(body), "Content-Type", kind, "Sec-Fetch-Site", "cross-site"),
		w.do("POST", path+"/uploads?size=5", nil, "Sec-Fetch-Site", "cross-site"),
		w.do("PATCH", at, strings.NewReader("12345"), "Upload-Offset", "0", "Sec-Fetch-Site", "cross-site"),
	} {
		require.Equal(t, http.StatusForbidden, got.Status, got.Text)
	}

	w.clock.Stop(noon.Add(requests.Life))
	for _, got := range []page{
		w.do("POST", path+"/files", bytes.NewReader(body), "Content-Type", kind), w.do("POST", path+"/uploads?size=5", nil),
		w.do("HEAD", at, nil), w.part(at, 0, []byte("12345")), w.post(path, "upload", id),
	} {
		require.Equal(t, http.StatusGone, got.Status, got.Text)
	}
	require.Zero(t, w.count(`select count(*) from requests where state = 'answered'`))
	require.Equal(t, 1, w.count(`select count(*) from media`), "the one that came in time, until it is swept")
}

// TestAFileHasSoManyParts at the most: each is a file of the store's.
func TestAFileHasSoManyParts(t *testing.T) {
	w := newWorld(t)
	path := w.ask(rules.AskPhotoVideo)
	at := w.begin(path, "a.mp4", 1000)
	w.db.MustExec(`update uploads set received = 399, parts = 399`)
	require.Equal(t, http.StatusNoContent, w.part(at, 399, []byte("x")).Status)
	require.Equal(t, http.StatusRequestEntityTooLarge, w.part(at, 400, []byte("x")).Status)
}

func TestWhatTheAdvisorAttachedStandsOnThePage(t *testing.T) {
	w := newWorld(t)
	staff := media.Upload{CompanyID: w.ticket.CompanyID, TeamID: w.team.ID, Name: "plan.jpg", Who: "Ann"}
	picture, err := w.media.Store(t.Context(), staff, bytes.NewReader(photo(t, 3)))
	require.NoError(t, err)
	path := w.ask(rules.AskApproval, func(r *requests.Request) { r.Attachments = []byte(`["` + picture.ID + `"]`) })
	link := regexp.MustCompile(`<img src="(/m/[^"]+)" alt="plan.jpg">`).FindStringSubmatch(w.get(path).Text)
	require.NotNil(t, link, "a link that opens this file and nothing else")
	followed, err := w.media.Follow(t.Context(), strings.TrimPrefix(link[1], media.LinkPath))
	require.NoError(t, err)
	require.Equal(t, "image/jpeg", followed.ContentType)
	require.NoError(t, followed.Close())
}

// TestWhoUploadedTooMuchWaits, by either door, and nothing of it stays.
func TestWhoUploadedTooMuchWaits(t *testing.T) {
	w := newWorld(t)
	path := w.ask(rules.AskPhotoVideo)
	large := bytes.Repeat(mp4, 500) // more than there is room for again meanwhile
	at := w.begin(path, "a.mp4", len(large))
	kind, body := form(t, "the left one", file{"a.mp4", large})
	w.pages.Spend("127.0.0.1")
	for _, got := range []page{w.do("POST", path+"/files", bytes.NewReader(body), "Content-Type", kind), w.part(at, 0, large)} {
		require.Equal(t, http.StatusTooManyRequests, got.Status, got.Text)
		require.NotEmpty(t, got.Header.Get("Retry-After"))
	}
	require.Zero(t, w.count(`select count(*) from media`))
	state, _ := w.stored()
	require.NotEqual(t, requests.Answered, state)
}

// TestEachShareIsCounted: a link, a team and a company have one as well as a network has.
func TestEachShareIsCounted(t *testing.T) {
	large := bytes.Repeat(mp4, 500) // more than there is room for again meanwhile
	for _, of := range []string{"link", "team", "company"} {
		t.Run(of, func(t *testing.T) {
			w := newWorld(t)
			path := w.ask(rules.AskPhotoVideo)
			var link string
			require.NoError(t, w.db.Get(&link, `select id from requests`))
			w.pages.SpendShare(of, map[string]string{"link": link, "team": w.team.ID, "company": w.ticket.CompanyID}[of])
			require.Equal(t, http.StatusTooManyRequests, w.part(w.begin(path, "a.mp4", len(large)), 0, large).Status)
			other := w.part(w.begin(w.ask(rules.AskPhotoVideo), "a.mp4", len(large)), 0, large)
			if of == "link" {
				require.Equal(t, http.StatusNoContent, other.Status, other.Text)
			} else {
				require.Equal(t, http.StatusTooManyRequests, other.Status, "by whichever link")
			}
		})
	}
}
