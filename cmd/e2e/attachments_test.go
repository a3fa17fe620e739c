package e2e

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// packed is an Office document of today: an archive with one part of its own.
func packed(t *testing.T, part string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"[Content_Types].xml", "_rels/.rels", part} {
		f, err := z.Create(name)
		require.NoError(t, err)
		_, err = io.WriteString(f, "<xml/>")
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.Bytes()
}

var onPage = regexp.MustCompile(`(?:href|src)="(/m/[^"]*)"`)

// Whatever an advisor may attach, the customer can see or save, and nothing of
// it can do anything in their browser.
func TestAttachmentsOfEveryKind(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Clock.Stop(time.Date(2026, 6, 1, 15, 0, 0, 0, time.UTC))
	w.text(caller, "hello")
	w.settle()
	ole := append([]byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}, make([]byte, 600)...)
	kinds := []struct {
		ending, kind string
		content      []byte
		shown        bool // in the browser, or else saved
	}{
		{"jpg", "image/jpeg", photo(t), true},
		{"png", "image/jpeg", tinyPNG, true}, // nothing shines through
		{"mp3", "audio/mpeg", []byte("ID3\x04\x00 a voice says hello"), true},
		{"mp4", "video/mp4", append([]byte("\x00\x00\x00\x18ftypmp42"), make([]byte, 40)...), true},
		{"pdf", "application/pdf", []byte("%PDF-1.7\n%..."), true},
		{"csv", "text/csv", []byte("name,price\nvalve,12\nhose,7\n"), false},
		{"xls", "application/vnd.ms-excel", ole, false},
		{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", packed(t, "xl/workbook.xml"), false},
		{"doc", "application/msword", ole, false},
		{"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", packed(t, "word/document.xml"), false},
	}
	var ids []string
	for _, k := range kinds {
		status, made := w.send(k.ending, k.content)
		require.Equal(t, http.StatusCreated, status, "%s: %v", k.ending, made)
		require.Equal(t, k.kind, made["content_type"], k.ending)
		ids = append(ids, made["id"].(string))
	}
	at := w.ticketOf(caller) + "/requests"
	status, refused := w.api("POST", at, object{"kind": "approval", "attachments": append(ids, ids[0])})
	require.Equal(t, http.StatusUnprocessableEntity, status, refused)
	status, asked := w.api("POST", at, object{"kind": "approval", "message": "As quoted?", "attachments": ids})
	require.Equal(t, http.StatusCreated, status, asked)

	page, err := http.Get(asked["url"].(string)) //nolint:noctx // as a browser would
	require.NoError(t, err)
	text, err := io.ReadAll(page.Body)
	_ = page.Body.Close()
	require.NoError(t, err)
	var links []string
	for _, found := range onPage.FindAllStringSubmatch(string(text), -1) {
		if !slices.Contains(links, found[1]) { // a picture opens itself
			links = append(links, found[1])
		}
	}
	require.Len(t, links, len(kinds))
	for n, k := range kinds {
		answer, err := http.Get(w.URL() + links[n]) //nolint:noctx // as a browser would
		require.NoError(t, err)
		content, err := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, answer.StatusCode, k.ending)
		require.True(t, strings.HasPrefix(answer.Header.Get("Content-Type"), k.kind), "%s is served as %s", k.ending, answer.Header.Get("Content-Type"))
		require.Equal(t, "nosniff", answer.Header.Get("X-Content-Type-Options"))
		require.Contains(t, answer.Header.Get("Content-Security-Policy"), "default-src 'none'")
		require.Equal(t, k.shown, strings.HasPrefix(answer.Header.Get("Content-Disposition"), "inline"), k.ending)
		if !strings.HasPrefix(k.kind, "image/") { // pictures are written anew
			require.Equal(t, k.content, content, k.ending)
		}
	}

	for name, lie := range map[string][]byte{"jpg": []byte("<script>alert(1)</script>"), "pdf": []byte("MZ\x90\x00"), "docx": packed(t, "evil/macro.bin"), "csv": {}} {
		status, made := w.send(name, lie)
		require.Equal(t, http.StatusUnprocessableEntity, status, "%s: %v", name, made)
	}
}
