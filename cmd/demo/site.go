package demo

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/cmd/app"
	"ringback/cmd/demo/site"
	"ringback/settings"
)

// SiteKey is the key of the chat on the company's website.
const SiteKey = "green-valley-site"

// mountSite opens the company's own website, with the chat on it, and returns
// its address. It is of another origin than the gateway, as in life: a
// browser takes 127.0.0.1 and localhost for two sites.
func mountSite(ctx context.Context, a *app.App) (string, error) {
	origin := a.PublicURL()
	if a.Config.PublicURL == "" {
		origin = a.URL()
	}
	team, err := chatOn(ctx, a.DB.DB, a.Company.ID, origin)
	if err != nil {
		return "", fmt.Errorf("demo: the website's chat: %w", err)
	}
	page := site.Site{Company: Name, Key: SiteKey, Widget: a.PublicURL() + "/chat/widget.js", Contact: a.PublicURL() + "/c/" + team}
	page.Mount(a.Router, "/site")
	return origin + "/site", nil
}

// chatOn lets the service team's chat stand on the website, wherever that is
// this time, and returns the team's id.
func chatOn(ctx context.Context, db *sqlx.DB, company, origin string) (string, error) {
	all, err := settings.ListTeams(ctx, db, company, nil, "", "", 100)
	if err != nil {
		return "", err
	}
	service := all[len(all)-1].ID // the oldest
	_, err = settings.EditTeam(ctx, db, company, service, who, func(e *settings.Edit) error {
		there, err := settings.ListSenders(ctx, db, company, service, "", 100)
		if err != nil {
			return err
		}
		for _, one := range there {
			if one.Kind == channels.WebChat && one.Address == SiteKey {
				one.Settings.Origins = []string{origin}
				_, err := e.SaveSender(ctx, one)
				return err
			}
		}
		_, err = e.AddSender(ctx, settings.Sender{
			Kind: channels.WebChat, Address: SiteKey, Settings: settings.SenderSettings{Origins: []string{origin}},
		})
		return err
	})
	return service, err
}
