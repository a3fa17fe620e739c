package api

import (
	"encoding/base64"
	"strconv"
	"time"

	"github.com/google/uuid"

	"ringback/gateway/inbox"
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
	place, err := p.Place()
	if err == nil && !place.At.IsZero() {
		err = settings.Refuse("cursor", "cursor")
	}
	return place.ID, err
}

// Place returns the place that the page starts after; its zero is the beginning. In
// a list that is sorted by a time, the cursor is that time in microseconds, behind
// the id.
func (p Page) Place() (inbox.Place, error) {
	if p.Cursor == "" {
		return inbox.Place{}, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	if err != nil || len(raw) < idBytes {
		return inbox.Place{}, settings.Refuse("cursor", "cursor")
	}
	place := inbox.Place{ID: uuid.UUID(raw[:idBytes]).String()}
	if micros := string(raw[idBytes:]); micros != "" {
		at, err := strconv.ParseInt(micros, 10, 64)
		if place.At = time.UnixMicro(at).UTC(); err != nil || place.At.Year() < 1 || place.At.Year() > 9999 {
			return inbox.Place{}, settings.Refuse("cursor", "cursor")
		}
	}
	return place, nil
}

const idBytes = len(uuid.UUID{})

func cursor(p inbox.Place) (string, error) {
	id, err := uuid.Parse(p.ID)
	raw := id[:]
	if !p.At.IsZero() {
		raw = strconv.AppendInt(raw, p.At.UnixMicro(), 10)
	}
	return base64.RawURLEncoding.EncodeToString(raw), err
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
	return page(p, func(item T) inbox.Place { return inbox.Place{ID: id(item)} }, func(limit int) ([]T, error) { return fetch(before, limit) })
}

// ListedFrom is Listed for a list that is not sorted by id alone.
func ListedFrom[T any](p Page, place func(T) inbox.Place, fetch func(after inbox.Place, limit int) ([]T, error)) (*Answer[List[T]], error) {
	after, err := p.Place()
	if err != nil {
		return nil, err
	}
	return page(p, place, func(limit int) ([]T, error) { return fetch(after, limit) })
}

func page[T any](p Page, place func(T) inbox.Place, fetch func(limit int) ([]T, error)) (*Answer[List[T]], error) {
	items, err := fetch(p.Limit + 1)
	if err != nil {
		return nil, err
	}
	list := List[T]{Items: items}
	if len(items) > p.Limit {
		list.Items = items[:p.Limit]
		next, err := cursor(place(list.Items[p.Limit-1]))
		if err != nil {
			return nil, err
		}
		list.Next = &next
	}
	return &Answer[List[T]]{list}, nil
}
