package settings

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/channels"
)

// TemplateState is how a WhatsApp template stands at its provider, as far as anybody
// has told us. One of which nothing is known is taken for approved.
type TemplateState struct {
	Name     string    `db:"name" json:"name"`
	Language string    `db:"language" json:"language" doc:"As Meta writes it; empty: Twilio's have none"`
	State    string    `db:"state" json:"state" doc:"approved, paused, rejected, disabled, pending … It is sent while it is approved"`
	Reason   string    `db:"reason" json:"reason" doc:"Why, in the provider's words"`
	At       time.Time `db:"at" json:"at" doc:"Since when"`
}

// The states that a refusal tells of.
const (
	TemplatePaused   = "paused"
	TemplateRejected = "rejected"
	TemplateDisabled = "disabled"
	templateApproved = "approved"
)

// sendable are Meta's words for templates that go out. One that is flagged has been
// complained about, and is sent until it is paused; what a business has too many of
// says nothing of those that there are.
var sendable = []string{templateApproved, "reinstated", "unarchived", "flagged"}

// unsaid are Meta's words from which nothing follows for a template that there is.
var unsaid = []string{"limit_exceeded"}

// Held reports whether a template in that state is not sent.
func (t TemplateState) Held() bool { return !slices.Contains(sendable, t.State) }

// TemplateOf is a state as a provider tells it; false: nothing follows from it.
func TemplateOf(a channels.Approval, at time.Time) (TemplateState, bool) {
	state := strings.ToLower(a.Status)
	if a.Name == "" || state == "" || slices.Contains(unsaid, state) {
		return TemplateState{}, false
	}
	return TemplateState{Name: a.Name, Language: a.Language, State: state, Reason: a.Reason, At: at}, true
}

// templateStates are what a refusal says of the template.
var templateStates = map[channels.Reason]string{
	channels.ReasonTemplatePaused: TemplatePaused, channels.ReasonTemplateRejected: TemplateRejected, channels.ReasonTemplateDisabled: TemplateDisabled,
}

// TemplateRefused is what a refusal with that reason says of the template; false: the
// refusal is about something else. Providers count in seconds, and what they say in
// the same second holds against it.
func TemplateRefused(t channels.Template, reason channels.Reason, at time.Time) (TemplateState, bool) {
	state, held := templateStates[reason]
	return TemplateState{Name: t.Name, Language: t.Language, State: state, At: at.Truncate(time.Second)}, held
}

// Templates names the account at the provider whose templates the sender uses.
func (s Sender) Templates() string {
	if s.Kind == channels.WhatsAppCloud && s.Settings.Business != "" {
		return s.Settings.Business
	}
	return s.Account
}

const (
	templateBefore = `select state from template_states where company_id = $1 and account = $2 and name = $3 and language = $4 for update`

	saveTemplate = `
insert into template_states (company_id, account, name, language, state, reason, at, since, ask_at)
values ($1, $2, $3, $4, $5, $6, $7, $7, case when $5 <> all($8) then $7::timestamptz + interval '1 hour' end)
on conflict (company_id, account, name, language) do update set state = excluded.state, at = excluded.at, ask_at = excluded.ask_at,
	since = case when template_states.state = excluded.state then coalesce(template_states.since, template_states.at) else excluded.at end,
	reason = case when excluded.reason = '' and template_states.state = excluded.state then template_states.reason else excluded.reason end
where template_states.at <= excluded.at`
)

// Save remembers how a template of the company's account stands: the newest word
// holds, however late an older one comes; who says the same again takes back neither
// since when that is so nor, not saying why, the reason. True: it is held now, and was not, or for
// something else.
func (t TemplateState) Save(ctx context.Context, tx sqlx.ExtContext, company, account string) (held bool, err error) {
	var before string
	err = get(ctx, tx, &before, templateBefore, company, account, t.Name, t.Language)
	if err != nil && !errors.Is(err, ErrNotFound) && !errors.Is(err, sql.ErrNoRows) {
		return false, fmt.Errorf("template %s: %w", t.Name, err)
	}
	saved, err := tx.ExecContext(ctx, saveTemplate, company, account, t.Name, t.Language, t.State, t.Reason, t.At, pq.Array(sendable))
	if err != nil {
		return false, fmt.Errorf("template %s: %w", t.Name, err)
	}
	rows, err := saved.RowsAffected()
	return rows > 0 && t.Held() && before != t.State, err
}

const heldOf = `
select s.id, t.name, t.language, t.state, t.reason, coalesce(t.since, t.at) as at
from senders s join template_states t
	on t.company_id = s.company_id and t.account = coalesce(nullif(s.settings ->> 'business_account_id', ''), s.account) and t.state <> all($3)
where s.company_id = $1 and s.id = any($2::uuid[]) and s.kind in ('whatsapp_cloud', 'whatsapp_twilio')
order by t.name, t.language limit 1000`

// heldTemplatesOf are those of the company's senders that are not sent, by sender.
func heldTemplatesOf(ctx context.Context, q sqlx.QueryerContext, company string, senders []string) (map[string][]TemplateState, error) {
	var rows []struct {
		ID string `db:"id"`
		TemplateState
	}
	if err := sqlx.SelectContext(ctx, q, &rows, heldOf, company, pq.Array(senders), pq.Array(sendable)); err != nil {
		return nil, fmt.Errorf("templates of senders: %w", err)
	}
	found := map[string][]TemplateState{}
	for _, row := range rows {
		found[row.ID] = append(found[row.ID], row.TemplateState)
	}
	return found, nil
}

const heldTemplates = `
select name, language, state from template_states
where company_id = $1 and account = $2 and state <> all($3) order by name, language limit 1000`

// HeldTemplates are those that a sender must not send now.
func HeldTemplates(ctx context.Context, q sqlx.QueryerContext, s Sender) ([]TemplateState, error) {
	var found []TemplateState
	if err := sqlx.SelectContext(ctx, q, &found, heldTemplates, s.CompanyID, s.Templates(), pq.Array(sendable)); err != nil {
		return nil, fmt.Errorf("sender %s: templates that are held: %w", s.ID, err)
	}
	return found, nil
}
