package app

import (
	gatewayapi "ringback/gateway/api"
	"ringback/settings"
	"ringback/settings/api"
)

// mountAPI opens the API for admins and machines.
func (a *App) mountAPI(vault *settings.Vault) error {
	mounted := api.New(a.Router, api.Config{
		DB: a.DB.DB, Clock: a.Clock, Vault: vault, Bootstrap: a.Config.BootstrapKey, Company: a.Company.ID, PublicURL: a.PublicURL(), Address: a.PublicURL,
	})
	gatewayapi.Register(mounted, gatewayapi.Config{DB: a.DB.DB, Clock: a.Clock, Account: a.Config.TwilioAccount, Receive: a.Gateway.Receive})
	a.Router.NoRoute(api.NotFound)
	a.Router.NoMethod(api.NotAllowed)
	return nil
}
