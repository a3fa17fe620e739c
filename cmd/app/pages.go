package app

import "ringback/webhooks/pages"

// mountPages opens the customers' pages.
func (a *App) mountPages() error {
	customers, err := pages.New(pages.Config{
		DB: a.DB.DB, Clock: a.Clock, Log: a.Log, Media: a.Media, PublicURL: a.PublicURL, Wake: a.Gateway.Wake, Changed: a.tell,
	})
	if err != nil {
		return err
	}
	customers.Mount(a.Router)
	return nil
}
