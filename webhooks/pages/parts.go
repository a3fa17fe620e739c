package pages

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"ringback/gateway/media"
	"ringback/gateway/requests"
	"ringback/gateway/rules"
	"ringback/settings"
	"ringback/webhooks/web/limit"
)

// Bounds of a file that comes in parts: in bytes of a part, in parts, and in uploads of one
// request, those that were given up included.
const (
	maxPart   = 8 << 20
	maxParts  = 400
	maxActive = 3 * maxFiles
)

// beginUpload announces a file: its name and size in bytes. It answers where its
// parts go.
func (p *Pages) beginUpload(g *gin.Context) {
	v, ok := p.uploading(g)
	if !ok {
		return
	}
	size, err := strconv.ParseInt(g.Query("size"), 10, 64)
	if err != nil || size < 1 || size > media.VideoLimit {
		g.String(http.StatusUnprocessableEntity, "size: must be the number of bytes, at most %d\n", media.VideoLimit)
		return
	}
	id, err := media.BeginPartial(g.Request.Context(), p.DB, v.CompanyID, v.ID, clipped(g.Query("name")), size, p.Clock.Now(), maxActive)
	if err != nil {
		p.fail(g, err)
		return
	}
	if id == "" {
		g.String(http.StatusConflict, "too many files were begun\n")
		return
	}
	g.Header("Location", v.Path+"/uploads/"+id)
	g.Header("Upload-Offset", "0")
	g.Status(http.StatusCreated)
}

// uploading is the request that files are sent for, while it is open.
func (p *Pages) uploading(g *gin.Context) (View, bool) {
	if foreign(g.Request) {
		g.String(http.StatusForbidden, "this came from another site\n")
		return View{}, false
	}
	v, ok := p.find(g)
	if !ok {
		return v, false
	}
	if v.Kind != rules.AskPhotoVideo {
		g.Status(http.StatusNotFound)
		return v, false
	}
	if v.State == requests.Answered || !v.Live(p.Clock.Now()) {
		g.String(http.StatusGone, "nothing is asked for here any more\n")
		return v, false
	}
	return v, true
}

// howFar says how much of a file is there, for who goes on after a break.
func (p *Pages) howFar(g *gin.Context) {
	v, ok := p.uploading(g)
	if !ok {
		return
	}
	u, err := media.FindPartial(g.Request.Context(), p.DB, v.CompanyID, v.ID, g.Param("id"))
	if p.lost(g, err) {
		return
	}
	g.Header("Upload-Offset", strconv.FormatInt(u.Received, 10))
	g.Header("Upload-Length", strconv.FormatInt(u.Size, 10))
	g.Status(http.StatusOK)
}

func (p *Pages) lost(g *gin.Context, err error) bool {
	switch {
	case errors.Is(err, settings.ErrNotFound):
		g.Status(http.StatusNotFound)
	case err != nil:
		p.fail(g, err)
	default:
		return false
	}
	return true
}

// addPart takes the next part of a file, which begins at Upload-Offset. One
// that does not begin where the last ended is 409 with how much is there, so
// that a part that comes twice is stored once.
func (p *Pages) addPart(g *gin.Context) {
	v, ok := p.uploading(g)
	if !ok {
		return
	}
	g.Request.Body = io.NopCloser(limit.Steady(g.Writer, g.Request.Body, slowly))
	u, err := media.FindPartial(g.Request.Context(), p.DB, v.CompanyID, v.ID, g.Param("id"))
	if p.lost(g, err) {
		return
	}
	offset, err := strconv.ParseInt(g.GetHeader("Upload-Offset"), 10, 64)
	size := g.Request.ContentLength
	switch {
	case err != nil || size < 0:
		g.String(http.StatusBadRequest, "Upload-Offset and Content-Length are needed\n")
	case offset != u.Received:
		g.Header("Upload-Offset", strconv.FormatInt(u.Received, 10))
		g.Status(http.StatusConflict)
	case size > maxPart || offset+size > u.Size || u.Parts >= maxParts:
		g.String(http.StatusRequestEntityTooLarge, "a part can have %d bytes, and a file as many as were announced\n", maxPart)
	case size == 0 && u.MediaID == nil && u.Received < u.Size:
		g.String(http.StatusBadRequest, "the part is empty\n")
	default:
		p.takePart(g, v, u, size)
	}
}

func (p *Pages) takePart(g *gin.Context, v View, u media.Partial, size int64) {
	ctx := g.Request.Context()
	if size > 0 {
		meter := p.metered(g, v, io.LimitReader(g.Request.Body, size))
		body := &whole{from: meter, left: size}
		first, err := p.Media.AddPart(ctx, u, size, body)
		switch {
		case err != nil && p.spent(g, meter):
			return
		case err != nil && body.left > 0:
			g.String(http.StatusBadRequest, "the part broke off\n")
			return
		case err != nil:
			p.fail(g, err)
			return
		case !first:
			g.Status(http.StatusConflict)
			return
		}
	}
	if u.Received+size == u.Size {
		if err := p.join(ctx, v, u); err != nil {
			var why refused
			if errors.As(err, &why) {
				g.String(http.StatusUnprocessableEntity, "%s\n", v.Words.T("fault."+string(why)))
				return
			}
			p.fail(g, err)
			return
		}
	}
	g.Header("Upload-Offset", strconv.FormatInt(u.Received+size, 10))
	g.Status(http.StatusNoContent)
}

// sent are the files that came in parts, as the answer to the request. One
// whose last part came but whose file was not made, is made now.
func (p *Pages) sent(g *gin.Context, v View) (requests.Answer, error) {
	a := requests.Answer{Comment: clipped(g.Request.PostForm.Get("comment"))}
	var ids []string
	for _, id := range g.Request.PostForm["upload"] {
		if settings.IsID(id) {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 || len(ids) > maxFiles {
		return a, refused("none")
	}
	for again := range 2 {
		all, err := media.WholePartials(g.Request.Context(), p.DB, v.CompanyID, v.ID, ids)
		if err != nil {
			return a, err
		}
		a.Files = nil
		for _, u := range all {
			if u.MediaID != nil {
				a.Files = append(a.Files, *u.MediaID)
			} else if again == 0 {
				if err := p.join(g.Request.Context(), v, u); err != nil {
					return a, err
				}
			}
		}
		if len(a.Files) == len(ids) {
			return a, nil
		}
	}
	return a, refused("broken")
}

// join makes a file of the parts, once.
func (p *Pages) join(ctx context.Context, v View, u media.Partial) error {
	return p.Media.Join(ctx, u, func(name string, from io.Reader) (string, error) { return p.keep(ctx, v, name, from) })
}

// whole is a body that is as long as it was said to be, or an error.
type whole struct {
	from io.Reader
	left int64 // bytes
}

func (w *whole) Read(b []byte) (int, error) {
	n, err := w.from.Read(b)
	w.left -= int64(n)
	if errors.Is(err, io.EOF) && w.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}
