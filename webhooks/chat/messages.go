package chat

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/gateway/tickets"
	"ringback/settings"
	"ringback/settings/fault"
	"ringback/settings/text"
	"ringback/webhooks/web/i18n"
)

// item is one message as the widget shows it.
type item struct {
	Seq      int64     `db:"seq" json:"seq"`
	ID       string    `db:"id" json:"id"`
	Author   string    `db:"author" json:"author"`
	Name     string    `db:"name" json:"name,omitempty"` // of the advisor who wrote it
	Text     string    `db:"text" json:"text"`
	At       time.Time `db:"at" json:"at"`
	State    string    `db:"state" json:"state,omitempty"`
	Files    files     `db:"files" json:"files,omitempty"`
	Delivery string    `db:"delivery_id" json:"-"`
	Contact  string    `db:"contact_id" json:"-"` // whose chat it is
}

// onward is what was said in this chat after a place, the oldest first. A
// visitor's own message has the id that their browser gave it. Whose the chat
// is, is looked up each time: a contact may be merged while a stream is open.
const onward = `
select m.seq, coalesce(substring(e.provider_id from length($2) + 2), m.id::text) as id, m.author, m.text, m.at,
	coalesce(case when m.author = 'advisor' then (select s.name from staff s where s.company_id = m.company_id and s.name = m.who limit 1) end, '') as name,
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

const pageSize = 200

func (v *visit) onward(ctx context.Context, after int64) ([]item, error) {
	items := []item{}
	if err := sqlx.SelectContext(ctx, v.DB, &items, onward, v.sender.CompanyID, v.visitor.ID, v.sender.ID, after, pageSize); err != nil {
		return nil, fmt.Errorf("chat: %w", err)
	}
	v.link(items)
	for n := range items {
		if err := v.Links.Fill(ctx, v.DB, v.sender.CompanyID, items[n].Contact, &items[n].Text); err != nil {
			return nil, err
		}
	}
	return items, v.arrived(ctx, items)
}

// arrived tells, by the road that providers' callbacks take, that messages
// reached the visitor's browser.
func (v *visit) arrived(ctx context.Context, items []item) error {
	return v.moved(ctx, items, channels.Delivered)
}

func (v *visit) moved(ctx context.Context, items []item, to channels.State) error {
	var told []channels.Event
	for _, one := range items {
		if one.Delivery == "" || !channels.State(one.State).Before(to) {
			continue
		}
		told = append(told, channels.Event{
			Kind: channels.DeliveryMoved, ProviderID: one.Delivery + "/" + string(to), Account: v.Account, Sender: channels.WebChat, SenderID: v.sender.ID,
			SenderAddress: v.sender.Address, CustomerAddress: v.visitor.ID, At: v.Clock.Now(),
			Status: &channels.Status{Delivery: one.Delivery, ProviderID: one.Delivery, State: to},
		})
	}
	if len(told) == 0 {
		return nil
	}
	return v.Receive(ctx, told)
}

// history is what was said after a place, one page of it; the stream brings the rest.
func (v *visit) history() error {
	ctx := v.g.Request.Context()
	items, err := v.onward(ctx, after(v.g.Query("after")))
	if err != nil {
		return err
	}
	var read int64
	if err := v.DB.GetContext(ctx, &read, `select read_seq from visitors where company_id = $1 and id = $2`, v.sender.CompanyID, v.visitor.ID); err != nil {
		return err
	}
	v.g.JSON(http.StatusOK, map[string]any{"items": items, "read_seq": read})
	return nil
}

var clientID = regexp.MustCompile(`^[A-Za-z0-9-]{8,64}$`)

// write takes a message: once, however often it is sent.
func (v *visit) write() error {
	var said struct {
		ID    string   `json:"id"`
		Text  string   `json:"text"`
		Files []string `json:"files"`
	}
	if err := v.body(&said); err != nil {
		return err
	}
	if len(said.Files) == 0 || said.Text != "" {
		if err := check(said.ID, said.Text); err != nil {
			return err
		}
	} else if !clientID.MatchString(said.ID) {
		return check(said.ID, "a file")
	}
	if err := v.allow("write/"+v.visitor.ID, writing); err != nil {
		return err
	}
	sent, err := v.sent(said.Files)
	if err != nil {
		return err
	}
	if err := v.receive(channels.Event{
		Kind: channels.MessageReceived, ProviderID: v.visitor.ID + "/" + said.ID, At: v.Clock.Now(),
		Message: &channels.Message{Text: said.Text, Media: sent},
	}); err != nil {
		return err
	}
	v.g.JSON(http.StatusAccepted, map[string]string{"id": said.ID})
	return nil
}

func check(id, said string) error {
	switch {
	case !clientID.MatchString(id):
		return wrong("id", "not_id", "must be 8 to 64 letters, digits or hyphens, and the same when the message is sent again")
	case text.Blank(said):
		return wrong("text", "empty", "Write something first.")
	case utf8.RuneCountInString(said) > textLimit:
		return wrong("text", "too_long", "That is too long: at most 4,000 characters go in one message.")
	case !utf8.ValidString(said), strings.ContainsRune(said, 0):
		return wrong("text", "unstorable", "There is a sign in it that cannot be kept.")
	}
	return nil
}

// ticket leaves a ticket, with how to reach who wrote it.
func (v *visit) ticket() error {
	var left struct {
		ID    string `json:"id"`
		Name  string `json:"name"`
		Phone string `json:"phone"`
		Text  string `json:"text"`
	}
	if err := v.body(&left); err != nil {
		return err
	}
	if err := check(left.ID, left.Text); err != nil {
		return err
	}
	left.Name = strings.TrimSpace(left.Name)
	if utf8.RuneCountInString(left.Name) > 200 || strings.ContainsFunc(left.Name, func(r rune) bool { return r < ' ' }) {
		return wrong("name", "not_one_line", "must be one line of at most 200 characters")
	}
	if left.Phone != "" {
		if code := settings.PhoneFault(left.Phone); code != "" {
			return wrong("phone", code, i18n.Fault("", fault.New("phone", code)))
		}
	}
	if err := v.allow("ticket/"+v.visitor.ID, ticketing); err != nil {
		return err
	}
	if err := v.allow("ticket/"+v.address(), entering); err != nil {
		return err
	}
	if left.Phone != "" { // unproven: it is told to the staff, and belongs to nobody
		left.Text += "\n\n" + left.Phone
	}
	if !v.visitor.Blocks { // somebody blocked is thanked, and talks to the wall
		if err := v.open(left.ID, left.Name, left.Text); err != nil {
			return err
		}
	}
	v.g.JSON(http.StatusAccepted, map[string]string{"id": left.ID})
	return nil
}

// keep makes the ticket's request one: who repeats it finds the key taken.
const keep = `
insert into idempotency_keys (company_id, key, body, answer) values ($1, $2, '', '{}')
on conflict do nothing`

func (v *visit) open(id, name, text string) error {
	ctx := v.g.Request.Context()
	tx, err := v.DB.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after Commit it says so and does nothing
	c, err := contacts.FindOrCreate(ctx, tx, v.sender.CompanyID, v.sender.TeamID, v.sender.ID, channels.WebChat, v.visitor.ID, name)
	if err != nil {
		return err
	}
	done, err := tx.ExecContext(ctx, keep, v.sender.CompanyID, "chat/"+v.visitor.ID+"/"+id)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return err
	}
	made := tickets.Created{CompanyID: v.sender.CompanyID, TeamID: v.sender.TeamID, ContactID: c.ID, Chat: v.sender.ID, Text: text, At: v.Clock.Now()}
	if _, err := made.Create(ctx, tx, v.team); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	v.Wake()
	v.Hub.Wake(v.visitor.ID)
	return nil
}
