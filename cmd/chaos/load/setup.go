package load

import (
	"context"
	"fmt"
	"net/http"
)

// Team is one that customers write to.
type Team struct {
	Name   string
	Number string // of its sender for texts and calls
	Cap    int    // automatic messages an hour; 0: as good as none
	ID     string // which Setup finds out
}

// Setup makes the teams in an empty gateway: closed at any hour, answering a first
// text, with a number for texts and calls.
func Setup(ctx context.Context, c Config) (Config, error) {
	l := New(c)
	defer l.client.CloseIdleConnections()
	ask := func(method, path string, body, into any) error {
		status, words, _, err := l.call(ctx, method, path, body, into)
		if err == nil && status >= 300 {
			err = fmt.Errorf("%d %s", status, words)
		}
		return err
	}
	teams := append([]Team(nil), c.Teams...)
	for n := range teams {
		if err := teams[n].setup(ask); err != nil {
			return c, fmt.Errorf("team %s: %w", teams[n].Name, err)
		}
	}
	c.Teams = teams
	return c, nil
}

const asGoodAsNone = 1_000_000

func (t *Team) setup(ask func(method, path string, body, into any) error) error {
	most := t.Cap
	if most == 0 {
		most = asGoodAsNone
	}
	var made struct{ ID string }
	if err := ask(http.MethodPost, "/teams", map[string]any{
		"name": t.Name, "display_name": t.Name, "time_zone": "America/Chicago", "language": "en",
		"automatic_per_hour": most, "automatic_per_day": most,
	}, &made); err != nil {
		return err
	}
	t.ID = made.ID
	path := "/teams/" + t.ID
	var schedules struct{ Items []struct{ ID string } }
	if err := ask(http.MethodGet, path+"/schedules", nil, &schedules); err != nil {
		return err
	}
	for _, s := range schedules.Items {
		if err := ask(http.MethodPatch, path+"/schedules/"+s.ID, map[string]bool{"enabled": false}, nil); err != nil {
			return err
		}
	}
	if err := ask(http.MethodPost, path+"/senders", map[string]any{"kind": "sms", "address": t.Number, "messages_per_second": 1000}, nil); err != nil {
		return err
	}
	if err := ask(http.MethodPost, path+"/senders", map[string]string{"kind": "voice", "address": t.Number}, nil); err != nil {
		return err
	}
	return ask(http.MethodPatch, path+"/automations/after_hours_text", map[string]bool{"enabled": true}, nil)
}
