package media

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAFileIsSavedAsWhatItIs: its name was a stranger's choice.
func TestAFileIsSavedAsWhatItIs(t *testing.T) {
	t.Parallel()
	for given, want := range map[[2]string]string{
		{"invoice.js", "text/plain"}:          "invoice.js.txt",
		{"Rechnung.html", "text/plain"}:       "Rechnung.html.txt",
		{"photo.exe", "image/jpeg"}:           "photo.exe.jpg",
		{"list.csv.lnk", "text/csv"}:          "list.csv.lnk.csv",
		{"report.hta. . ", "application/pdf"}: "report.hta.pdf",
		{"no ending", "application/pdf"}:      "no ending.pdf",
		{"Front door.JPG", "image/jpeg"}:      "Front door.JPG",
		{"front.jpeg", "image/jpeg"}:          "front.jpeg",
		{"notes.txt", "text/plain"}:           "notes.txt",
		{"quote.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}: "quote.docx",
		{"", "audio/mpeg"}:                          "file.mp3",
		{"strange.scr", "application/x-unheard-of"}: "strange.scr.bin",
	} {
		require.Equal(t, want, SavedAs(given[0], given[1]), given)
	}
	saved := httptest.NewRecorder()
	Serve(saved, httptest.NewRequest("GET", "/", nil), strings.NewReader("alert(1)"), "text/plain", "invoice.js", "tag", 0)
	require.Equal(t, "attachment; filename=invoice.js.txt", saved.Header().Get("Content-Disposition"))
}
