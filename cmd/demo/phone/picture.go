package phone

import (
	"io"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	twiliosim "ringback/channels/simulator/twilio"
)

const (
	// maxPicture is how many bytes a provider takes in one message.
	maxPicture = 5 << 20
	// maxFiles is how many the page reads of a form with files: enough to say what
	// is wrong with a picture that is too large.
	maxFiles = 32 << 20
)

// pictured are the kinds of picture that phones send as they are.
var pictured = []string{"image/jpeg", "image/png", "image/gif"}

// picture is what goes along with a text: one that lies ready, or a file; none
// is no fault.
func picture(r *http.Request) ([]twiliosim.TextOption, error) {
	if key := r.PostForm.Get("sample"); key != "" {
		ready, known := findSample(key)
		if !known {
			return nil, wrong("sample", "There is no such picture on the phone.")
		}
		return []twiliosim.TextOption{twiliosim.WithFile(ready.Content, ready.Kind)}, nil
	}
	if r.MultipartForm == nil || len(r.MultipartForm.File["picture"]) == 0 {
		return nil, nil
	}
	chosen := r.MultipartForm.File["picture"]
	switch {
	case len(chosen) > 1:
		return nil, wrong("picture", "Send one picture at a time.")
	case chosen[0].Size > maxPicture:
		return nil, &fault{http.StatusRequestEntityTooLarge, "picture", "A picture may have at most 5 MB. Choose a smaller one."}
	}
	file, err := chosen[0].Open()
	if err != nil {
		return nil, malformed(err)
	}
	defer file.Close()
	content, err := io.ReadAll(file)
	if err != nil {
		return nil, malformed(err)
	}
	kind := http.DetectContentType(content)
	if !slices.Contains(pictured, kind) {
		return nil, wrong("picture", "This is no picture that a phone sends. Choose a JPEG, PNG or GIF file.")
	}
	return []twiliosim.TextOption{twiliosim.WithFile(content, kind)}, nil
}

// pictureSent shows a picture that the customer sent, from their own phone.
func (p *Phone) pictureSent(g *gin.Context) {
	content, kind, found := p.Simulator.Sent(g.Param("message"), g.Param("file"))
	if !found || !slices.Contains(pictured, kind) {
		p.problem(g, &fault{http.StatusNotFound, "file", "This picture is not on the phone."})
		return
	}
	g.Header("Cache-Control", "private, max-age=3600")
	g.Data(http.StatusOK, kind, content)
}
