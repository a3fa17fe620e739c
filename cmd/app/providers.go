package app

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"

	"ringback/channels"
	"ringback/channels/whatsapp"
	"ringback/settings"
)

// providers are all that customers may be reached through.
func (c Config) providers() ([]channels.Channel, error) {
	sms, err := c.Twilio()
	if err != nil {
		return nil, err
	}
	meta, err := c.Meta()
	if err != nil {
		return nil, err
	}
	return []channels.Channel{sms, meta}, nil
}

// Meta is Meta's Cloud API as the environment describes it.
func (c Config) Meta() (*whatsapp.Channel, error) {
	at, err := address("META_BASE_URL", c.MetaBaseURL)
	if err != nil {
		return nil, err
	}
	return whatsapp.New(whatsapp.Config{BaseURL: at, Version: c.MetaVersion, VerifyToken: c.MetaVerifyToken}), nil
}

// templates asks Meta for those of a sender's business.
func (c Config) templates(accounts settings.Accounts) func(context.Context, settings.Sender) ([]channels.Approval, error) {
	return func(ctx context.Context, s settings.Sender) ([]channels.Approval, error) {
		meta, err := c.Meta()
		if err != nil {
			return nil, err
		}
		account, err := accounts.Find(ctx, s.Kind, s.Account)
		if err != nil && !errors.Is(err, settings.ErrNoAccount) {
			return nil, err
		}
		return meta.Templates(ctx, account, s.Settings.Business)
	}
}

// checkAccount asks the provider whether an account's secrets are its own. One that
// cannot be asked is believed.
func (c Config) checkAccount(ctx context.Context, provider string, account channels.Account) error {
	all, err := c.providers()
	if err != nil {
		return err
	}
	for _, channel := range all {
		checker, asks := channel.(channels.AccountChecker)
		if asks && settings.ProviderOf(channel.Kinds()[0]) == provider {
			return checker.CheckAccount(ctx, account)
		}
	}
	return nil
}

// checkBusiness asks Meta whether a number is one of a business account's.
func (c Config) checkBusiness(ctx context.Context, account channels.Account, business string) error {
	meta, err := c.Meta()
	if err != nil {
		return err
	}
	return meta.CheckBusiness(ctx, account, business)
}

// address is nil when none is set, which means the provider's own.
func address(variable, value string) (*url.URL, error) {
	if value == "" {
		return nil, nil //nolint:nilnil // no address is a good answer
	}
	u, err := url.Parse(value)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", variable, err)
	}
	return u, nil
}

var graphVersion = regexp.MustCompile(`^v[0-9]{1,3}\.[0-9]$`)

// checkMeta names what is wrong with the account at Meta.
func (c Config) checkMeta(fault func(string, string, ...any)) {
	checkURL(fault, "META_BASE_URL", c.MetaBaseURL)
	if c.MetaVersion != "" && !graphVersion.MatchString(c.MetaVersion) {
		fault("META_GRAPH_VERSION", "%q is not a version like %s", c.MetaVersion, whatsapp.DefaultVersion)
	}
	if c.MetaSecret == "" && c.MetaToken+c.MetaSecretPrevious != "" {
		fault("META_APP_SECRET", "must be set with META_ACCESS_TOKEN: an empty secret would let anybody in")
	}
}

// metaSecrets are the token to call with, and then the secrets that sign. With
// no token we hear and cannot answer, which each sender's pause says.
func (c Config) metaSecrets() []string {
	live := []string{c.MetaToken, c.MetaSecret}
	if c.MetaSecretPrevious != "" {
		live = append(live, c.MetaSecretPrevious)
	}
	return live
}
