// Package assets is what every page of Ringback looks like: one stylesheet of
// custom properties (color for light and dark, type, space) and of base
// elements, buttons, forms, cards and bubbles; and how embedded files are
// served.
//
// The hard decision: a file's address carries a hash of its content, so that a
// browser may keep it for ever and still never shows a new page in old clothes.
package assets

import (
	"crypto/sha256"
	_ "embed" // the stylesheet
	"encoding/hex"
	"net/http"

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
	content                []byte
}

// NewFile returns a file to serve at a path.
func NewFile(path, contentType string, content []byte) File {
	sum := sha256.Sum256(content)
	tag := hex.EncodeToString(sum[:8])
	return File{URL: path + "?v=" + tag, path: path, contentType: contentType, tag: tag, content: content}
}

// Mount serves the file.
func (f File) Mount(router gin.IRouter) {
	router.GET(f.path, f.serve)
	router.HEAD(f.path, f.serve)
}

func (f File) serve(g *gin.Context) {
	header := g.Writer.Header()
	header.Set("ETag", `"`+f.tag+`"`)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-cache")
	if g.Query("v") == f.tag {
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if g.GetHeader("If-None-Match") == header.Get("ETag") {
		g.Status(http.StatusNotModified)
		return
	}
	g.Data(http.StatusOK, f.contentType, f.content)
}

// Content is what it serves.
func (f File) Content() []byte { return f.content }
