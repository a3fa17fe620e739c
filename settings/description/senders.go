package description

import (
	"context"
	"errors"

	"ringback/channels"
	"ringback/settings"
)

// senderOf is a sender as a description has it.
func senderOf(s settings.Sender) sender {
	return sender{
		Kind: string(s.Kind), Address: s.Address, Account: s.Account,
		MessagesPerSecond: s.Settings.MessagesPerSecond, OwnKeywords: s.Settings.OwnKeywords, Business: s.Settings.Business,
		Observe: s.Settings.Observe, Origins: s.Settings.Origins, Color: s.Settings.Color, CallHours: s.Settings.CallHours, LineTypes: s.Settings.LineTypes,
		Service: s.Settings.Service, Agent: s.Settings.Agent,
	}
}

func (d sender) onto(s *settings.Sender) {
	s.Kind, s.Address, s.Account = channels.Kind(d.Kind), d.Address, d.Account
	s.Settings = settings.SenderSettings{
		MessagesPerSecond: d.MessagesPerSecond, OwnKeywords: d.OwnKeywords, Business: d.Business,
		Observe: d.Observe, Origins: d.Origins, Color: d.Color, CallHours: d.CallHours, LineTypes: d.LineTypes,
		Service: d.Service, Agent: d.Agent,
	}
}

// senders brings the senders to what is said.
func (t *teamRun) senders(ctx context.Context) error {
	stored, err := t.edit.Senders(ctx)
	if err != nil {
		return err
	}
	return entries(t, kind[settings.Sender]{
		name: "sender", list: "senders", stored: stored,
		match: func(s settings.Sender, said map[string]any) bool {
			return string(s.Kind) == text(said, "kind") && s.Address == text(said, "address")
		},
		named: func(s settings.Sender) string { return string(s.Kind) + " " + s.Address },
		fresh: func() settings.Sender { return settings.Sender{} },
		shown: func(s settings.Sender) any { return senderOf(s) },
		over: func(_ string, said map[string]any, s *settings.Sender) error {
			shown := senderOf(*s)
			if _, says := said["origins"]; says {
				shown.Origins = nil
			}
			if err := over(said, &shown); err != nil {
				return err
			}
			shown.onto(s)
			if s.Account == t.Vault.Environment[settings.ProviderOf(s.Kind)].ID {
				s.Account = "" // as it is stored
			}
			return nil
		},
		add: func(path string, said map[string]any, s settings.Sender) error {
			account := s.Account
			s.Account = ""
			c, err := t.credentials(path, said, s.Kind)
			if err != nil {
				return err
			}
			if c == nil && account != "" && settings.ProviderOf(s.Kind) == settings.Meta {
				c = &settings.Credentials{PhoneNumberID: account} // one app serves many numbers
			}
			if c == nil && account != "" {
				if err := t.edit.JoinAccount(ctx, t.Vault, &s, account); err != nil {
					return err
				}
				_, err := t.edit.AddSender(ctx, s)
				return err
			}
			_, err = t.edit.ConnectSender(ctx, t.Vault, s, c)
			return err
		},
		save: func(path string, said map[string]any, before, s settings.Sender) error {
			account := s.Account
			differs, err := t.secret(ctx, path, said, before)
			if err != nil {
				return err
			}
			if c, _ := t.credentials(path, said, s.Kind); len(differs) > 0 {
				if err := t.edit.UseCredentials(ctx, t.Vault, &s, *c); err != nil {
					return err
				}
			}
			s.Account = account // another one is another sender, as over the API
			_, err = t.edit.SaveSender(ctx, s)
			return err
		},
		hidden: func(path string, said map[string]any, before settings.Sender) ([]Field, error) {
			return t.secret(ctx, path, said, before)
		},
		remove: func(s settings.Sender) error { return t.edit.DeleteSender(ctx, s.ID) },
	}, t.prunes("senders"), "sender")
}

// errSecret is a secret that the environment lacks; the fault is noted.
var errSecret = errors.New("a secret is missing")

// credentials are the account with the secrets that the environment holds; nil: the
// file names none.
func (t *teamRun) credentials(path string, said map[string]any, kind channels.Kind) (*settings.Credentials, error) {
	secrets, named := map[string]string{}, false
	for _, field := range []string{"auth_token_env", "access_token_env", "app_secret_env"} {
		variable := text(said, field)
		if variable == "" {
			continue
		}
		named = true
		value, there := t.Getenv(variable)
		if !there || value == "" {
			t.fault(path+"."+field, settings.Fault{Field: field, Code: "not_set"}, "names "+variable+", which the environment does not hold")
			return nil, errSecret
		}
		secrets[field] = value
	}
	if !named {
		return nil, nil
	}
	c := &settings.Credentials{AuthToken: secrets["auth_token_env"], AccessToken: secrets["access_token_env"], AppSecret: secrets["app_secret_env"]}
	if settings.ProviderOf(kind) == settings.Meta {
		c.PhoneNumberID = text(said, "account")
	} else {
		c.AccountSID = text(said, "account")
	}
	return c, nil
}

// secret is what differs of the secrets, which nobody can be shown.
func (t *teamRun) secret(ctx context.Context, path string, said map[string]any, s settings.Sender) ([]Field, error) {
	c, err := t.credentials(path, said, s.Kind)
	if err != nil || c == nil {
		return nil, err
	}
	field, secret := "auth_token_env", c.AuthToken
	if c.PhoneNumberID != "" {
		field, secret = "access_token_env", c.AccessToken
	}
	held, err := t.edit.Holds(ctx, t.Vault, s, s.Account, secret)
	if err != nil || held {
		return nil, err
	}
	return []Field{{field, "another secret", "the secret in " + text(said, field)}}, nil
}
