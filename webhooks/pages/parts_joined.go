package pages

import (
	"context"
	"errors"
	"fmt"
	"io"

	"ringback/gateway/media"
)

// whole is a body that is as long as it was said to be, or an error.
type whole struct {
	from io.Reader
	left int64
}

func (w *whole) Read(b []byte) (int, error) {
	n, err := w.from.Read(b)
	w.left -= int64(n)
	if errors.Is(err, io.EOF) && w.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// complete makes a file of the parts, once.
func (p *Pages) complete(ctx context.Context, v View, id string) error {
	tx, err := p.DB.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after Commit it says so and does nothing
	u, err := p.upload(ctx, tx, lockUpload, v, id)
	if err != nil || u.MediaID != nil {
		return err
	}
	parts := &sequence{pages: p, ctx: ctx, upload: u}
	defer parts.Close()
	made, err := p.keep(ctx, v, u.Name, parts)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, doneUpload, u.CompanyID, u.ID, made); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	for n := range u.Parts {
		_ = p.Media.Blobs.Delete(context.WithoutCancel(ctx), media.Part(u.CompanyID, u.ID, n)) // what stays behind takes room and does no harm
	}
	return nil
}

// sequence reads the parts one after the other.
type sequence struct {
	pages  *Pages
	ctx    context.Context
	upload partial
	next   int
	open   io.ReadSeekCloser
}

func (s *sequence) Read(b []byte) (int, error) {
	for {
		if s.open == nil {
			if s.next == s.upload.Parts {
				return 0, io.EOF
			}
			part, err := s.pages.Media.Blobs.Open(s.ctx, media.Part(s.upload.CompanyID, s.upload.ID, s.next))
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
