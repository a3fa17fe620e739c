package media

import (
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Serve answers a file, or the part of it that was asked for. A browser shows
// only what can do no harm, believes the type alone, and runs nothing: a file
// is a stranger's.
func Serve(w http.ResponseWriter, r *http.Request, content io.ReadSeeker, kind, name, tag string, fresh time.Duration) {
	h := w.Header()
	disposition := "attachment"
	if Inline(kind) {
		disposition = "inline"
	}
	name = SavedAs(name, kind)
	h.Set("Content-Type", kind)
	if strings.HasPrefix(kind, "text/") {
		h.Set("Content-Type", kind+"; charset=utf-8")
	}
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": name}))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Content-Security-Policy", policy(kind))
	h.Set("Cache-Control", "private, max-age="+strconv.Itoa(int(max(fresh, 0).Seconds())))
	h.Set("ETag", strconv.Quote(tag))
	http.ServeContent(w, r, "", time.Time{}, content)
}

// policy lets a file do nothing. A browser's own reader of PDF files and its
// players do not work in a sandbox, and what they show is no page that could
// run a script.
func policy(kind string) string {
	const none = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'; frame-ancestors 'none'"
	if kind == "application/pdf" {
		return none + "; object-src 'self'"
	}
	if strings.HasPrefix(kind, "audio/") || strings.HasPrefix(kind, "video/") {
		return none
	}
	return none + "; sandbox"
}
