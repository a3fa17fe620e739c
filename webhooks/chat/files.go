package chat

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"
	"unicode/utf8"

	"ringback/channels"
	"ringback/gateway/media"
	"ringback/gateway/visitors"
	"ringback/settings"
	"ringback/webhooks/web/limit"
)

// filesLimit is how many files come with one message, and slowly how long one
// may take on a poor line.
const (
	filesLimit = 10
	slowly     = 15 * time.Minute
)

// link gives each file an address that opens without a token: a browser cannot
// send one with it.
func (v *visit) link(said []visitors.Message) {
	for _, one := range said {
		for n := range one.Files {
			one.Files[n].URL = v.Media.Link(v.sender.CompanyID, one.Files[n].ID, media.ToShow, 2*time.Hour)
		}
	}
}

// upload takes a file, which is the request's body; its name stands in the
// address. What it is, its content says. It comes with the message that names
// it, and is deleted after two days if none does.
func (v *visit) upload() error {
	if err := v.allow("upload/"+v.visitor.ID, uploading); err != nil {
		return err
	}
	name := v.g.Query("name")
	if utf8.RuneCountInString(name) > 200 || !utf8.ValidString(name) {
		return wrong("name", "too_long", "must be at most 200 characters")
	}
	r := v.g.Request
	if r.ContentLength > media.VideoLimit {
		return tooLarge()
	}
	body := v.metered(limit.Steady(v.g.Writer, http.MaxBytesReader(v.g.Writer, r.Body, media.VideoLimit), slowly))
	if v.visitor.Blocked { // whose files are read, and kept nowhere
		_, _ = io.Copy(io.Discard, body)
		return wrong("file", "unreadable", "This could not be taken.")
	}
	made, err := v.Media.Store(r.Context(), media.Upload{
		CompanyID: v.sender.CompanyID, TeamID: v.sender.TeamID, Name: name, Visitor: v.visitor.ID,
	}, body)
	if wait := body.Spent(); wait > 0 {
		return refused{status: http.StatusTooManyRequests, field: "file", code: "too_often", after: wait, words: "Too much was sent from here of late. Try again later."}
	}
	var faults settings.Invalid
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return tooLarge()
	case errors.As(err, &faults):
		return wrong("file", "not_taken", "Photos, videos, sound, PDF and office files can be sent; this is none of them, or too large.")
	case err != nil:
		return err
	}
	v.g.JSON(http.StatusCreated, visitors.File{ID: made.ID, Name: made.Name, Type: made.ContentType})
	return nil
}

func tooLarge() error {
	return refused{status: http.StatusRequestEntityTooLarge, field: "file", code: "too_large", words: "That is too large: a video can have 100 MB, another file 25 MB."}
}

// sent are the files that a message names. Each has to be the visitor's own.
func (v *visit) sent(ids []string) ([]channels.Media, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	if len(ids) > filesLimit {
		return nil, wrong("files", "too_many", fmt.Sprintf("must be at most %d", filesLimit))
	}
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	for _, id := range ids {
		if !settings.IsID(id) {
			return nil, wrong("files", "not_id", "must be ids of files that were sent before")
		}
	}
	found, err := visitors.Files(v.g.Request.Context(), v.DB, v.sender, v.visitor.ID, ids)
	if err == nil && len(found) != len(ids) {
		err = wrong("files", "not_id", "must be ids of files that were sent before")
	}
	return found, err
}
