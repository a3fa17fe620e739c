package settings

import (
	"context"

	"github.com/jmoiron/sqlx"
)

// SenderDetail is a sender with what is shown beside it.
type SenderDetail struct {
	Sender
	Credentials *Credentials // with masked secrets; nil: the server's own account
	Health      Health
	Paste       []Paste
	CallHours   *CallHoursState // nil: they do not follow the team's schedules
	Check       *SenderCheck    // nil: the provider was not asked
	Held        []TemplateState // templates that are not sent
}

// Details adds to senders of one company what is shown beside them. Address is
// where providers reach us.
func (v *Vault) Details(ctx context.Context, q sqlx.QueryerContext, address string, senders ...Sender) ([]SenderDetail, error) {
	if len(senders) == 0 {
		return nil, nil
	}
	ids := make([]string, len(senders))
	for n, s := range senders {
		ids[n] = s.ID
	}
	health, err := HealthOf(ctx, q, senders[0].CompanyID, ids)
	if err != nil {
		return nil, err
	}
	hours, err := CallHoursOf(ctx, q, senders)
	if err != nil {
		return nil, err
	}
	checks, err := checksOf(ctx, q, senders[0].CompanyID, ids)
	if err != nil {
		return nil, err
	}
	held, err := heldTemplatesOf(ctx, q, senders[0].CompanyID, ids)
	if err != nil {
		return nil, err
	}
	details := make([]SenderDetail, len(senders))
	for n, s := range senders {
		details[n] = SenderDetail{Sender: s, Health: health[s.ID], Paste: s.Paste(address), CallHours: hours[s.ID], Check: checks[s.ID], Held: held[s.ID]}
		if details[n].Credentials, err = v.Credentials(ctx, q, s); err != nil {
			return nil, err
		}
	}
	return details, nil
}
