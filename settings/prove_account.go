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
}

func (u *unproven) Error() string {
	return u.provider + " has to say whether the account's secrets are right"
}

// prove is *unproven until the provider has said that the account's secrets are right.
func (e *Edit) prove(v *Vault, provider string, account channels.Account) error {
	p := e.proven
	if v.Check == nil || p != nil && p.provider == provider && p.account.ID == account.ID && slices.Equal(p.account.Secrets, account.Secrets) && p.account.Key == account.Key {
		return nil
	}
	return &unproven{vault: v, provider: provider, account: account}
}

// prove asks the provider for the account's secret, and for its key where it has
// one: webhooks are believed by the one, and calls are made with the other.
func (u *unproven) prove(ctx context.Context) error {
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

// ask asks the provider once. What it refuses is a fault of the field; that it does
// not answer is no word of either.
func (u *unproven) ask(ctx context.Context, account channels.Account, field string) error {
	err := u.vault.Check(ctx, u.provider, account)
	var no *channels.SendError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &no) && (no.Reason == channels.ReasonCredentials || no.Retry == channels.Never):
		return Refuse(field, "account_refused")
	}
	return NewConflict(accountField(u.provider), "account_unasked")
}
