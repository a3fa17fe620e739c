package settings

import (
	"context"
	"errors"
)

const (
	// Two companies that name one business at the same moment do so one after the other.
	lockBusiness = `select pg_advisory_xact_lock(hashtextextended('business/' || $1, 0))`

	// Of one business's senders a few are here at the most. What Meta has said not to be
	// a company's keeps nobody else from it.
	othersBusiness = `
select exists (select from senders s
    where settings ->> 'business_account_id' = $1 and settings ->> 'business_account_id' <> '' and company_id <> $2 and not ` + Disowned + `)`
)

// ownsBusiness is asked for the WhatsApp business account that a sender comes to name.
// Its templates and what Meta tells of it are shown at the sender: so no other company
// may have named it, and Meta has to say, asked with the sender's own token, that the
// number is one of its.
func (e *Edit) ownsBusiness(ctx context.Context, was string, s Sender) error {
	business := s.Settings.Business
	if business == "" || business == was {
		return nil
	}
	if _, err := e.tx.ExecContext(ctx, lockBusiness, business); err != nil {
		return wrap(err, "business "+business)
	}
	var taken bool
	if err := get(ctx, e.tx, &taken, othersBusiness, business, e.Team.CompanyID); err != nil {
		return wrap(err, "business "+business)
	}
	if taken {
		return NewConflict("business_account_id", "business_taken")
	}
	if e.Vault == nil || e.Vault.CheckBusiness == nil {
		return nil
	}
	account, err := e.Vault.Account(ctx, e.tx, Meta, s.Account)
	if errors.Is(err, ErrNoAccount) {
		return Refuse("business_account_id", "business_refused")
	}
	if err != nil {
		return err
	}
	return e.until(&unproven{vault: e.Vault, provider: Meta, account: account, business: business})
}
