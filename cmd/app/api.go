package app

import (
	"context"

	"ringback/channels/model"
	"ringback/gateway/drafts"
	"ringback/gateway/inbox"
	"ringback/settings"
	"ringback/settings/staff"
	"ringback/webhooks/api"
	"ringback/webhooks/api/reference"
	"ringback/webhooks/chat"
	"ringback/webhooks/console"
	"ringback/webhooks/web/assets"
	"ringback/webhooks/web/limit"
	"ringback/webhooks/web/session"
)

// mountAPI opens the API for admins and machines, the console beside it, and the
// chat on companies' websites.
func (a *App) mountAPI(accounts settings.Accounts) error {
	vault := accounts.Vault
	a.Desk = inbox.Desk{
		DB: a.DB.DB, Clock: a.Clock, Gateway: a.Gateway, Media: a.Media, Notices: a.Notices, Hooks: a.Hooks, Links: a.Gateway.Links, Company: a.Company.ID, Account: a.Config.TwilioAccount,
		Payments: a.Config.StripeKey != "", PublicURL: a.PublicURL, Drafts: &drafts.Writer{Server: model.New(a.Config.drafts())}, Health: a.health,
	}
	templates := a.Config.templates(accounts)
	asked := limit.New()
	mounted := api.Mount(a.Router, api.Config{
		DB: a.DB.DB, Clock: a.Clock, Vault: vault, Bootstrap: a.Config.BootstrapKey, Company: a.Company.ID,
		ServerURL: a.PublicURL(), PublicURL: a.PublicURL, Identity: a.identity, Mail: a.mail, Templates: templates,
		Hooks: a.Hooks, Inbox: a.Desk, Asked: asked,
	})
	a.Router.NoMethod(api.NotAllowed)
	assets.Mount(a.Router)
	reference.Mount(a.Router, mounted, a.PublicURL)
	a.Gate = staff.Gate{DB: a.DB.DB, Bootstrap: a.Config.BootstrapKey, Company: a.Company.ID, PublicURL: a.PublicURL, Identity: a.identity, Key: vault.Key, Mail: a.mail}
	pages, err := console.New(console.Config{
		Clock: a.Clock, Log: a.Log, Gate: session.Gate{Gate: a.Gate}, Live: a.Live, Inbox: a.Desk,
		Vault: vault, Hooks: a.Hooks, Templates: templates, Asked: asked,
	})
	if err != nil {
		return err
	}
	pages.Mount(a.Router)
	chat.Mount(a.Router, chat.Config{
		DB: a.DB.DB, Clock: a.Clock, Hub: a.Live, Log: a.Log, PublicURL: a.PublicURL, Account: a.Config.TwilioAccount,
		Receive: a.Gateway.Receive, Wake: a.Gateway.Wake, Media: a.Media, Links: a.Gateway.Links,
		Secrets: func(ctx context.Context, company, sender string) ([][]byte, error) {
			return vault.IdentitySecrets(ctx, a.DB, company, sender)
		},
	})
	a.Router.NoRoute(pages.Missing(api.NotFound))
	return nil
}
