package pages

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"ringback/gateway/media"
	"ringback/gateway/requests"
	"ringback/gateway/rules"
	"ringback/settings"
	"ringback/webhooks/web/limit"
)

// Bounds of what is sent at once, and how long that may take on a poor line.
const (
	maxFiles  = 10
	maxUpload = 320 << 20
	slowly    = 15 * time.Minute
)

// A file that cannot be taken, in the key that says why.
type refused string

func (r refused) Error() string { return string(r) }

// files takes photos and videos from a plain form, which is all that a browser
// without JavaScript has.
func (p *Pages) files(g *gin.Context) {
	if foreign(g.Request) {
		p.message(g, http.StatusForbidden, "foreign")
		return
	}
	v, ok := p.find(g)
	if !ok {
		return
	}
	if v.Kind != rules.AskPhotoVideo {
		p.message(g, http.StatusNotFound, "unknown")
		return
	}
	late := v.State == requests.Answered || !v.Live(p.Clock.Now())
	g.Request.Body = http.MaxBytesReader(g.Writer, g.Request.Body, maxUpload)
	meter := p.metered(g, v, limit.Steady(g.Writer, g.Request.Body, slowly))
	g.Request.Body = io.NopCloser(meter)
	take := p.take
	if late {
		take = p.ignore
	}
	a, err := take(g, &v)
	if err != nil { // nothing of a refused form stays
		p.drop(g.Request.Context(), v, a.Files...)
	}
	if p.spent(g, meter) {
		return
	}
	if late {
		p.give(g, v, requests.Answer{})
		return
	}
	p.giveFiles(g, v, a, err)
}

// ignore reads a form to which there is an answer already, for its name alone. It reads
// all of it: a browser that is answered while it still sends shows no answer.
func (p *Pages) ignore(g *gin.Context, v *View) (a requests.Answer, err error) {
	form, err := g.Request.MultipartReader()
	for err == nil {
		var part *multipart.Part
		if part, err = form.NextPart(); err == nil && part.FormName() == "form" {
			v.Sent, err = formOf(part)
		}
	}
	return a, err
}

// drop deletes what came with a form that was not taken.
func (p *Pages) drop(ctx context.Context, v View, files ...string) {
	if err := p.Media.Drop(context.WithoutCancel(ctx), v.CompanyID, files...); err != nil {
		p.Log.Warn("files of a refused form are left to the sweep", "error", err)
	}
}

// giveFiles stores the answer of files, or says what is wrong with them.
func (p *Pages) giveFiles(g *gin.Context, v View, a requests.Answer, err error) {
	var why refused
	switch {
	case errors.As(err, &why):
		v.Fault, v.Comment = string(why), a.Comment
		p.draw(g, http.StatusUnprocessableEntity, "photo_video.html", v)
	case err != nil:
		p.fail(g, err)
	default:
		p.give(g, v, a)
	}
}

// take stores the files of a form one by one as they come in. The form is read
// as a stream: a video never lies in memory.
func (p *Pages) take(g *gin.Context, v *View) (requests.Answer, error) {
	var a requests.Answer
	form, err := g.Request.MultipartReader()
	if err != nil {
		return a, refused("form")
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return a, broken(err)
		}
		if err := p.part(g.Request.Context(), v, part, &a); err != nil {
			return a, err
		}
	}
	if len(a.Files) == 0 {
		return a, refused("none")
	}
	return a, nil
}

func (p *Pages) part(ctx context.Context, v *View, part *multipart.Part, a *requests.Answer) (err error) {
	switch part.FormName() {
	case "form":
		if v.Sent, err = formOf(part); err != nil {
			return broken(err)
		}
	case "comment":
		raw, err := io.ReadAll(io.LimitReader(part, 8*maxComment))
		if err != nil {
			return broken(err)
		}
		a.Comment = clipped(string(raw))
	case "files":
		if part.FileName() == "" { // a form with no file chosen sends an empty one
			return nil
		}
		if len(a.Files) == maxFiles {
			return refused("many")
		}
		id, err := p.keep(ctx, *v, part.FileName(), part)
		if err != nil {
			return err
		}
		a.Files = append(a.Files, id)
	}
	return nil
}

// formOf is the name of the form, which its page gave it.
func formOf(part io.Reader) (string, error) {
	raw, err := io.ReadAll(io.LimitReader(part, 64))
	return named(string(raw)), err
}

// keep stores one photo or video and returns its id. What it is, its content
// says, not its name.
func (p *Pages) keep(ctx context.Context, v View, name string, from io.Reader) (string, error) {
	m, err := p.Media.Store(ctx, media.Upload{CompanyID: v.CompanyID, TeamID: v.TeamID, ContactID: v.ContactID, TicketID: v.TicketID, Name: name}, from)
	var invalid settings.Invalid
	if errors.As(err, &invalid) {
		return "", refused("kind")
	}
	if err != nil {
		return "", err
	}
	if kind, _, _ := strings.Cut(m.ContentType, "/"); kind != "image" && kind != "video" {
		p.drop(ctx, v, m.ID)
		return "", refused("kind")
	}
	return m.ID, nil
}

// broken is a form that ended early; one that is too long is told so.
func broken(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return refused("kind")
	}
	return refused("broken")
}
