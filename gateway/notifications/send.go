package notifications

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"ringback/channels/mail"
	"ringback/gateway/queue"
)

// reader is the person as a message addresses them.
type reader struct {
	Email    string `db:"email"`
	Phone    string `db:"phone"`
	Language string `db:"language"`
	Active   bool   `db:"active"`
}

const findReader = `
select m.email, m.phone, coalesce(nullif(m.language, ''), t.language, 'en') as language, m.active
from staff m left join teams t on t.company_id = m.company_id and t.id = $3
where m.company_id = $1 and m.id = $2`

// tell sends the batch. A message that Stop cuts off is sent again when its
// lease has run out.
func (b *Notifier) tell(ctx context.Context, way string, all batch, hold *queue.Lease) error {
	var r reader
	err := sqlx.GetContext(ctx, b.DB, &r, findReader, all[0].CompanyID, all[0].Staff, all[0].Team)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("notice for %s: %w", all[0].Staff, err)
	}
	if err != nil || !r.Active {
		return b.again(ctx, all, errors.New("they have left"), true)
	}
	if !b.Offers(way) { // it was, when the notice was queued
		return b.again(ctx, all, errors.New("this way is switched off on the server"), false)
	}
	w, err := b.words(ctx, r.Language, all)
	if err != nil {
		return err
	}
	if err := hold.Hold(ctx, lease/2); err != nil {
		return err
	}
	switch way {
	case Email:
		return b.mail(ctx, r, w, all)
	case Push:
		return b.push(ctx, w, all)
	}
	return b.text(ctx, r, w, all)
}

func (b *Notifier) mail(ctx context.Context, r reader, w written, all batch) error {
	plain, html := w.letter()
	err := b.Mail.Send(ctx, mail.Letter{ID: all[0].Batch, To: r.Email, Subject: w.Subject, Text: plain, HTML: html, At: all[0].Created})
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return b.again(ctx, all, err, errors.Is(err, mail.ErrRefused))
	}
	return b.sent(ctx, b.DB, all)
}

// text puts the text into the outbox and marks it as sent in one transaction:
// from there on it fares like every other.
func (b *Notifier) text(ctx context.Context, r reader, w written, all batch) error {
	if r.Phone == "" {
		return b.again(ctx, all, errors.New("they have no phone"), true)
	}
	tx, err := b.DB.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("notice for %s: %w", all[0].Staff, err)
	}
	defer func() { _ = tx.Rollback() }() // after Commit it says so and does nothing
	last := all[len(all)-1]
	to := TextTo{CompanyID: last.CompanyID, StaffID: last.Staff, To: r.Phone, Text: w.Brief}
	if last.Team != nil {
		to.TeamID = *last.Team
	}
	if err := b.Text(ctx, tx, to); err != nil {
		_ = tx.Rollback()
		return b.again(ctx, all, err, errors.Is(err, ErrNoSender))
	}
	if err := b.sent(ctx, tx, all); err != nil {
		return err
	}
	return tx.Commit()
}

// ErrNoSender is a team that cannot send texts.
var ErrNoSender = errors.New("the team has no number that sends texts")
