package transcripts

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/gateway/queue"
)

// recording is one that is ours to have heard until its lease runs out.
type recording struct {
	CompanyID   string `db:"company_id"`
	ID          string `db:"id"`
	TeamID      string `db:"team_id"`
	ContentType string `db:"content_type"`
	Size        int64  `db:"size"`
	Attempts    int    `db:"attempts"` // this one included
}

// lease is how long a claimed recording is left alone; it is renewed while it is heard.
const lease = 30 * time.Second

// claim takes what has waited longest, and of no company more than its slots.
const claim = `
with recursive companies as (
	(select company_id from media where transcript_due_at is not null order by company_id limit 1)
	union all
	select n.company_id from companies c cross join lateral (
		select company_id from media where transcript_due_at is not null and company_id > c.company_id order by company_id limit 1) n
), busy as materialized (
	select key, used from unnest($4::text[], $5::bigint[]) as b (key, used)
), first as materialized (
	select d.* from companies c left join busy b on b.key = c.company_id::text cross join lateral (
		select company_id, id, transcript_due_at from media
		where company_id = c.company_id and transcript_due_at <= coalesce($1::timestamptz, now())
		order by transcript_due_at limit least($3::bigint, greatest(0, $6::bigint - coalesce(b.used, 0)))) d
), due as materialized (
	select m.company_id, m.id from first f
	join media m on m.company_id = f.company_id and m.id = f.id and coalesce(m.transcript_due_at, 'infinity') <= coalesce($1::timestamptz, now())
	order by f.transcript_due_at limit $3::bigint for update of m skip locked
)
update media m set transcript_due_at = coalesce($1::timestamptz, now()) + $2::bigint * interval '1 millisecond', transcript_attempts = m.transcript_attempts + 1
from due where m.company_id = due.company_id and m.id = due.id
returning m.company_id, m.id, m.team_id, m.content_type, m.size, m.transcript_attempts as attempts`

func (t *Transcriber) claim(ctx context.Context, room queue.Room) ([]recording, error) {
	var due []recording
	if err := sqlx.SelectContext(ctx, t.DB, &due, claim, t.Clock.Queue(), lease.Milliseconds(), room.Free, room.Keys, room.Used, room.Each); err != nil {
		return nil, fmt.Errorf("claim recordings: %w", err)
	}
	return due, nil
}

// What came of a claim counts only while the claim is the last one.
const (
	held = ` where company_id = $1 and id = $2 and transcript_attempts = $3 and coalesce(transcript_due_at, '-infinity') > '-infinity'`

	renew  = `update media set transcript_due_at = coalesce($4::timestamptz, now()) + $5::bigint * interval '1 millisecond'` + held
	again  = renew
	keep   = `update media set transcript = $4, transcript_due_at = null` + held
	giveUp = `update media set transcript_due_at = null` + held
)

func (t *Transcriber) renew(ctx context.Context, r recording) (bool, error) {
	result, err := t.DB.ExecContext(ctx, renew, r.CompanyID, r.ID, r.Attempts, t.Clock.Queue(), lease.Milliseconds())
	if err != nil {
		return false, fmt.Errorf("recording %s: renew: %w", r.ID, err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

func (t *Transcriber) settle(ctx context.Context, r recording, query string, args ...any) error {
	if _, err := t.DB.ExecContext(ctx, query, append([]any{r.CompanyID, r.ID, r.Attempts}, args...)...); err != nil {
		return fmt.Errorf("recording %s: %w", r.ID, err)
	}
	return nil
}
