package app

import (
	"ringback/webhooks/contact"
	"ringback/webhooks/pages"
)

// mountPages opens the customers' pages and the teams' contact pages.
func (a *App) mountPages() error {
	customers, err := pages.New(pages.Config{
		DB: a.DB.DB, Clock: a.Clock, Log: a.Log, Media: a.Media, PublicURL: a.PublicURL, Wake: a.Gateway.Wake, Changed: a.tell,
	})
	if err != nil {
		return err
	}
	customers.Mount(a.Router)
	teams, err := contact.New(contact.Config{
		DB: a.DB.DB, Clock: a.Clock, Log: a.Log, PublicURL: a.PublicURL, Wake: a.Gateway.Wake, Changed: a.tell,
	})
	if err != nil {
		return err
	}
	teams.Mount(a.Router)
	return nil
}
