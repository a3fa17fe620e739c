package description

import (
	"context"

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
