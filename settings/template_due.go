package settings

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels/clock"
)

// TemplateDue is a template that is held, and of which its provider is to be asked.
type TemplateDue struct {
	TemplateState // At is when its provider last said so

	CompanyID string `db:"company_id"`
	Account   string `db:"account"`
}

// TemplateSilence is how long a provider that cannot be asked may say nothing of a
// template, before it is tried once more.
const TemplateSilence = 24 * time.Hour

// Each is asked once an hour, by whichever replica comes first.
const dueTemplates = `
update template_states t set ask_at = coalesce($1::timestamptz, now()) + interval '1 hour'
from (select company_id, account, name, language from template_states
    where ask_at <= coalesce($1::timestamptz, now()) order by ask_at limit 20 for update skip locked) due
where t.company_id = due.company_id and t.account = due.account and t.name = due.name and t.language = due.language
returning t.company_id, t.account, t.name, t.language, t.state, t.reason, t.at`

// DueTemplates are those of which their providers are to be asked now.
func DueTemplates(ctx context.Context, q sqlx.QueryerContext, now clock.Due) ([]TemplateDue, error) {
	var found []TemplateDue
	if err := sqlx.SelectContext(ctx, q, &found, dueTemplates, now); err != nil {
		return nil, fmt.Errorf("templates to ask for: %w", err)
	}
	return found, nil
}

const templateSender = `
select ` + senderColumns + ` from senders
where company_id = $1 and (kind = 'whatsapp_cloud' and settings ->> 'business_account_id' = $2 or kind in ('whatsapp_cloud', 'whatsapp_twilio') and account = $2)
order by settings ->> 'business_account_id' = $2 desc nulls last, id limit 1`

// Sender is one that uses the template; ErrNotFound: none does any more.
func (t TemplateDue) Sender(ctx context.Context, q sqlx.QueryerContext) (Sender, error) {
	var s Sender
	return s, wrap(get(ctx, q, &s, templateSender, t.CompanyID, t.Account), "the sender of template "+t.Name)
}

const forgetTemplate = `
delete from template_states where company_id = $1 and account = $2 and name = $3 and language = $4 and at = $5`

// Forget takes the template for approved, unless something newer was told of it.
func (t TemplateDue) Forget(ctx context.Context, q sqlx.ExecerContext) error {
	if _, err := q.ExecContext(ctx, forgetTemplate, t.CompanyID, t.Account, t.Name, t.Language, t.At); err != nil {
		return fmt.Errorf("template %s: %w", t.Name, err)
	}
	return nil
}
