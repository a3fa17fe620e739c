package visitors

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/settings"
)

// Message is one message as its visitor reads it. Its JSON is what the widget gets.
type Message struct {
	Seq      int64     `db:"seq" json:"seq"` // its place in the conversation
	ID       string    `db:"id" json:"id"`   // a visitor's own message: as their browser called it
	Author   string    `db:"author" json:"author"`
	Name     string    `db:"name" json:"name,omitempty"` // of the advisor who wrote it, as they are called now
	Text     string    `db:"text" json:"text"`
	At       time.Time `db:"at" json:"at"`
	State    string    `db:"state" json:"state,omitempty"`
	Files    files     `db:"files" json:"files,omitempty"`
	Delivery string    `db:"delivery_id" json:"-"`
	Contact  string    `db:"contact_id" json:"-"` // whose chat it is
}

// File is one that came with a message.
type File struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
	URL  string `json:"url"` // where a browser opens it, which the door fills in
}

// files reads itself from a column of JSON.
type files []File

// Scan reads the column.
func (f *files) Scan(column any) error {
	raw, ok := column.([]byte)
	if !ok {
		*f = nil
		return nil
	}
	return json.Unmarshal(raw, f)
}

// Whose the chat is, is looked up each time: a contact may be merged while a stream is
// open. The advisor is known by their id: a name may be two people's, or a key's.
const onward = `
select m.seq, coalesce(substring(e.provider_id from length($2) + 2), m.id::text) as id, m.author, m.text, m.at,
	coalesce(case when m.author = 'advisor' then (select s.name from staff s where s.company_id = m.company_id and s.id = m.staff_id) end, '') as name,
	coalesce(d.state, '') as state, coalesce(d.id::text, '') as delivery_id, m.contact_id,
	case when m.media <> '[]' then (select json_agg(json_build_object('id', x.id, 'name', x.name, 'type', x.content_type) order by x.created_at, x.id)
		from media x where x.company_id = m.company_id and x.state = 'stored'
			and x.id = any(array(select (f->>'id')::uuid from jsonb_array_elements(m.media) f))) end as files
from messages m
left join events e on e.company_id = m.company_id and e.id = m.event_id
left join deliveries d on d.company_id = m.company_id and d.id = m.delivery_id
where m.company_id = $1 and m.sender_id = $3 and m.seq > $4
	and m.contact_id = (select a.contact_id from addresses a where a.company_id = $1 and a.kind = 'visitor' and a.address = $2)
order by m.seq limit $5`

// PageSize is how many messages are read at once, at the most.
const PageSize = 200

// Messages is what was said in the visitor's chat after a place, the oldest first: at most
// PageSize of them.
func Messages(ctx context.Context, q sqlx.QueryerContext, chat settings.Sender, visitor string, after int64) ([]Message, error) {
	said := []Message{}
	if err := sqlx.SelectContext(ctx, q, &said, onward, chat.CompanyID, visitor, chat.ID, after, PageSize); err != nil {
		return nil, fmt.Errorf("chat: %w", err)
	}
	return said, nil
}
