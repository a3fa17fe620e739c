package phone

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// upload sends a form with files as the page's script does.
func (w *world) upload(files [][]byte, fields ...string) (int, problem) {
	w.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, values := range w.form(fields...) {
		require.NoError(w.t, form.WriteField(name, values[0]))
	}
	for _, content := range files {
		part, err := form.CreateFormFile("picture", "field.png")
		require.NoError(w.t, err)
		_, err = part.Write(content)
		require.NoError(w.t, err)
	}
	require.NoError(w.t, form.Close())
	return w.send("/phone/texts", &body, form.FormDataContentType())
}

func TestAPictureByMMS(t *testing.T) {
	w := newWorld(t, "")
	next := w.states()
	next(says("No texts yet"))
	own := samples()[1].Content
	status, told := w.upload([][]byte{own}, "text", "It is <b>lit</b>")
	require.Equal(t, http.StatusNoContent, status, told)
	s := next(says("It is &lt;b&gt;lit", `alt="A picture that you sent"`, "MediaUrl0=http", "MediaContentType0=image/png", "NumMedia=1", "The file waits to be fetched"))
	shown := regexp.MustCompile(`<img src="(/phone/pictures/MM[0-9a-f]+/ME[0-9a-f]+)"`).FindStringSubmatch(s.Parts["thread"])
	require.NotNil(t, shown, s.Parts["thread"])
	status, content, header := w.get(shown[1])
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "image/png", header.Get("Content-Type"))
	require.Equal(t, string(own), content)
	status, _, _ = w.get(strings.Replace(shown[1], "ME", "MF", 1))
	require.Equal(t, http.StatusNotFound, status)

	status, told = w.upload(nil, "sample", "house")
	require.Equal(t, http.StatusNoContent, status, told)
	next(says("MediaContentType0=image/jpeg"))
	status, page := w.plain("/phone/texts", w.form("sample", "tractor"))
	require.Equal(t, http.StatusOK, status, "without a script")
	require.Equal(t, 3, strings.Count(page, `alt="A picture that you sent"`))
}

func TestPicturesThatAreNotTaken(t *testing.T) {
	w := newWorld(t, "")
	for name, c := range map[string]struct {
		files  [][]byte
		fields []string
		status int
		field  string
	}{
		"neither words nor a picture": {nil, nil, http.StatusUnprocessableEntity, "text"},
		"no picture":                  {[][]byte{[]byte("<svg onload=alert(1)>")}, nil, http.StatusUnprocessableEntity, "picture"},
		"an empty one":                {[][]byte{{}}, nil, http.StatusUnprocessableEntity, "picture"},
		"two":                         {[][]byte{samples()[0].Content, samples()[1].Content}, nil, http.StatusUnprocessableEntity, "picture"},
		"too large":                   {[][]byte{make([]byte, maxPicture+1)}, nil, http.StatusRequestEntityTooLarge, "picture"},
		"far too large":               {[][]byte{make([]byte, maxFiles+maxForm)}, nil, http.StatusRequestEntityTooLarge, ""},
		"none that lies ready":        {nil, []string{"sample", "moon"}, http.StatusUnprocessableEntity, "sample"},
	} {
		status, told := w.upload(c.files, c.fields...)
		require.Equal(t, c.status, status, name)
		if c.field != "" {
			require.Equal(t, c.field, told.Errors[0].Field, name)
		}
	}
	require.Empty(t, w.sim.Inbox(ann))
}

// TestAPictureOfTheTeams shows from where the gateway keeps it.
func TestAPictureOfTheTeams(t *testing.T) {
	w := newWorld(t, "")
	next := w.states()
	status, told := w.post("/phone/texts", w.form("text", "Is it repaired?"))
	require.Equal(t, http.StatusNoContent, status, told)
	next(says("Sent “"))
	picture := w.keeps("image/png", "Ready.png")
	offer := w.keeps("application/pdf", "Offer.pdf")
	w.advise("Look.", picture, offer)
	_, page, _ := w.get("/phone?" + w.form().Encode())
	require.Contains(t, page, `<img src="/m/`+picture+`" alt="A picture from the team: Ready.png">`)
	require.Contains(t, page, `<a href="/m/`+offer+`" target="_blank" rel="noopener">Offer.pdf</a>`)
}
