package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"ringback/settings"
	"ringback/settings/fault"
)

// Upload is a file that somebody hands us: one of the staff, or a customer on
// a page.
type Upload struct {
	CompanyID, TeamID   string
	ContactID, TicketID string // of a customer's; empty: none
	Name                string // as its owner named it
	Who                 string // of the staff; empty: a customer
	Visitor             string // of a web chat, whose message it is to come with; empty: of none
}

const insert = `
insert into media (company_id, id, team_id, contact_id, ticket_id, state, content_type, size, name, thumbnail, who, created_at, stored_at, kind, account)
values ($1, $2, $3, nullif($4, '')::uuid, nullif($5, '')::uuid, 'stored', $6, $7, $8, $9, $10, $11, $11, case when $12 = '' then '' else 'webchat' end, $12)`

// Store takes a file in. What it is, its content says; a picture is drawn anew
// without its hidden parts. What is not taken is a settings.Invalid about the
// field "file".
func (a *Archive) Store(ctx context.Context, u Upload, from io.Reader) (Media, error) {
	id := newID()
	stored := file(u.CompanyID, id)
	c, err := a.take(ctx, a.roomFor(u), stored, from, clip(u.Name))
	if err == nil {
		_, err = a.DB.ExecContext(ctx, insert, u.CompanyID, id, u.TeamID, u.ContactID, u.TicketID, c.kind, c.size, c.name, c.thumbnail, u.Who, a.Clock.Now(), u.Visitor)
	}
	if err != nil { // nothing is left that nobody knows of
		gone := context.WithoutCancel(ctx)
		for _, name := range []string{stored, thumbnail(stored)} {
			if left := a.Blobs.Delete(gone, name); left != nil {
				a.Log.Error("a file is left in the store", "file", name, "error", left)
			}
		}
		return Media{}, invalid(fmt.Errorf("media %s: %w", id, err))
	}
	return Find(ctx, a.DB, u.CompanyID, u.TeamID, id)
}

// roomFor is where a picture of theirs is read.
func (a *Archive) roomFor(u Upload) darkroom {
	if u.Who != "" {
		return a.staff
	}
	return a.others
}

// take puts the file into the store as it is to be kept.
func (a *Archive) take(ctx context.Context, room darkroom, file string, from io.Reader, name string) (content, error) {
	watched := &arriving{Reader: from}
	c, err := a.write(ctx, file, watched, name, func(kind string) (int64, error) {
		switch {
		case !slices.Contains(uploaded, kind):
			return 0, refusal(notAllowed)
		case slices.Contains(videos, kind):
			return VideoLimit, nil
		}
		return Limit, nil
	})
	if watched.err != nil {
		return c, watched.err
	}
	if err != nil {
		return c, err
	}
	if c, err = a.strip(ctx, room, file, c); err != nil {
		return c, err
	}
	return a.look(ctx, room, file, c, slices.Contains(drawn, c.kind))
}

// errBroken is a file that did not come whole.
var errBroken = errors.New("broke off before its end")

// arriving tells a file that broke off from a store that failed.
type arriving struct {
	io.Reader
	err error
}

func (r *arriving) Read(b []byte) (int, error) {
	n, err := r.Reader.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = errBroken
	}
	return n, err
}

// codes say why a file is not taken.
var codes = map[refusal]string{
	tooLarge:   "file_large",
	notAllowed: "file_type",
	empty:      "file_empty",
}

func invalid(err error) error {
	var refused refusal
	if errors.As(err, &refused) {
		return settings.Invalid{fault.New("file", codes[refused])}
	}
	for known, code := range map[error]string{errPixels: "file_pixels", errPicture: "file_picture", errBroken: "file_broken"} {
		if errors.Is(err, known) {
			return settings.Refuse("file", code)
		}
	}
	return err
}

// maxName is how long a file's name may be, in characters.
const maxName = 150

// clip is a file's name without folders and whatever does not belong into a
// line of text; its end, which says what the file is, stays.
func clip(name string) string {
	name = strings.ToValidUTF8(strings.ReplaceAll(name, `\`, "/"), "")
	if name = path.Base(name); name == "." || name == "/" || name == ".." {
		return ""
	}
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' {
			return -1
		}
		return r
	}, name))
	if over := utf8.RuneCountInString(name) - maxName; over > 0 {
		name = string([]rune(name)[over:])
	}
	return name
}
