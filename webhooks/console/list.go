package console

import (
	"context"

	"ringback/gateway/inbox"
	"ringback/settings"
	"ringback/webhooks/api"
	"ringback/webhooks/web/session"
)

// shown is how many items of a list stand on one page.
const shown = 50

// most is how many items of a list a page reads to offer them as choices.
const most = 5000

// ctx ends with the request.
func (v *View) ctx() context.Context {
	ctx := settings.WithOrigin(v.g.Request.Context(), session.Address(v.g.Request))
	return settings.WithClock(settings.WithAuthor(ctx, v.Who.StaffID), v.console.Clock.Queue())
}

// listed is the page of a list that the address asks for.
func listed[T any](v *View, id func(T) string, fetch func(before string, limit int) ([]T, error)) (api.List[T], error) {
	page, err := api.Listed(api.Page{Limit: shown, Cursor: v.Query("cursor")}, id, fetch)
	if err != nil {
		return api.List[T]{}, err
	}
	return page.Body, nil
}

// listedFrom is listed for a list that is not sorted by id alone.
func listedFrom[T any](v *View, place func(T) inbox.Place, fetch func(after inbox.Place, limit int) ([]T, error)) (api.List[T], error) {
	page, err := api.ListedFrom(api.Page{Limit: shown, Cursor: v.Query("cursor")}, place, fetch)
	if err != nil {
		return api.List[T]{}, err
	}
	return page.Body, nil
}
