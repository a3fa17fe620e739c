package api_test

import (
	"bytes"
	"log/slog"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"ringback/webhooks/api"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/channels/clock/clocktest"
	"ringback/gateway/inbox"
	"ringback/gateway/media"
	"ringback/gateway/media/blob"
	"ringback/gateway/messages"
	"ringback/settings"
	"ringback/webhooks/api/apitest"
)

// withMedia is a world whose files lie in a folder.
func withMedia(t *testing.T) (inboxWorld, *media.Archive) {
	w := newInbox(t)
	blobs, err := blob.NewDisk(t.TempDir())
	require.NoError(t, err)
	now := clocktest.StoppedAt(noon)
	archive := media.New(media.Config{
		DB: w.db, Blobs: blobs, Clock: now, Log: slog.New(slog.DiscardHandler), PublicURL: func() string { return "" },
		Accounts: settings.Accounts{Vault: &settings.Vault{}, DB: w.db},
	})
	engine := gin.New()
	api.Mount(engine, api.Config{DB: w.db, Clock: now, Vault: &settings.Vault{}, Bootstrap: bootstrap, Company: w.team.CompanyID, Inbox: inbox.Desk{DB: w.db, Clock: now, Media: archive}})
	w.Client = apitest.Serve(t, engine, bootstrap)
	return w, archive
}

const paper = "%PDF-1.7\nan offer"

func TestUpload(t *testing.T) {
	w, _ := withMedia(t)
	path := w.path + "/media"
	made := w.Must(http.StatusCreated, "POST", path+"?name=offer.pdf", paper, "Content-Type", "application/octet-stream")
	require.Equal(t, "offer.pdf", made["name"])
	require.Equal(t, "application/pdf", made["content_type"])
	require.EqualValues(t, len(paper), made["size"])
	require.Equal(t, "stored", made["state"])
	require.Equal(t, "2026-06-01T12:00:00Z", made["created_at"])
	at := strings.TrimPrefix(made["url"].(string), "/api/v1")
	require.Equal(t, path+"/"+made["id"].(string), at)

	whole := w.Do("GET", at, nil)
	require.Equal(t, http.StatusOK, whole.Status)
	require.Equal(t, paper, whole.Text)
	require.Equal(t, "application/pdf", whole.Header.Get("Content-Type"))
	require.Equal(t, "inline; filename=offer.pdf", whole.Header.Get("Content-Disposition"))
	require.Contains(t, whole.Header.Get("Content-Security-Policy"), "default-src 'none'")
	part := w.Do("GET", at, nil, "Range", "bytes=1-3")
	require.Equal(t, http.StatusPartialContent, part.Status)
	require.Equal(t, "PDF", part.Text)
	require.Equal(t, http.StatusNotModified, w.Do("GET", at, nil, "If-None-Match", whole.Header.Get("ETag")).Status)
	w.Refused(http.StatusNotFound, "GET", at+"/thumbnail", nil)
	require.Equal(t, map[string]string{"state": "is stored: only what failed can be fetched again"}, w.Refused(http.StatusConflict, "POST", at+"/retry", nil))

	other, _ := makeTeam(t, w.db, w.team.CompanyID, "+15005550007")
	w.Refused(http.StatusNotFound, "GET", "/teams/"+other.ID+"/media/"+made["id"].(string), nil)
	w.Refused(http.StatusNotFound, "GET", path+"/"+nobody, nil)
	w.With("").Refused(http.StatusUnauthorized, "GET", at, nil)
	require.Equal(t, http.StatusRequestedRangeNotSatisfiable, w.Do("GET", at, nil, "Range", "bytes=999-").Status)
}

func TestUploadByForm(t *testing.T) {
	w, _ := withMedia(t)
	form := func(fill func(*multipart.Writer)) (string, string) {
		var body bytes.Buffer
		m := multipart.NewWriter(&body)
		fill(m)
		require.NoError(t, m.Close())
		return body.String(), m.FormDataContentType()
	}
	body, kind := form(func(m *multipart.Writer) {
		require.NoError(t, m.WriteField("about", "the boiler"))
		f, err := m.CreateFormFile("anything", `C:\offers\"offer".pdf`)
		require.NoError(t, err)
		_, err = f.Write([]byte(paper))
		require.NoError(t, err)
	})
	made := w.Must(http.StatusCreated, "POST", w.path+"/media", body, "Content-Type", kind)
	require.Equal(t, `"offer".pdf`, made["name"])
	empty, emptyKind := form(func(m *multipart.Writer) { require.NoError(t, m.WriteField("file", "no file")) })
	for content, kind := range map[string]string{
		empty: emptyKind, body[:len(body)-60]: kind, body: "multipart/form-data", "no form": "multipart/form-data; boundary=x", "": "multipart/form-data; boundary=y",
	} {
		require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", w.path+"/media", content, "Content-Type", kind), "file", content)
	}
}

func TestUploadOfWhatIsNotTaken(t *testing.T) {
	w, _ := withMedia(t)
	for _, content := range []string{"", "<html><script>alert(1)</script>", "just words", "{}", "MZ\x90\x00", "%PDF" + strings.Repeat("x", media.Limit)} {
		for _, kind := range []string{"image/png", "application/json", "text/html; charset=x", "nonsense"} {
			said := w.Refused(http.StatusUnprocessableEntity, "POST", w.path+"/media", content, "Content-Type", kind)
			require.Contains(t, said, "file")
		}
		if len(content) > 1000 {
			break
		}
	}
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", w.path+"/media?nam=x", paper), "nam")
	require.Contains(t, w.Raw("POST /api/v1"+w.path+"/media HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "+bootstrap+"\r\nContent-Length: 90000\r\n\r\n"+paper), "broke off")
}

// TestTheTimelineShowsFiles in whatever state they are.
func TestTheTimelineShowsFiles(t *testing.T) {
	w, archive := withMedia(t)
	s := w.text(customer, "SM1", noon)
	lies := []channels.Media{{URL: "https://example.com/a.jpg", Name: "a.jpg"}, {URL: "https://example.com/b.jpg"}}
	said := messages.Message{
		ID: newID(), CompanyID: w.team.CompanyID, TeamID: w.team.ID, ContactID: s.contact, SenderID: w.sender.ID, TicketID: s.ticket,
		Author: "customer", Text: "look", Media: lies, At: noon,
	}
	require.NoError(t, messages.Insert(t.Context(), w.db, said))
	o := media.Origin{CompanyID: w.team.CompanyID, TeamID: w.team.ID, ContactID: s.contact, TicketID: s.ticket, MessageID: said.ID, Kind: channels.SMS}
	require.NoError(t, o.Expect(t.Context(), w.db, lies, clock.Due{}))
	shown := func() []any {
		for _, entry := range w.Must(http.StatusOK, "GET", w.path+"/tickets/"+s.ticket, nil)["timeline"].([]any) {
			if files, ok := entry.(object)["media"].([]any); ok {
				return files
			}
		}
		return nil
	}
	files := shown()
	require.Len(t, files, 2)
	first := files[0].(object)
	require.Equal(t, "a.jpg", first["name"])
	require.Equal(t, "waiting", first["state"])
	require.Equal(t, "/api/v1"+w.path+"/media/"+first["id"].(string), first["url"])
	w.Refused(http.StatusNotFound, "GET", w.path+"/media/"+first["id"].(string), nil)
	_, err := w.db.Exec(`update media set due_at = '2026-01-01'`)
	require.NoError(t, err)
	require.NoError(t, archive.Work(t.Context()))
	require.Equal(t, "refused", shown()[0].(object)["state"])
	require.Equal(t, "not_fetchable", shown()[1].(object)["reason"])
}
