package media

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/channels"
	"ringback/channels/clock"
)

// Origin is what files came with: a message or a call.
type Origin struct {
	CompanyID, TeamID, ContactID, TicketID string // the last two may be empty
	MessageID, CallID                      string // one of them
	Kind                                   channels.Kind
	Account                                string // the provider's, at which they lie
}

// one is a file of an origin, as the statement reads it.
type one struct {
	ID     string         `json:"id"`
	Origin string         `json:"origin"`
	Name   string         `json:"name"`
	Source channels.Media `json:"source"`

	Seconds int `json:"seconds,omitempty"` // that a recording lasts; 0: nobody said
}

// What was announced and is then ready is fetched at once.
const expect = `
insert into media (company_id, id, team_id, contact_id, ticket_id, message_id, call_id, kind, account, origin, name, source, seconds, due_at)
select $1, (f->>'id')::uuid, $2, nullif($3, '')::uuid, nullif($4, '')::uuid, nullif($5, '')::uuid, nullif($6, '')::uuid, $7, $8,
	f->>'origin', f->>'name', f->'source', (f->>'seconds')::integer, coalesce($10::timestamptz, now()) + $11::bigint * interval '1 millisecond'
from jsonb_array_elements($9::jsonb) f
on conflict (company_id, origin) do update set due_at = least(media.due_at, excluded.due_at), seconds = coalesce(excluded.seconds, media.seconds)
where media.state = 'waiting' and media.attempts = 0`

// Expect writes down the files of a message, to be fetched. Doing so again for
// the same message changes nothing.
func (o Origin) Expect(ctx context.Context, tx sqlx.ExecerContext, files []channels.Media, queue clock.Due) error {
	if o.Kind == channels.WebChat && len(files) > 0 && files[0].URL == "" { // they came before their message, to our own door
		return o.Attach(ctx, tx, files)
	}
	all := make([]one, 0, len(files))
	for n, f := range files {
		all = append(all, one{ID: newID(), Origin: "message/" + o.MessageID + "/" + strconv.Itoa(n), Name: f.Name, Source: f})
	}
	return o.expect(ctx, tx, all, queue, 0)
}

const attach = `
update media set message_id = $4, contact_id = nullif($5, '')::uuid, ticket_id = nullif($6, '')::uuid
where company_id = $1 and team_id = $2 and kind = $7 and message_id is null and id = any($3::uuid[])`

// Attach gives files that were stored already to their message.
func (o Origin) Attach(ctx context.Context, tx sqlx.ExecerContext, files []channels.Media) error {
	if len(files) == 0 {
		return nil
	}
	ids := make([]string, len(files))
	for n, f := range files {
		ids[n] = f.ID
	}
	if _, err := tx.ExecContext(ctx, attach, o.CompanyID, o.TeamID, pq.Array(ids), o.MessageID, o.ContactID, o.TicketID, o.Kind); err != nil {
		return fmt.Errorf("media of message %s: %w", o.MessageID, err)
	}
	return nil
}

// announced is how long a recording takes that is not ready yet.
const announced = 10 * time.Second

// ExpectRecording writes down a call's recording, to be fetched: now, or a
// little later when it was only announced.
func (o Origin) ExpectRecording(ctx context.Context, tx sqlx.ExecerContext, r channels.Recording, ready bool, queue clock.Due) error {
	wait := announced
	if ready {
		wait = 0
	}
	lies := channels.Media{URL: r.URL, ID: r.ID}
	return o.expect(ctx, tx, []one{{ID: newID(), Origin: "call/" + o.CallID + "/" + r.ID, Source: lies, Seconds: r.Seconds}}, queue, wait)
}

func (o Origin) expect(ctx context.Context, tx sqlx.ExecerContext, files []one, queue clock.Due, wait time.Duration) error {
	if len(files) == 0 {
		return nil
	}
	list, err := json.Marshal(files)
	if err != nil {
		return fmt.Errorf("media: %w", err)
	}
	_, err = tx.ExecContext(ctx, expect, o.CompanyID, o.TeamID, o.ContactID, o.TicketID, o.MessageID, o.CallID,
		string(o.Kind), o.Account, string(list), queue, wait.Milliseconds())
	if err != nil {
		return fmt.Errorf("media of message %s, call %s: %w", o.MessageID, o.CallID, err)
	}
	return nil
}

const ofCall = `update media set team_id = $3, contact_id = $4, ticket_id = nullif($5, '')::uuid where company_id = $1 and call_id = $2`

// Settled says whose recordings of a call are, once that is known.
func Settled(ctx context.Context, tx sqlx.ExecerContext, company, call, team, contact, ticket string) error {
	if _, err := tx.ExecContext(ctx, ofCall, company, call, team, contact, ticket); err != nil {
		return fmt.Errorf("media of call %s: %w", call, err)
	}
	return nil
}
