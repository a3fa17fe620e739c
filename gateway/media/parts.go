package media

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/settings"
	"ringback/settings/transaction"
)

// Partial is a file that a customer sends in parts on the page of a request: it can go on
// where it broke off, on any replica. Each part lies in the store of files under the
// upload's name, and the row says how much is there. A part counts once it has come whole.
type Partial struct {
	CompanyID string  `db:"company_id"`
	ID        string  `db:"id"`
	RequestID string  `db:"request_id"`
	Name      string  `db:"name"` // as its owner named it
	Size      int64   `db:"size"` // in bytes, as announced
	Received  int64   `db:"received"`
	Parts     int     `db:"parts"`
	MediaID   *string `db:"media_id"` // of the file that was made of it; nil: none yet
}

const (
	insertPartial = `
insert into uploads (company_id, id, request_id, name, size, created_at)
select $1, $2, $3, $4, $5, $6 where (select count(*) from uploads where company_id = $1 and request_id = $3) < $7`
	partial = `
select company_id, id, request_id, name, size, received, parts, media_id from uploads where company_id = $1 and request_id = $2 and `
	findPartial   = partial + `id = $3`
	lockPartial   = findPartial + ` for update`
	wholePartials = partial + `id = any($3::uuid[]) and received = size order by created_at, id`
	growPartial   = `update uploads set received = received + $4, parts = parts + 1 where company_id = $1 and id = $2 and received = $3`
	endPartial    = `update uploads set media_id = $3 where company_id = $1 and id = $2`
)

// BeginPartial announces a file of so many bytes for a request and returns its id; empty:
// as many as most were begun, those that were given up included.
func BeginPartial(ctx context.Context, db sqlx.ExecerContext, company, request, name string, size int64, at time.Time, most int) (string, error) {
	id := newID()
	made, err := db.ExecContext(ctx, insertPartial, company, id, request, name, size, at, most)
	if err != nil {
		return "", fmt.Errorf("upload of request %s: %w", request, err)
	}
	if n, err := made.RowsAffected(); err != nil || n == 0 {
		return "", err
	}
	return id, nil
}

// FindPartial is one of the request's uploads; settings.ErrNotFound: there is none.
func FindPartial(ctx context.Context, q sqlx.QueryerContext, company, request, id string) (Partial, error) {
	return onePartial(ctx, q, findPartial, company, request, id)
}

func onePartial(ctx context.Context, q sqlx.QueryerContext, query, company, request, id string) (Partial, error) {
	var p Partial
	if !settings.IsID(id) {
		return p, settings.ErrNotFound
	}
	err := sqlx.GetContext(ctx, q, &p, query, company, request, id)
	if errors.Is(err, sql.ErrNoRows) {
		return p, settings.ErrNotFound
	}
	if err != nil {
		return p, fmt.Errorf("upload %s: %w", id, err)
	}
	return p, nil
}

// WholePartials are those of the request's uploads of which all has come, the oldest first.
func WholePartials(ctx context.Context, q sqlx.QueryerContext, company, request string, ids []string) ([]Partial, error) {
	var all []Partial
	if err := sqlx.SelectContext(ctx, q, &all, wholePartials, company, request, pq.Array(ids)); err != nil {
		return nil, fmt.Errorf("uploads of request %s: %w", request, err)
	}
	return all, nil
}

// AddPart stores the next part, of so many bytes. False: somebody sent it at the same
// moment, and it is counted once.
func (a *Archive) AddPart(ctx context.Context, p Partial, size int64, from io.Reader) (bool, error) {
	if err := a.Blobs.Put(ctx, Part(p.CompanyID, p.ID, p.Parts), from); err != nil {
		return false, err
	}
	grown, err := a.DB.ExecContext(ctx, growPartial, p.CompanyID, p.ID, p.Received, size)
	if err != nil {
		return false, fmt.Errorf("upload %s: %w", p.ID, err)
	}
	n, err := grown.RowsAffected()
	return n == 1, err
}

// Join makes one file of the parts, once: keep stores what it reads and returns its id.
func (a *Archive) Join(ctx context.Context, p Partial, keep func(name string, from io.Reader) (string, error)) error {
	var joined Partial
	err := transaction.Run(ctx, a.DB, func(tx *sqlx.Tx) (err error) {
		if joined, err = onePartial(ctx, tx, lockPartial, p.CompanyID, p.RequestID, p.ID); err != nil || joined.MediaID != nil {
			joined.Parts = 0 // who joined it lets go of them
			return err
		}
		parts := &sequence{ctx: ctx, archive: a, upload: joined}
		defer parts.Close()
		made, err := keep(joined.Name, parts)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, endPartial, joined.CompanyID, joined.ID, made); err != nil {
			return fmt.Errorf("upload %s: %w", joined.ID, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for n := range joined.Parts {
		_ = a.Blobs.Delete(context.WithoutCancel(ctx), Part(joined.CompanyID, joined.ID, n)) // what stays behind takes room and does no harm
	}
	return nil
}

// sequence reads the parts one after the other.
type sequence struct {
	ctx     context.Context
	archive *Archive
	upload  Partial
	next    int
	open    io.ReadSeekCloser
}

func (s *sequence) Read(b []byte) (int, error) {
	for {
		if s.open == nil {
			if s.next == s.upload.Parts {
				return 0, io.EOF
			}
			part, err := s.archive.Blobs.Open(s.ctx, Part(s.upload.CompanyID, s.upload.ID, s.next))
			if err != nil {
				return 0, fmt.Errorf("part %d: %w", s.next, err)
			}
			s.open, s.next = part, s.next+1
		}
		n, err := s.open.Read(b)
		if !errors.Is(err, io.EOF) {
			return n, err
		}
		if err := s.Close(); err != nil || n > 0 {
			return n, err
		}
	}
}

func (s *sequence) Close() error {
	if s.open == nil {
		return nil
	}
	err := s.open.Close()
	s.open = nil
	return err
}
