package api

import (
	"context"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"ringback/gateway/media"
	"ringback/settings"
	"ringback/webhooks/web/limit"
)

// patience bounds how long one file may take, either way.
const patience = 10 * time.Minute

func (r routes) media(api huma.API) {
	const path = "/teams/{team}/media"
	huma.Register(api, binary(Op("get-media", http.MethodGet, path+"/{id}", http.StatusOK,
		"The content of a file; Range is honored")), r.getMedia)
	huma.Register(api, binary(Op("get-thumbnail", http.MethodGet, path+"/{id}/thumbnail", http.StatusOK,
		"A small JPEG of a picture")), r.getThumbnail)
	huma.Register(api, Op("retry-media", http.MethodPost, path+"/{id}/retry", http.StatusOK,
		"Ask the provider once more for a file that it did not give"), r.retryMedia)
	upload := Op("upload-media", http.MethodPost, path, http.StatusCreated,
		"Upload a picture, sound, video, PDF, CSV, Excel or Word file: as the body itself, or as the first file of a form")
	huma.Register(api, upload, r.uploadMedia)
	// Described afterwards: huma would read a body that it knows of, as JSON.
	file := &huma.Schema{Type: "string", Format: "binary"}
	api.OpenAPI().Paths[upload.Path].Post.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"application/octet-stream": {Schema: file},
		"multipart/form-data":      {Schema: &huma.Schema{Type: "object", Properties: map[string]*huma.Schema{"file": file}}},
	}}
}

// binary says that the answer is a file's content.
func binary(op huma.Operation) huma.Operation {
	op.Responses = map[string]*huma.Response{"200": {
		Description: "The content, of the file's own type",
		Content:     map[string]*huma.MediaType{"*/*": {Schema: &huma.Schema{Type: "string", Format: "binary"}}},
	}}
	return op
}

// fileOfTeam is the path of one file, with the request itself, which says what
// part of it is wanted.
type fileOfTeam struct {
	Team string `path:"team"`
	ID   string `path:"id"`
}

// fileAs is one file, as it is or in another wrapping.
type fileAs struct {
	Team string `path:"team"`
	ID   string `path:"id"`
	As   string `query:"as" enum:"caf" doc:"caf: an Opus voice note (audio/ogg) as every Safari plays it; not found where it is none"`
}

func (r routes) getMedia(ctx context.Context, in *fileAs) (*huma.StreamResponse, error) {
	if in.As == "caf" {
		return r.voiceNote(ctx, in)
	}
	return r.content(ctx, &fileOfTeam{Team: in.Team, ID: in.ID}, false)
}

func (r routes) getThumbnail(ctx context.Context, in *fileOfTeam) (*huma.StreamResponse, error) {
	return r.content(ctx, in, true)
}

// fresh is how long a browser keeps a file without asking. It never changes,
// but who may see it may.
const fresh = time.Hour

func (r routes) content(ctx context.Context, in *fileOfTeam, small bool) (*huma.StreamResponse, error) {
	m, content, err := r.Inbox.OpenMedia(ctx, caller(ctx), in.Team, in.ID, small)
	if err != nil {
		return nil, err
	}
	tag := m.ID
	if small {
		m.ContentType, m.Name, tag = "image/jpeg", "thumbnail.jpg", m.ID+"-small"
	}
	return served(m, content, tag), nil
}

// voiceNote is the file as every Safari plays it.
func (r routes) voiceNote(ctx context.Context, in *fileAs) (*huma.StreamResponse, error) {
	m, content, err := r.Inbox.VoiceNote(ctx, caller(ctx), in.Team, in.ID)
	if err != nil {
		return nil, err
	}
	return served(m, content, m.ID+"-caf"), nil
}

func served(m media.Media, content io.ReadSeekCloser, tag string) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(c huma.Context) {
		defer content.Close()
		g := humagin.Unwrap(c)
		_ = http.NewResponseController(g.Writer).SetWriteDeadline(time.Now().Add(patience)) // where the writer knows any
		media.Serve(g.Writer, g.Request, content, m.ContentType, m.Name, tag, fresh)
	}}
}

func (r routes) retryMedia(ctx context.Context, in *fileOfTeam) (*Answer[media.Media], error) {
	return Answered(r.Inbox.RetryMedia(ctx, caller(ctx), in.Team, in.ID))
}

// sentFile is an upload. Its body is read as it comes, not into memory.
type sentFile struct {
	Team    string `path:"team"`
	Name    string `query:"name" maxLength:"500" doc:"What the file is called, where the body is the file itself"`
	request huma.Context
}

// Resolve keeps the request, whose body is read by whoever stores it.
func (s *sentFile) Resolve(ctx huma.Context) []error {
	s.request = ctx
	return nil
}

func (r routes) uploadMedia(ctx context.Context, in *sentFile) (*Answer[media.Media], error) {
	g := humagin.Unwrap(in.request)
	limit.TakeTime(g.Writer, patience)
	content, name, err := sent(http.MaxBytesReader(g.Writer, g.Request.Body, media.VideoLimit+1<<20), g.Request)
	if err != nil {
		return nil, err
	}
	if name == "" {
		name = in.Name
	}
	return Answered(r.Inbox.Upload(ctx, caller(ctx), in.Team, name, content))
}

// sent is the file in a request's body: the first of a form, or the body.
func sent(body io.ReadCloser, request *http.Request) (io.Reader, string, error) {
	kind, _, _ := mime.ParseMediaType(request.Header.Get("Content-Type"))
	if !strings.HasPrefix(kind, "multipart/") {
		return body, "", nil
	}
	request.Body = body
	form, err := request.MultipartReader()
	if err != nil {
		return nil, "", settings.Refuse("file", "unreadable", "Why", err.Error())
	}
	for {
		part, err := form.NextPart()
		if err != nil {
			return nil, "", settings.Refuse("file", "no_file")
		}
		if part.FileName() != "" {
			return part, part.FileName(), nil
		}
	}
}
