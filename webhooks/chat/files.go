package chat

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/channels"
	"ringback/gateway/media"
	"ringback/settings"
	"ringback/webhooks/web/limit"
)

// filesLimit is how many files come with one message, and slowly how long one
// may take on a poor line.
const (
	filesLimit = 10
	slowly     = 15 * time.Minute
)

// file is one that came with a message, as the widget shows it.
type file struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
	URL  string `json:"url"` // for two hours at least
}

// files reads itself from a column of JSON.
type files []file

// Scan reads the column.
func (f *files) Scan(column any) error {
	raw, ok := column.([]byte)
	if !ok {
		*f = nil
		return nil
	}
	return json.Unmarshal(raw, f)
}

// link gives each file an address that opens without a token: a browser cannot
// send one with it.
func (v *visit) link(items []item) {
	for _, one := range items {
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
	if v.visitor.Blocks { // somebody blocked talks to the wall
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
	v.g.JSON(http.StatusCreated, file{ID: made.ID, Name: made.Name, Type: made.ContentType})
	return nil
}

func tooLarge() error {
	return refused{status: http.StatusRequestEntityTooLarge, field: "file", code: "too_large", words: "That is too large: a video can have 100 MB, another file 25 MB."}
}

const ofVisitor = `
select id, content_type, name from media
where company_id = $1 and team_id = $2 and kind = 'webchat' and account = $3 and id = any($4::uuid[]) order by created_at, id`

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
	var rows []struct {
		ID   string `db:"id"`
		Type string `db:"content_type"`
		Name string `db:"name"`
	}
	if err := sqlx.SelectContext(v.g.Request.Context(), v.DB, &rows, ofVisitor, v.sender.CompanyID, v.sender.TeamID, v.visitor.ID, pq.Array(ids)); err != nil {
		return nil, fmt.Errorf("files of a visitor: %w", err)
	}
	if len(rows) != len(ids) {
		return nil, wrong("files", "not_id", "must be ids of files that were sent before")
	}
	found := make([]channels.Media, len(rows))
	for n, row := range rows {
		found[n] = channels.Media{ID: row.ID, ContentType: row.Type, Name: row.Name}
	}
	return found, nil
}
