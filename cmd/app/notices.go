package app

import (
	"ringback/channels/mail"
	"ringback/gateway/notifications"
	"ringback/settings"
)

// notices is the bell for the staff, with each of its ways that the
// configuration has.
func (a *App) notices(vault *settings.Vault, cache *settings.Cache) (*notifications.Notifier, error) {
	c := notifications.Config{
		DB: a.DB.Work, Clock: a.Clock, Settings: cache, Key: vault.Key, Text: a.Gateway.TextStaff, PublicURL: a.PublicURL, Log: a.Log, Rounds: &a.rounds,
		TLS: a.Config.PushTLS, Loopback: a.Config.PushTLS != nil,
	}
	if a.Config.SMTPURL != "" {
		server, err := mail.New(mail.Config{URL: a.Config.SMTPURL, From: a.Config.MailFrom})
		if err != nil {
			return nil, err
		}
		c.Mail, a.mail = server, server
	}
	return notifications.New(c), nil
}
