package settings

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/settings/fault"
)

// Credentials are a provider's account: taken whole, and shown with the last
// four characters of its secrets.
type Credentials struct {
	AccountSID    string `json:"account_sid,omitempty" maxLength:"34"`
	AuthToken     string `json:"auth_token,omitempty" maxLength:"200"`
	PhoneNumberID string `json:"phone_number_id,omitempty" maxLength:"32"`
	AccessToken   string `json:"access_token,omitempty" maxLength:"1000"`
	AppSecret     string `json:"app_secret,omitempty" maxLength:"200"`
}

// Credentials is a sender's account as it may be shown; nil: the server's own.
func (v *Vault) Credentials(ctx context.Context, q sqlx.QueryerContext, s Sender) (*Credentials, error) {
	if s.Account == "" {
		return nil, nil
	}
	secrets, err := v.AccountSecrets(ctx, q, ProviderOf(s.Kind), s.Account)
	if err != nil && !errors.Is(err, ErrNoAccount) {
		return nil, err
	}
	masked := make([]string, 2)
	for n, secret := range secrets[:min(2, len(secrets))] {
		masked[n] = Masked(secret)
	}
	if ProviderOf(s.Kind) == Meta {
		return &Credentials{PhoneNumberID: s.Account, AccessToken: masked[0], AppSecret: masked[1]}, nil
	}
	return &Credentials{AccountSID: s.Account, AuthToken: masked[0]}, nil
}

// ConnectSender gives the team a sender with the account that it uses at its
// provider; nil is the server's own.
func (e *Edit) ConnectSender(ctx context.Context, v *Vault, s Sender, c *Credentials) (Sender, error) {
	if err := s.checkKind(); err != nil {
		return s, err
	}
	if s.Kind == channels.WhatsAppCloud {
		c = numbered(s.Address, c)
	}
	if c != nil {
		if err := e.UseCredentials(ctx, v, &s, *c); err != nil {
			return s, err
		}
	}
	return e.AddSender(ctx, s)
}

// numbered names Meta's phone number id as the account when it was given as
// the address alone.
func numbered(address string, c *Credentials) *Credentials {
	var named Credentials
	if c != nil {
		named = *c
	}
	if named.PhoneNumberID == "" && !strings.HasPrefix(address, "+") {
		named.PhoneNumberID = address
	}
	return &named
}

// UseCredentials stores the account and has the sender use it, who is not
// paused any more. What Credentials showed changes nothing.
func (e *Edit) UseCredentials(ctx context.Context, v *Vault, s *Sender, c Credentials) error {
	if err := c.check(); err != nil {
		return err
	}
	provider, account, secrets := c.parts(s.Kind)
	shown := s.ID != "" && account == s.Account && !slices.ContainsFunc(secrets, func(s string) bool { return !isMask(s) })
	account, err := e.UseAccount(ctx, v, provider, account, secrets)
	if err != nil || shown {
		return err
	}
	s.Account, s.PausedAt, s.PausedFor = account, nil, nil
	return nil
}

// check is what a form's fields must hold, before they are put together.
func (c Credentials) check() error {
	var wrong Invalid
	for _, f := range fault.Shape(c) {
		wrong = append(wrong, f.At("account."+f.Field))
	}
	return wrong.Err()
}

func (c Credentials) parts(kind channels.Kind) (provider, account string, secrets []string) {
	provider = ProviderOf(kind)
	if provider != Meta {
		return provider, c.AccountSID, []string{c.AuthToken}
	}
	if c.AccessToken != "" || c.AppSecret != "" {
		secrets = []string{c.AccessToken, c.AppSecret}
	}
	return provider, c.PhoneNumberID, secrets
}
