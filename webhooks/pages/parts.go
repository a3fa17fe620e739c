package pages

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/gateway/media"
	"ringback/gateway/requests"
	"ringback/gateway/rules"
	"ringback/settings"
	"ringback/webhooks/web/limit"
)

// A file that comes in parts can go on where it broke off, on any replica: each
// part lies in the store of files under the upload's name, and the row says
// how much is there. A part counts once it has come whole.
const (
	maxPart   = 8 << 20
	maxParts  = 400
	maxActive = 3 * maxFiles // uploads of one request, those that were given up included
)

// partial is an upload as its row has it.
type partial struct {
	CompanyID string  `db:"company_id"`
	ID        string  `db:"id"`
	Name      string  `db:"name"`
	Size      int64   `db:"size"`
	Received  int64   `db:"received"`
	Parts     int     `db:"parts"`
	MediaID   *string `db:"media_id"`
}

const (
	addUpload = `
insert into uploads (company_id, id, request_id, name, size, created_at)
select $1, $2, $3, $4, $5, $6 where (select count(*) from uploads where company_id = $1 and request_id = $3) < $7`
	findUpload = `
select company_id, id, name, size, received, parts, media_id from uploads where company_id = $1 and request_id = $2 and id = $3`
	lockUpload = findUpload + ` for update`
	growUpload = `update uploads set received = received + $4, parts = parts + 1 where company_id = $1 and id = $2 and received = $3`
	doneUpload = `update uploads set media_id = $3 where company_id = $1 and id = $2`
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
	id := uuid.Must(uuid.NewV7()).String()
	made, err := p.DB.ExecContext(g.Request.Context(), addUpload, v.CompanyID, id, v.ID, clipped(g.Query("name")), size, p.Clock.Now(), maxActive)
	if err != nil {
		p.fail(g, err)
		return
	}
	if n, _ := made.RowsAffected(); n == 0 {
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
	u, err := p.upload(g.Request.Context(), p.DB, findUpload, v, g.Param("id"))
	if p.lost(g, err) {
		return
	}
	g.Header("Upload-Offset", strconv.FormatInt(u.Received, 10))
	g.Header("Upload-Length", strconv.FormatInt(u.Size, 10))
	g.Status(http.StatusOK)
}

func (p *Pages) upload(ctx context.Context, q sqlx.QueryerContext, query string, v View, id string) (partial, error) {
	var u partial
	if !settings.IsID(id) {
		return u, settings.ErrNotFound
	}
	err := sqlx.GetContext(ctx, q, &u, query, v.CompanyID, v.ID, id)
	if errors.Is(err, sql.ErrNoRows) {
		return u, settings.ErrNotFound
	}
	return u, err
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
	u, err := p.upload(g.Request.Context(), p.DB, findUpload, v, g.Param("id"))
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

func (p *Pages) takePart(g *gin.Context, v View, u partial, size int64) {
	ctx := g.Request.Context()
	if size > 0 {
		meter := p.metered(g, v, io.LimitReader(g.Request.Body, size))
		body := &whole{from: meter, left: size}
		// A part that is sent twice at once is the same part; the row counts it
		// once.
		if err := p.Media.Blobs.Put(ctx, media.Part(u.CompanyID, u.ID, u.Parts), body); err != nil {
			if p.spent(g, meter) {
				return
			}
			if body.left > 0 {
				g.String(http.StatusBadRequest, "the part broke off\n")
				return
			}
			p.fail(g, err)
			return
		}
		grown, err := p.DB.ExecContext(ctx, growUpload, u.CompanyID, u.ID, u.Received, size)
		if err != nil {
			p.fail(g, err)
			return
		}
		if n, _ := grown.RowsAffected(); n == 0 {
			g.Status(http.StatusConflict)
			return
		}
	}
	if u.Received+size == u.Size {
		if err := p.complete(ctx, v, u.ID); err != nil {
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

const namedUploads = `
select company_id, id, name, size, received, parts, media_id from uploads
where company_id = $1 and request_id = $2 and id = any($3::uuid[]) and received = size order by created_at, id`

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
		var all []partial
		if err := p.DB.SelectContext(g.Request.Context(), &all, namedUploads, v.CompanyID, v.ID, pq.Array(ids)); err != nil {
			return a, err
		}
		a.Files = nil
		for _, u := range all {
			if u.MediaID != nil {
				a.Files = append(a.Files, *u.MediaID)
			} else if again == 0 {
				if err := p.complete(g.Request.Context(), v, u.ID); err != nil {
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
