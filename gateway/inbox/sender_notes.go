package inbox

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/channels"
	"ringback/settings"
	"ringback/settings/staff"
)

// SenderNote is what a provider told of a sender that asked for nothing.
type SenderNote struct {
	ID    string            `json:"id"`
	At    time.Time         `json:"at"`
	Kind  string            `json:"kind" doc:"The provider's word for what it is about, such as account_update; empty: it has none"`
	Facts map[string]string `json:"facts" nullable:"false" doc:"What it says, in the provider's words"`
	Raw   json.RawMessage   `json:"raw,omitempty" doc:"As the provider wrote it; left out where it may hold what customers wrote"`
}

// senderNote is a row.
type senderNote struct {
	ID     string    `db:"id"`
	Sender string    `db:"sender_id"`
	At     time.Time `db:"occurred_at"`
	Note   *string   `db:"note"` // channels.Note, as JSON; null: an earlier version recorded it
	Raw    []byte    `db:"raw"`
}

func (r senderNote) read() (SenderNote, error) {
	n := SenderNote{ID: r.ID, At: r.At, Facts: map[string]string{}}
	if r.Note == nil {
		return n, nil
	}
	var told channels.Note
	if err := json.Unmarshal([]byte(*r.Note), &told); err != nil {
		return n, fmt.Errorf("note %s: %w", r.ID, err)
	}
	n.Kind = told.Kind
	if told.Facts != nil {
		n.Facts = told.Facts
	}
	if told.Own && json.Valid(r.Raw) {
		n.Raw = r.Raw
	}
	return n, nil
}

const listSenderNotes = `
select id, sender_id, occurred_at, payload -> 'Note' as note, raw from events
where company_id = $1 and sender_id = $2 and kind = 'note' and ($3 = '' or id < nullif($3, '')::uuid)
order by id desc limit $4`

// SenderNotes are what the provider told of one of the team's senders that asked for
// nothing, the newest first, from the one before that id on.
func (d Desk) SenderNotes(ctx context.Context, who staff.Principal, team, sender, before string, limit int) ([]SenderNote, error) {
	if _, err := settings.FindSender(ctx, d.DB, who.CompanyID, team, sender); err != nil {
		return nil, err
	}
	var rows []senderNote
	if err := sqlx.SelectContext(ctx, d.DB, &rows, listSenderNotes, who.CompanyID, sender, before, limit); err != nil {
		return nil, fmt.Errorf("notes of sender %s: %w", sender, err)
	}
	found := make([]SenderNote, len(rows))
	for n, row := range rows {
		var err error
		if found[n], err = row.read(); err != nil {
			return nil, err
		}
	}
	return found, nil
}

const latestNotes = `
select n.* from unnest($2::uuid[]) s (id) cross join lateral (
    select id, sender_id, occurred_at, payload -> 'Note' as note, raw from events
    where company_id = $1 and sender_id = s.id and kind = 'note' order by id desc limit $3) n`

// LatestNotes are the newest of each of the company's senders, by sender.
func (d Desk) LatestNotes(ctx context.Context, company string, senders []string, each int) (map[string][]SenderNote, error) {
	var rows []senderNote
	if err := sqlx.SelectContext(ctx, d.DB, &rows, latestNotes, company, pq.Array(senders), each); err != nil {
		return nil, fmt.Errorf("notes of senders: %w", err)
	}
	found := map[string][]SenderNote{}
	for _, row := range rows {
		n, err := row.read()
		if err != nil {
			return nil, err
		}
		found[row.Sender] = append(found[row.Sender], n)
	}
	return found, nil
}
