package console

import (
	"cmp"
	"errors"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"time"

	"ringback/webhooks/web/limit"
)

// A recording that is uploaded is named by this and the id of its file.
const uploaded = "media:"

// Recordings of a team's prompts are a few at a time, each within the limit
// of any upload, and may take as long as one.
const (
	recordingsLimit = 110 << 20
	recordingsTime  = 10 * time.Minute
)

// Player is where the browser finds an uploaded recording; empty: it is not one.
func (v *View) Player(recording string) string {
	id, ok := strings.CutPrefix(recording, uploaded)
	if !ok {
		return ""
	}
	return "/api/v1/teams/" + v.Team.ID + "/media/" + url.PathEscape(id)
}

// receiveForm reads a form with files in it, however slow the line is.
func (v *View) receiveForm() {
	limit.TakeTime(v.g.Writer, recordingsTime)
	v.g.Request.Body = http.MaxBytesReader(v.g.Writer, v.g.Request.Body, recordingsLimit)
}

// takeRecordings puts what was uploaded in the place of what stood there, and
// takes away what is to go. The faults are of files that are refused; those
// that it took are kept, whatever else is wrong with the form.
func (v *View) takeRecordings(typed teamContent, faults map[string]string) error {
	if v.g.Request.MultipartForm == nil {
		return nil
	}
	defer func() { _ = v.g.Request.MultipartForm.RemoveAll() }() // the system clears what is left
	for _, name := range (teamPage{}).Prompts() {
		field := "voice." + name + ".recording"
		if v.Form(field+".remove") != "" {
			typed.Chosen[field] = ""
		}
		files := v.g.Request.MultipartForm.File[field+".file"]
		if len(files) == 0 || files[0].Filename == "" {
			continue
		}
		id, err := v.uploadFile(files[0])
		said, refused := v.refusal(err)
		switch {
		case refused:
			wrong, _ := v.Faults(err)
			faults[field] = cmp.Or(wrong["file"], said)
		case err != nil:
			return err
		default:
			typed.Chosen[field] = uploaded + id
		}
	}
	return nil
}

// uploadFile stores a file of the team, for who may.
func (v *View) uploadFile(header *multipart.FileHeader) (id string, err error) {
	if err := v.Who.Allowed("upload-media"); err != nil {
		return "", err
	}
	file, err := header.Open()
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	made, err := v.console.Inbox.Upload(v.ctx(), v.Who, v.Team.ID, header.Filename, file)
	return made.ID, err
}
