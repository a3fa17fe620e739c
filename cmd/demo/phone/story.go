package phone

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/lib/pq"

	"ringback/channels"
	"ringback/channels/simulator/twilio"
	"ringback/gateway/calls"
)

// text that a customer sent, or a call of theirs, and all that came of it. These are read only
// here, so they are read as they stand in the tables.
type text struct {
	ID         string    `db:"id"`
	ProviderID string    `db:"provider_id"`
	At         time.Time `db:"occurred_at"` // the demo's time
	CreatedAt  time.Time `db:"created_at"`  // the database's
	Attempts   int       `db:"attempts"`
	Fault      string    `db:"fault"`
	Payload    string    `db:"payload"`
	Raw        []byte    `db:"raw"`
	Outcome    string    `db:"outcome"` // of a call
	Step       string    `db:"step"`    // where the caller gave up
	Waited     int       `db:"waited"`  // seconds
	Noted      string    `db:"journal"` // of a call, line by line
	Decided    *string   `db:"decision"`
	Delivered  *string   `db:"delivery"`

	Told      channels.Event
	Journal   []json.RawMessage
	Lines     []calls.Entry // the journal, read
	Decision  *decision
	Delivery  *delivery
	Callbacks []callback
	Answer    string // the provider's own, to STOP and the like
	Files     []enclosed
	Fetched   []stored // of the files, what the gateway has
}

type decision struct {
	ID         string         `json:"id"`
	Automation string         `json:"automation"`
	Outcome    string         `json:"outcome"`
	Reason     string         `json:"reason"`
	Facts      map[string]any `json:"facts"`
	Text       string         `json:"text"`
	CreatedAt  time.Time      `json:"created_at"`
}

type delivery struct {
	ID         string         `json:"id"`
	From       string         `json:"from_address"`
	To         string         `json:"to_address"`
	Text       string         `json:"text"`
	State      channels.State `json:"state"`
	Reason     string         `json:"reason"`
	Code       string         `json:"error_code"`
	Error      string         `json:"error"`
	ProviderID string         `json:"provider_id"`
	Segments   int            `json:"segments"`
	Attempts   int            `json:"attempts"`
	DueAt      *time.Time     `json:"due_at"`
	SentAt     *time.Time     `json:"sent_at"`
	Media      []string       `json:"media"` // ids of files
	Files      []enclosed     `json:"-"`
	Chips      []twilio.Chip  `json:"-"` // to tap, where it came by RCS
}

type callback struct {
	ID       string    `db:"id"`
	At       time.Time `db:"occurred_at"`
	Delivery string    `db:"delivery"`
	Payload  string    `db:"payload"`
	Raw      []byte    `db:"raw"`
	Told     channels.Event
}

// newest is how many texts of one conversation are shown.
const newest = 50

const readTexts = `
select e.id, e.provider_id, e.occurred_at, e.created_at, e.attempts, coalesce(e.fault, '') as fault, e.payload, e.raw,
    coalesce(c.outcome, '') as outcome, coalesce(c.step, '') as step, coalesce(c.waited, 0) as waited, coalesce(c.journal, '[]') as journal,
    to_jsonb(d) as decision, to_jsonb(o) as delivery
from events e
left join calls c on e.kind = 'call' and c.company_id = e.company_id and c.sender_id = e.sender_id and c.sid = e.provider_id
left join decisions d on d.company_id = e.company_id and d.event_id = e.id
left join deliveries o on o.company_id = e.company_id and o.id = d.delivery_id
where e.company_id = $1
  and (e.team_id = $2 and e.sender_id = $3 and e.kind = 'message' and ($4 = '*' or e.payload ->> 'Theirs' = $4)
    or c.caller = $4 and e.sender_id in (
        select id from senders where company_id = $1 and kind = 'voice' and address = $6))
order by e.seq desc limit $5`

// A callback names the delivery that it is about, because we gave Twilio an
// address with its id, and Meta the id.
const readCallbacks = `
select id, occurred_at, payload #>> '{Status,delivery}' as delivery, payload, raw
from events
where company_id = $1 and sender_id = $2 and kind = 'status' and payload #>> '{Status,delivery}' = any($3)
order by seq`

// texts are the conversation's newest, the oldest of them first.
func (p *Phone) texts(ctx context.Context, c conversation) ([]*text, error) {
	var texts []*text
	sender, theirs := c.line()
	if sender == "" || theirs == "" {
		return nil, nil
	}
	called := c.Sender.Address
	if c.App.Key == whatsAppKey || c.App.Key == webKey {
		called = ""
	}
	if err := p.DB.SelectContext(ctx, &texts, readTexts, p.Company, c.Sender.TeamID, sender, theirs, newest, called); err != nil {
		return nil, fmt.Errorf("phone: texts: %w", err)
	}
	slices.Reverse(texts)
	byDelivery, came := map[string]*text{}, p.came(c)
	for _, t := range texts {
		if err := t.read(); err != nil {
			return nil, fmt.Errorf("phone: event %s: %w", t.ID, err)
		}
		if t.Delivery != nil {
			t.Delivery.as(came)
			byDelivery[t.Delivery.ID] = t
		}
	}
	if err := p.enclose(ctx, texts); err != nil {
		return nil, err
	}
	if c.App.Key != whatsAppKey && c.App.Key != webKey {
		p.answers(c, texts)
	}
	return texts, p.callbacks(ctx, c, byDelivery)
}

// came are the texts that came to the customer's phone, by the provider's id. The
// links of a customer's pages stand in them and nowhere else.
func (p *Phone) came(c conversation) map[string]twilio.Message {
	texts := map[string]twilio.Message{}
	for _, address := range []string{c.Customer.Number, byRCS + c.Customer.Number} {
		for _, m := range p.Simulator.Inbox(address) {
			texts[m.SID] = m
		}
	}
	return texts
}

// as has the delivery's text as it came to the phone, if it did.
func (d *delivery) as(came map[string]twilio.Message) {
	if m, ok := came[d.ProviderID]; ok {
		d.Text, d.Chips = m.Body, m.Chips
	}
}

func (t *text) read() error {
	for _, part := range []struct {
		from *string
		into any
	}{{&t.Payload, &t.Told}, {&t.Noted, &t.Journal}, {&t.Noted, &t.Lines}, {t.Decided, &t.Decision}, {t.Delivered, &t.Delivery}} {
		if part.from == nil {
			continue
		}
		if err := json.Unmarshal([]byte(*part.from), part.into); err != nil {
			return err
		}
	}
	return nil
}

func (p *Phone) callbacks(ctx context.Context, c conversation, byDelivery map[string]*text) error {
	ids := []string{}
	for id := range byDelivery {
		ids = append(ids, id)
	}
	var all []callback
	sender, _ := c.line()
	if err := p.DB.SelectContext(ctx, &all, readCallbacks, p.Company, sender, pq.Array(ids)); err != nil {
		return fmt.Errorf("phone: callbacks: %w", err)
	}
	for _, one := range all {
		if err := json.Unmarshal([]byte(one.Payload), &one.Told); err != nil {
			return fmt.Errorf("phone: event %s: %w", one.ID, err)
		}
		of := byDelivery[one.Delivery]
		of.Callbacks = append(of.Callbacks, one)
	}
	return nil
}

// answers adds what the provider itself wrote back. Only the provider knows:
// the gateway is not told of it.
func (p *Phone) answers(c conversation, texts []*text) {
	byProvider := map[string]*text{}
	for _, t := range texts {
		byProvider[t.ProviderID] = t
	}
	for theirs, ours := range map[string]string{c.Customer.Number: c.Sender.Address, byRCS + c.Customer.Number: byRCS + c.Sender.Agent} {
		last := ""
		for _, m := range p.Simulator.Inbox(theirs) {
			switch {
			case m.Direction == twilio.Inbound && m.To == ours:
				last = m.SID
			case m.Direction == twilio.OutboundReply && m.From == ours && byProvider[last] != nil:
				byProvider[last].Answer = m.Body
			}
		}
	}
}
