// Package assets is what every page of Ringback looks like: one stylesheet of
// custom properties (color for light and dark, type, space) and of base
// elements, buttons, forms, cards and bubbles; and how embedded files are
// served.
//
// The hard decision: a file's address carries a hash of its content, so that a
// browser may keep it for ever and still never shows a new page in old clothes.
package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed" // the stylesheet
	"encoding/hex"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"
)

//go:embed ringback.css
var stylesheet []byte

// Stylesheet is the one that every page begins with. The web-chat widget takes
// its custom properties into its shadow root.
var Stylesheet = NewFile("/assets/ringback.css", "text/css; charset=utf-8", stylesheet)

// Mount serves what all pages share. Browsers ask for an icon by themselves.
func Mount(router gin.IRouter) {
	Stylesheet.Mount(router)
	router.GET("/favicon.ico", func(g *gin.Context) { g.Status(http.StatusNoContent) })
}

// File is an embedded file at an address of its own.
type File struct {
	URL string // with the hash: "/assets/ringback.css?v=3f2a…"

	path, contentType, tag string
	content                []byte        // nil: it is embedded zipped alone
	zipped                 func() []byte // nil, asked for: it is no smaller
	policy                 string        // what a script may do as a worker
}

// NewFile returns a file to serve at a path.
func NewFile(path, contentType string, content []byte) File {
	sum := sha256.Sum256(content)
	tag := hex.EncodeToString(sum[:8])
	return File{
		URL: path + "?v=" + tag, path: path, contentType: contentType, tag: tag, content: content,
		// At the first that takes it: whoever starts the program for something else does not wait for it.
		zipped: sync.OnceValue(func() []byte { return zip(content) }),
	}
}

// NewZipped returns a file that is embedded as gzip packed it, and takes no more room in
// the binary.
func NewZipped(path, contentType string, zipped []byte) File {
	file := NewFile(path, contentType, zipped)
	file.content, file.zipped = nil, func() []byte { return zipped }
	return file
}

// Under gives a script a Content-Security-Policy of its own, which holds for a worker
// that it is begun as, whatever the page's own says.
func (f File) Under(policy string) File {
	f.policy = policy
	return f
}

// zip is the content as it goes over the wire to whoever takes it so; nil where that
// saves less than a tenth, as with pictures.
func zip(content []byte) []byte {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // the level is one that there is
	_, _ = w.Write(content)                                 // into memory, which takes it
	_ = w.Close()
	if out.Len() > len(content)*9/10 {
		return nil
	}
	return out.Bytes()
}

// Mount serves the file.
func (f File) Mount(router gin.IRouter) {
	router.GET(f.path, f.serve)
	router.HEAD(f.path, f.serve)
}

func (f File) serve(g *gin.Context) {
	header := g.Writer.Header()
	tag, content := f.tag, f.content
	if f.policy != "" {
		header.Set("Content-Security-Policy", f.policy)
	}
	if zipped := f.zipped(); zipped != nil {
		header.Set("Vary", "Accept-Encoding")
		if takesGzip(g.Request) {
			tag, content = f.tag+"-gzip", zipped
			header.Set("Content-Encoding", "gzip")
		} else if content == nil {
			content = f.Content()
		}
	}
	header.Set("ETag", `"`+tag+`"`)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-cache")
	if g.Query("v") == f.tag {
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if g.GetHeader("If-None-Match") == header.Get("ETag") {
		header.Del("Content-Encoding")
		g.Status(http.StatusNotModified)
		return
	}
	g.Data(http.StatusOK, f.contentType, content)
}

// takesGzip reports whether the asker names gzip and does not refuse it by a weight
// of nought (RFC 9110, 12.5.3).
func takesGzip(r *http.Request) bool {
	for one := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(one, ";")
		if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(weight), "q="), 64)
		return err != nil || q > 0
	}
	return false
}

// Content is what it serves.
func (f File) Content() []byte {
	if f.content != nil {
		return f.content
	}
	content, err := unzip(f.zipped())
	if err != nil {
		panic(err) // it is in the binary
	}
	return content
}

func unzip(zipped []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(zipped))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}
