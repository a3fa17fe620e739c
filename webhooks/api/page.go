package api

import (
	"encoding/base64"

	"github.com/google/uuid"

	"ringback/settings"
)

// Page is what every list takes. The cursor is the last id of the page before:
// ids grow with time, so a list is read by index however long it is, and what
// is new meanwhile neither repeats an item nor hides one.
type Page struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many items to answer with"`
	Cursor string `query:"cursor" maxLength:"100" doc:"The next of the page before"`
}

// Before returns the id that the page starts after, or "" for the first page.
func (p Page) Before() (string, error) {
	if p.Cursor == "" {
		return "", nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	if err == nil {
		var id uuid.UUID
		if id, err = uuid.FromBytes(raw); err == nil {
			return id.String(), nil
		}
	}
	return "", settings.Refuse("cursor", "cursor")
}

// List is one page.
type List[T any] struct {
	Items []T     `json:"items" nullable:"false"`
	Next  *string `json:"next" doc:"The cursor of the page that follows; null on the last"`
}

// Listed cuts a page out of what fetch found; fetch is asked for one item more
// than the page has, to know whether another page follows.
func Listed[T any](p Page, id func(T) string, fetch func(before string, limit int) ([]T, error)) (*Answer[List[T]], error) {
	before, err := p.Before()
	if err != nil {
		return nil, err
	}
	items, err := fetch(before, p.Limit+1)
	if err != nil {
		return nil, err
	}
	list := List[T]{Items: items}
	if len(items) > p.Limit {
		list.Items = items[:p.Limit]
		last, err := uuid.Parse(id(list.Items[p.Limit-1]))
		if err != nil {
			return nil, err
		}
		next := base64.RawURLEncoding.EncodeToString(last[:])
		list.Next = &next
	}
	return &Answer[List[T]]{list}, nil
}
