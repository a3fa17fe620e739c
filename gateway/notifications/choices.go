package notifications

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/settings"
)

// The ways to tell somebody.
const (
	Email = "email"
	Push  = "push"
	Text  = "text"
)

// Ways is all of them.
var Ways = []string{Email, Push, Text}

// Choices is what somebody wants to hear of, and how.
type Choices struct {
	Kinds      map[string]Picked `json:"kinds" doc:"By kind; one that is left out keeps what it has"`
	OnSchedule Picked            `json:"on_schedule" doc:"Ways that wait for the person's next shift while they are off"`
}

// Picked is some of the ways.
type Picked struct {
	Email bool `json:"email"`
	Push  bool `json:"push"`
	Text  bool `json:"text"`
}

// Has reports whether the way is one of them.
func (p Picked) Has(way string) bool {
	return way == Email && p.Email || way == Push && p.Push || way == Text && p.Text
}

// usual is what people are told by e-mail who have chosen nothing. A device that
// somebody adds is told the same; a text is sent to nobody who did not ask.
var usual = []string{MissedCall, Voicemail, NewTicket, AnswerNo, Payment, SenderPaused, SenderSilent, TemplateHeld, HookFailing, TeamBudget, Escalation, Mention}

// Usual is what somebody has who has chosen nothing.
func Usual() Choices {
	c := Choices{Kinds: map[string]Picked{}, OnSchedule: Picked{Email: true, Push: true, Text: true}}
	for _, kind := range Kinds {
		wanted := slices.Contains(usual, kind)
		c.Kinds[kind] = Picked{Email: wanted, Push: wanted}
	}
	return c
}

// with lays what was chosen over what is usual.
func (c Choices) with(stored []byte) (Choices, error) {
	if len(stored) == 0 {
		return c, nil
	}
	chosen := Choices{OnSchedule: c.OnSchedule}
	if err := json.Unmarshal(stored, &chosen); err != nil {
		return c, fmt.Errorf("choices: %w", err)
	}
	for kind, picked := range chosen.Kinds {
		if slices.Contains(Kinds, kind) {
			c.Kinds[kind] = picked
		}
	}
	c.OnSchedule = chosen.OnSchedule
	return c, nil
}

const findChoices = `select choices from notice_choices where company_id = $1 and staff_id = $2`

// ChoicesOf returns what one of the staff has chosen.
func ChoicesOf(ctx context.Context, q sqlx.QueryerContext, company, staff string) (Choices, error) {
	var stored []byte
	err := sqlx.GetContext(ctx, q, &stored, findChoices, company, staff)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Choices{}, fmt.Errorf("notices of %s: choices: %w", staff, err)
	}
	return Usual().with(stored)
}

const saveChoices = `
insert into notice_choices (company_id, staff_id, choices) values ($1, $2, $3::jsonb)
on conflict (company_id, staff_id) do update set choices = excluded.choices, updated_at = now()`

// Save keeps what one of the staff chose. Kinds that are not there are as usual.
func (c Choices) Save(ctx context.Context, db *sqlx.DB, company, staff string) (Choices, error) {
	var wrong settings.Invalid
	for kind := range c.Kinds {
		wrong.Add(!slices.Contains(Kinds, kind), "kinds."+shorten(kind, 40), "notice_kind")
	}
	if len(wrong) > 0 {
		return c, wrong
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return c, err
	}
	if _, err := db.ExecContext(ctx, saveChoices, company, staff, string(raw)); err != nil {
		return c, fmt.Errorf("notices of %s: choices: %w", staff, err)
	}
	return c, nil
}

// person is one of the staff who may be told.
type person struct {
	ID      string         `db:"id"`
	Email   string         `db:"email"`
	Phone   string         `db:"phone"`
	Role    string         `db:"role"`
	Teams   pq.StringArray `db:"teams"`
	Stored  []byte         `db:"choices"`
	Devices pq.StringArray `db:"devices"`
	Choices Choices        `db:"-"`
}

const people = `
select m.id, m.email, m.phone, m.role, m.teams, c.choices,
	array(select d.id from push_devices d where d.company_id = m.company_id and d.staff_id = m.id order by d.id) as devices
from staff m left join notice_choices c on c.company_id = m.company_id and c.staff_id = m.id
where m.company_id = $1 and m.active and (m.id = any($2::uuid[]) or nullif($3, '')::uuid = any(m.teams) or m.role = $4)
order by m.id`

func peopleOf(ctx context.Context, q sqlx.QueryerContext, company string, ids []string, team, role string) ([]person, error) {
	var found []person
	if err := sqlx.SelectContext(ctx, q, &found, people, company, pq.StringArray(ids), team, role); err != nil {
		return nil, fmt.Errorf("whom notices concern: %w", err)
	}
	for n := range found {
		var err error
		if found[n].Choices, err = Usual().with(found[n].Stored); err != nil {
			return nil, fmt.Errorf("notices of %s: %w", found[n].ID, err)
		}
	}
	return found, nil
}
