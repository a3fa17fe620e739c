package settings

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/channels"
)

// Sender is an address of ours that a team is reached at and answers from.
type Sender struct {
	ID        string         `db:"id" json:"id"`
	CompanyID string         `db:"company_id" json:"company_id"`
	TeamID    string         `db:"team_id" json:"team_id"`
	Kind      channels.Kind  `db:"kind" json:"kind"`
	Account   string         `db:"account" json:"account"` // the provider's account; empty: the environment's
	Address   string         `db:"address" json:"address"`
	Settings  SenderSettings `db:"settings" json:"settings"`
	PausedAt  *time.Time     `db:"paused_at" json:"paused_at"` // set: nothing goes out from it
	PausedFor *string        `db:"paused_for" json:"paused_for"`
	CreatedAt time.Time      `db:"created_at" json:"created_at"`
	UpdatedAt time.Time      `db:"updated_at" json:"updated_at"`
}

// SenderSettings is what can be chosen about a sender.
type SenderSettings struct {
	MessagesPerSecond float64 `json:"messages_per_second,omitempty"` // 0: by the kind of number, see Sender.Rate
	OwnKeywords       bool    `json:"own_keywords"`                  // STOP and the like are answered by us, not by the provider
	Business          string  `json:"business_account_id,omitempty"` // at Meta, whose templates the sender uses
	Observe           bool    `json:"observe"`                       // a wrong signature is counted, not refused

	// Service is the Messaging Service at Twilio that sends in a number's place and
	// picks RCS or a text; Agent is whom customers see by RCS, and write to.
	Service string `json:"messaging_service,omitempty"`
	Agent   string `json:"rcs_agent,omitempty"`

	// LineTypes has Twilio asked, once a number, what line it is: of a caller's, and of
	// one that is to be texted first, so that none is texted that takes no texts.
	LineTypes bool `json:"line_types,omitempty"`

	// CallHours has the hours of calls that a WhatsApp number has at Meta follow
	// the team's ring schedules and holidays.
	CallHours bool `json:"call_hours,omitempty"`

	// Of a web chat: the websites that it stands on, such as
	// https://www.example.com, and its color.
	Origins []string `json:"origins,omitempty"`
	Color   string   `json:"color,omitempty"`
}

// Scan reads the column.
func (s *SenderSettings) Scan(column any) error {
	switch raw := column.(type) {
	case []byte:
		return json.Unmarshal(raw, s)
	case string:
		return json.Unmarshal([]byte(raw), s)
	}
	return fmt.Errorf("sender settings: cannot read %T", column)
}

// Value writes the column.
func (s SenderSettings) Value() (driver.Value, error) {
	raw, err := json.Marshal(s)
	return string(raw), err
}

const senderColumns = `id, company_id, team_id, kind, account, address, settings, paused_at, paused_for, created_at, updated_at`

const listSenders = `
select ` + senderColumns + ` from senders
where company_id = $1 and team_id = $2 and ($3 = '' or id < nullif($3, '')::uuid)
order by id desc limit $4`

// ListSenders returns the team's senders, the newest first, from the one
// before that id on.
func ListSenders(ctx context.Context, q sqlx.QueryerContext, companyID, teamID, before string, limit int) ([]Sender, error) {
	senders := []Sender{}
	err := sqlx.SelectContext(ctx, q, &senders, listSenders, companyID, teamID, before, limit)
	return senders, wrap(err, "senders")
}

const findSender = `select ` + senderColumns + ` from senders where company_id = $1 and team_id = $2 and id = $3`

// FindSender returns one of the team's senders, or ErrNotFound.
func FindSender(ctx context.Context, q sqlx.QueryerContext, companyID, teamID, id string) (Sender, error) {
	var s Sender
	if !IsID(id) {
		return s, ErrNotFound
	}
	return s, wrap(get(ctx, q, &s, findSender, companyID, teamID, id), "sender "+id)
}

// Sender returns one of the team's senders under the edit's lock.
func (e *Edit) Sender(ctx context.Context, id string) (Sender, error) {
	var s Sender
	err := get(ctx, e.tx, &s, findSender, e.Team.CompanyID, e.Team.ID, id)
	return s, wrap(err, "sender "+id)
}

const insertSender = `
insert into senders (company_id, team_id, id, kind, account, address, settings, per_second, created_at)
values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, coalesce($9, now()))
returning ` + senderColumns

// AddSender gives the team a sender. The country of its number is one that the team
// texts from then on.
func (e *Edit) AddSender(ctx context.Context, s Sender) (Sender, error) {
	s, err := e.addSender(ctx, newID(), s)
	if err != nil {
		return s, err
	}
	return s, e.allowCountryOf(ctx, s.Address)
}

// addSender adds one under an id, as old as that says: of a team's numbers the oldest
// is the one that texts, also when it went and is there again.
func (e *Edit) addSender(ctx context.Context, id string, s Sender) (Sender, error) {
	if err := s.check(); err != nil {
		return s, err
	}
	if err := e.isNobodys(ctx, s.Address); err != nil {
		return s, err
	}
	if err := e.ownsBusiness(ctx, "", s); err != nil {
		return s, err
	}
	err := get(ctx, e.tx, &s, insertSender, e.Team.CompanyID, e.Team.ID, id, s.Kind, s.Account, s.Address, s.Settings, s.Rate(), optional(made(id)))
	if err != nil {
		return s, s.taken(err, "new sender")
	}
	_, err = e.record(ctx, "sender", s.ID, nil, s)
	return s, err
}

const (
	ownNumber  = `select exists (select from senders where company_id = $1 and address = $2 and kind <> 'webchat')`
	staffPhone = `select exists (select from staff where company_id = $1 and phone = $2 and active)`
)

// isSender reports whether a number is one of the company's senders.
func isSender(ctx context.Context, q sqlx.QueryerContext, companyID, number string) (bool, error) {
	var yes bool
	if number == "" {
		return false, nil
	}
	err := get(ctx, q, &yes, ownNumber, companyID, number)
	return yes, wrap(err, "whose number it is")
}

// isNobodys refuses the phone of one of the staff as a sender: a call that
// rings them would come back to us.
func (e *Edit) isNobodys(ctx context.Context, number string) error {
	var theirs bool
	if err := get(ctx, e.tx, &theirs, staffPhone, e.Team.CompanyID, number); err != nil {
		return wrap(err, "whose number it is")
	}
	if theirs {
		return Refuse("address", "staff_phone")
	}
	return nil
}

const updateSender = `
update senders set account = $4, settings = $5::jsonb, paused_at = $6, paused_for = $7, per_second = $8, updated_at = now()
where company_id = $1 and team_id = $2 and id = $3
returning ` + senderColumns

// SaveSender stores what can change about a sender: not its kind and address.
func (e *Edit) SaveSender(ctx context.Context, s Sender) (Sender, error) {
	before, err := e.Sender(ctx, s.ID)
	if err != nil {
		return s, err
	}
	if s.Kind != before.Kind || s.Address != before.Address || s.Account != before.Account {
		return s, Refuse("address", "sender_fixed")
	}
	if err := s.check(); err != nil {
		return s, err
	}
	if err := e.ownsBusiness(ctx, before.Settings.Business, s); err != nil {
		return s, err
	}
	if changed, err := e.record(ctx, "sender", s.ID, before, s); err != nil || !changed {
		return before, err
	}
	err = get(ctx, e.tx, &s, updateSender, e.Team.CompanyID, e.Team.ID, s.ID, s.Account, s.Settings, s.PausedAt, s.PausedFor, s.Rate())
	return s, s.taken(err, "sender "+s.ID)
}

// taken is an error of storing the sender: that somebody else has its address, or
// its agent.
func (s Sender) taken(err error, what string) error {
	var taken *pq.Error
	switch {
	case !errors.As(err, &taken) || taken.Code.Name() != "unique_violation":
		return wrap(err, what)
	case taken.Constraint == "senders_by_agent":
		return NewConflict("rcs_agent", "agent_taken")
	}
	return NewConflict("address", "sender_taken", "Kind", s.Kind)
}

const deleteSender = `delete from senders where company_id = $1 and team_id = $2 and id = $3`

// DeleteSender takes a sender from the team. What was said through it stays.
func (e *Edit) DeleteSender(ctx context.Context, id string) error {
	before, err := e.Sender(ctx, id)
	if err != nil {
		return err
	}
	if _, err := e.tx.ExecContext(ctx, deleteSender, e.Team.CompanyID, e.Team.ID, id); err != nil {
		return wrap(err, "sender "+id)
	}
	_, err = e.record(ctx, "sender", id, before, nil)
	return err
}
