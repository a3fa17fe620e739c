package whatsapp

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"ringback/channels"
)

// maxPages bounds how much of a list is read, a hundred things a page.
const maxPages = 20

// pages reads a list of the Graph API page by page, until take has enough.
// https://developers.facebook.com/docs/graph-api/results
func pages[T any](ctx context.Context, c *Channel, account channels.Account, path, fields string, take func([]T) (enough bool)) error {
	query := url.Values{"fields": {fields}, "limit": {"100"}}
	for range maxPages {
		var page struct {
			Data   []T `json:"data"`
			Paging struct {
				Cursors struct {
					After word `json:"after"`
				} `json:"cursors"`
				Next word `json:"next"`
			} `json:"paging"`
		}
		if err := c.call(ctx, account, http.MethodGet, path, query, nil, &page); err != nil {
			return err
		}
		if page.Data == nil {
			return &channels.SendError{Reason: channels.ReasonUnavailable, Retry: channels.Later, Err: errors.New("what was answered is no list")}
		}
		if take(page.Data) || page.Paging.Next == "" || page.Paging.Cursors.After == "" {
			return nil
		}
		query.Set("after", string(page.Paging.Cursors.After))
	}
	return nil
}
