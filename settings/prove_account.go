package settings

import (
	"context"
	"errors"
	"slices"

	"ringback/channels"
)

// unproven ends a change that needs its provider's word: EditTeam asks for it
// and makes the change again.
type unproven struct {
	vault    *Vault
	provider string
	account  channels.Account
	business string // whose number the account is said to be; empty: its secrets are in question
	fresh    bool   // nobody has the account yet, and its own secret signs for it
}

func (u *unproven) Error() string {
	return u.provider + " has to say whether the account's secrets are right"
}

func (u *unproven) is(other *unproven) bool {
	return u.provider == other.provider && u.business == other.business && u.account.ID == other.account.ID &&
		slices.Equal(u.account.Secrets, other.account.Secrets) && u.account.Key == other.account.Key
}

// prove is *unproven until the provider has said that the account's secrets are right.
// Of a fresh account it is enough that nothing but a provider would know: where something
// plays the provider, there is nobody to ask, and nobody whose account this could be.
func (e *Edit) prove(v *Vault, provider string, account channels.Account, fresh bool) error {
	if v.Check == nil {
		return nil
	}
	return e.until(&unproven{vault: v, provider: provider, account: account, fresh: fresh})
}

// until is what is unproven until it is proven.
func (e *Edit) until(u *unproven) error {
	if slices.ContainsFunc(e.proven, u.is) {
		return nil
	}
	return u
}

// prove asks the provider for the account's secret, and for its key where it has
// one: webhooks are believed by the one, and calls are made with the other.
func (u *unproven) prove(ctx context.Context) error {
	if u.business != "" {
		return said(u.vault.CheckBusiness(ctx, u.account, u.business), "business_account_id", "business_refused", "business_account_id")
	}
	keyless := u.account
	keyless.Key = channels.APIKey{}
	field := "account.auth_token"
	if u.provider == Meta {
		field = "account.access_token"
	}
	if err := u.ask(ctx, keyless, field); err != nil || u.account.Key == keyless.Key {
		return err
	}
	return u.ask(ctx, u.account, "account.api_key_secret")
}

// ask asks the provider once.
func (u *unproven) ask(ctx context.Context, account channels.Account, field string) error {
	err := u.vault.Check(ctx, u.provider, account)
	if u.fresh && errors.Is(err, channels.ErrUnversed) {
		return nil
	}
	return said(err, field, "account_refused", accountField(u.provider))
}

// said is what a provider's answer means for who typed: what it refuses is a fault of
// the field; that it does not answer is no word of either.
func said(err error, field, refused, silent string) error {
	var no *channels.SendError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, channels.ErrUnversed):
	case errors.As(err, &no) && (no.Reason == channels.ReasonCredentials || no.Retry == channels.Never):
		return Refuse(field, refused)
	}
	return NewConflict(silent, "account_unasked")
}
