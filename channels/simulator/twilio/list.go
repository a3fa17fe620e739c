package twilio

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// page is a page of messages as it lies on the wire. A URI that leads nowhere
// is null.
type page struct {
	End             int               `json:"end"`
	FirstPageURI    string            `json:"first_page_uri"`
	NextPageURI     *string           `json:"next_page_uri"`
	Page            int               `json:"page"`
	PageSize        int               `json:"page_size"`
	PreviousPageURI *string           `json:"previous_page_uri"`
	Start           int               `json:"start"`
	URI             string            `json:"uri"`
	Messages        []messageResource `json:"messages"`
}

// listMessages serves GET Messages.json: To, From, DateSent (also with < and >
// in its name), PageSize, and Page with PageToken as its own URIs give them.
// Both directions are listed, newest first.
func (s *Simulator) listMessages(w http.ResponseWriter, r *http.Request, account string) {
	query := r.URL.Query()
	dated, err := dates(query)
	if err != nil {
		writeError(w, 20001, err.Error())
		return
	}
	found := s.pick(func(m Message) bool {
		return m.Account == account && dated(m) &&
			(!query.Has("To") || query.Get("To") == m.To) && (!query.Has("From") || query.Get("From") == m.From)
	})
	slices.Reverse(found)
	write(w, http.StatusOK, cut(found, account, query))
}

// cut makes the page that a query asks for. A token names the message beside
// the page, so that pages stay apart when new messages come in meanwhile.
func cut(found []Message, account string, query url.Values) page {
	size := min(max(number(query.Get("PageSize"), 50), 1), 1000)
	nth := max(number(query.Get("Page"), 0), 0)
	start := min(nth*size, len(found))
	if token := query.Get("PageToken"); len(token) > 2 {
		beside := slices.IndexFunc(found, func(m Message) bool { return m.SID == token[2:] })
		switch {
		case beside < 0:
			start = len(found) // forgotten meanwhile, and all that is older with it
		case strings.HasPrefix(token, "PA"):
			start = beside + 1
		default:
			start = max(beside-size, 0)
		}
	}
	end := min(start+size, len(found))

	p := page{
		Page: nth, PageSize: size, Start: nth * size, End: nth*size + max(end-start-1, 0),
		URI: pageURI(account, query, size, nth, query.Get("PageToken")), FirstPageURI: pageURI(account, query, size, 0, ""),
		Messages: []messageResource{},
	}
	for _, m := range found[start:end] {
		p.Messages = append(p.Messages, resource(m))
	}
	if end < len(found) {
		next := pageURI(account, query, size, nth+1, "PA"+found[end-1].SID)
		p.NextPageURI = &next
	}
	if nth > 0 && start > 0 && start < len(found) {
		previous := pageURI(account, query, size, nth-1, "PB"+found[start].SID)
		p.PreviousPageURI = &previous
	}
	return p
}

func pageURI(account string, query url.Values, size, nth int, token string) string {
	q := url.Values{"PageSize": {strconv.Itoa(size)}, "Page": {strconv.Itoa(nth)}}
	for _, name := range []string{"To", "From", "DateSent", "DateSent<", "DateSent>"} {
		if query.Has(name) {
			q.Set(name, query.Get(name))
		}
	}
	if token != "" {
		q.Set("PageToken", token)
	}
	return uri(account, "Messages") + "?" + q.Encode()
}

func number(written string, otherwise int) int {
	if n, err := strconv.Atoi(written); err == nil {
		return n
	}
	return otherwise
}

// dates reads the bounds on the date of sending. A message that has not been
// sent yet counts from its creation: Twilio does not say, and whoever looks
// for a message that it may have taken must find it.
func dates(query url.Values) (func(Message) bool, error) {
	var bounds []func(time.Time) bool
	for name, within := range map[string]func(bound, t time.Time) bool{
		"DateSent":  func(bound, t time.Time) bool { return !t.Before(bound) && t.Before(bound.AddDate(0, 0, 1)) },
		"DateSent<": func(bound, t time.Time) bool { return !t.After(bound) },
		"DateSent>": func(bound, t time.Time) bool { return !t.Before(bound) },
	} {
		if !query.Has(name) {
			continue
		}
		bound, err := date(query.Get(name))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		bounds = append(bounds, func(t time.Time) bool { return within(bound, t) })
	}
	return func(m Message) bool {
		at := m.Sent
		if at.IsZero() {
			at = m.Created
		}
		return !slices.ContainsFunc(bounds, func(in func(time.Time) bool) bool { return !in(at) })
	}, nil
}

// date reads a day, which begins at midnight UTC, or an instant.
func date(written string) (time.Time, error) {
	if day, err := time.Parse(time.DateOnly, written); err == nil {
		return day, nil
	}
	return time.Parse(time.RFC3339, written)
}
