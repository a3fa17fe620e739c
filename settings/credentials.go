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
	AccountSID string `json:"account_sid,omitempty" maxLength:"34"`
	AuthToken  string `json:"auth_token,omitempty" maxLength:"200" doc:"Verifies what Twilio sends us, and is what Twilio is called with where there is no API key"`
	// A key that is left out stays; an empty one is taken away.
	APIKey        *string `json:"api_key,omitempty" maxLength:"34" doc:"SK…: what Twilio is called with in place of the token. Left out, it stays as it is; empty, it is taken away"`
	APIKeySecret  string  `json:"api_key_secret,omitempty" maxLength:"200"`
	PhoneNumberID string  `json:"phone_number_id,omitempty" maxLength:"32"`
	AccessToken   string  `json:"access_token,omitempty" maxLength:"1000"`
	AppSecret     string  `json:"app_secret,omitempty" maxLength:"200" doc:"Left out beside access_token: the number is in the server's own app at Meta"`
}

// Key is the id of the account's API key; empty: it has none.
func (c Credentials) Key() string {
	if c.APIKey == nil {
		return ""
	}
	return *c.APIKey
}

// Credentials is a sender's account as it may be shown; nil: the server's own.
func (v *Vault) Credentials(ctx context.Context, q sqlx.QueryerContext, s Sender) (*Credentials, error) {
	if s.Account == "" {
		return nil, nil
	}
	account, err := v.Account(ctx, q, ProviderOf(s.Kind), s.Account)
	if err != nil && !errors.Is(err, ErrNoAccount) {
		return nil, err
	}
	masked := make([]string, 2)
	for n, secret := range account.Secrets[:min(2, len(account.Secrets))] {
		if !slices.Contains(v.Environment[ProviderOf(s.Kind)].Secrets, secret) { // the server's are nobody's to see
			masked[n] = Masked(secret)
		}
	}
	if ProviderOf(s.Kind) == Meta {
		return &Credentials{PhoneNumberID: s.Account, AccessToken: masked[0], AppSecret: masked[1]}, nil
	}
	shown := &Credentials{AccountSID: s.Account, AuthToken: masked[0]}
	if key := account.Key; key.SID != "" {
		shown.APIKey, shown.APIKeySecret = &key.SID, Masked(key.Secret)
	}
	return shown, nil
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
	if err := fault.Together(s.check(), c.check(v, s.Kind)); err != nil {
		return err
	}
	provider, account, secrets := c.parts(s.Kind)
	key := c.key()
	shown := s.ID != "" && account == s.Account && !slices.ContainsFunc(secrets, func(s string) bool { return !isMask(s) }) &&
		(key == nil || isMask(key.Secret))
	account, err := e.UseAccount(ctx, v, provider, account, secrets, key)
	if err != nil || shown {
		return err
	}
	s.Account, s.PausedAt, s.PausedFor = account, nil, nil
	return nil
}

// check is all that is wrong with an account as it was given, for a sender of that kind.
func (c Credentials) check(v *Vault, kind channels.Kind) error {
	provider, account, secrets := c.parts(kind)
	var wrong Invalid
	_ = wrong.Take(fault.Together(checkAccount(provider, account, v.ofSharedApp(provider, secrets)), c.checkKey(provider))) // they know no other errors
	wrong.Bounds("account.", c)
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

// key is the key of the account's API as it was given; nil: nothing was said of it.
func (c Credentials) key() *channels.APIKey {
	if c.APIKey == nil && c.APIKeySecret == "" {
		return nil
	}
	return &channels.APIKey{SID: c.Key(), Secret: c.APIKeySecret}
}

func (c Credentials) checkKey(provider string) error {
	key := c.key()
	var wrong Invalid
	switch {
	case key == nil:
	case provider != Twilio:
		wrong.Add(true, "account.api_key", "account_unneeded")
	case key.SID == "":
		wrong.Add(key.Secret != "", "account.api_key", "empty_beside", "Other", "api_key_secret")
	default:
		wrong.Add(!IsAPIKeySID(key.SID), "account.api_key", "api_key")
		wrong.Add(key.Secret == "", "account.api_key_secret", "empty_beside", "Other", "api_key")
	}
	return wrong.Err()
}
