package phone

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/lib/pq"

	"ringback/channels"
)

// enclosed is a file of a message, as the phone shows it.
type enclosed struct {
	URL, Name string
	Picture   bool
}

// stored is what the gateway has of a file.
type stored struct {
	ID          string `db:"id"`
	Source      string `db:"source"` // where it lay at the provider; empty: the team's own
	State       string `db:"state"`
	Reason      string `db:"reason"`
	ContentType string `db:"content_type"`
	Name        string `db:"name"`
	Size        int64  `db:"size"`
	Row         string `db:"row"`
}

const readFiles = `
select id, coalesce(source ->> 'url', '') as source, state, reason, content_type, name, size, to_jsonb(m) as row
from media m where company_id = $1 and (id = any($2::uuid[]) or source ->> 'url' = any($3))`

// stored are files by their ids, or by where they lay at the provider.
func (p *Phone) stored(ctx context.Context, ids, sources []string) ([]stored, error) {
	if len(ids)+len(sources) == 0 {
		return nil, nil
	}
	var all []stored
	if err := p.DB.SelectContext(ctx, &all, readFiles, p.Company, pq.Array(ids), pq.Array(sources)); err != nil {
		return nil, fmt.Errorf("phone: files: %w", err)
	}
	return all, nil
}

// shown is the file where the gateway shows it.
func (p *Phone) shown(f stored) (enclosed, bool) {
	if p.Show == nil || f.State != "stored" {
		return enclosed{}, false
	}
	at, err := url.Parse(p.Show(f.ID))
	if err != nil {
		return enclosed{}, false
	}
	// By its path alone: the page may be open under another name of this machine.
	return enclosed{at.RequestURI(), f.Name, strings.HasPrefix(f.ContentType, "image/")}, true
}

const readSent = `select provider_id, media from deliveries where company_id = $1 and provider_id = any($2) and media <> '[]'`

// sentFiles are the files of messages that the team sent, by the provider's ids.
func (p *Phone) sentFiles(ctx context.Context, messages []string) (map[string][]enclosed, error) {
	if len(messages) == 0 {
		return nil, nil
	}
	var rows []struct {
		ProviderID string          `db:"provider_id"`
		Media      json.RawMessage `db:"media"`
	}
	if err := p.DB.SelectContext(ctx, &rows, readSent, p.Company, pq.Array(messages)); err != nil {
		return nil, fmt.Errorf("phone: files: %w", err)
	}
	sent, ids := make([]delivery, len(rows)), []string{}
	for i, row := range rows {
		if err := json.Unmarshal(row.Media, &sent[i].Media); err != nil {
			return nil, fmt.Errorf("phone: files: %w", err)
		}
		ids = append(ids, sent[i].Media...)
	}
	all, err := p.stored(ctx, ids, nil)
	files := map[string][]enclosed{}
	for i, row := range rows {
		sent[i].take(p, all)
		files[row.ProviderID] = sent[i].Files
	}
	return files, err
}

// enclose finds the files of texts and of their replies.
func (p *Phone) enclose(ctx context.Context, texts []*text) error {
	var ids, sources []string
	for _, t := range texts {
		if t.Told.Message != nil {
			for _, one := range t.Told.Message.Media {
				sources = append(sources, one.URL)
			}
		}
		if t.Delivery != nil {
			ids = append(ids, t.Delivery.Media...)
		}
	}
	all, err := p.stored(ctx, ids, sources)
	if err != nil {
		return err
	}
	for _, t := range texts {
		if t.Told.Message != nil {
			for _, one := range t.Told.Message.Media {
				t.take(p, one, all)
			}
		}
		if t.Delivery != nil {
			t.Delivery.take(p, all)
		}
	}
	return nil
}

// take adds one of the customer's files, from their own phone or, when that has
// forgotten it, from the gateway.
func (t *text) take(p *Phone, m channels.Media, all []stored) {
	i := slices.IndexFunc(all, func(f stored) bool { return f.Source == m.URL })
	if i >= 0 {
		t.Fetched = append(t.Fetched, all[i])
	}
	_, at, _ := strings.Cut(m.URL, "/Messages/")
	message, file, _ := strings.Cut(at, "/Media/")
	if _, kind, found := p.Simulator.Sent(message, file); found {
		t.Files = append(t.Files, enclosed{"/phone/pictures/" + message + "/" + file, m.Name, slices.Contains(pictured, kind)})
		return
	}
	if i >= 0 {
		if f, ok := p.shown(all[i]); ok {
			t.Files = append(t.Files, f)
		}
	}
}

// take adds the team's files.
func (d *delivery) take(p *Phone, all []stored) {
	for _, id := range d.Media {
		if i := slices.IndexFunc(all, func(f stored) bool { return f.ID == id }); i >= 0 {
			if f, ok := p.shown(all[i]); ok {
				d.Files = append(d.Files, f)
			}
		}
	}
}
