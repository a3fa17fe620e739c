package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"ringback/cmd/demo"
)

type decided struct {
	Automation *string `json:"automation"`
	Outcome    string  `json:"outcome"`
	Reason     string  `json:"reason"`
	Text       string  `json:"text"`
	Delivery   *string `json:"delivery"`
	Facts      struct {
		LocalTime string `json:"local_time"`
		Open      bool   `json:"open"`
	} `json:"facts"`
}

type delivered struct {
	ID        string `json:"id"`
	State     string `json:"state"`
	ErrorCode string `json:"error_code"`
	Error     string `json:"error"`
}

// patience is how long a decision and its delivery are waited for.
const patience = 15 * time.Second

// follow prints what was decided about an event, and how the reply fares.
func follow(ctx context.Context, out io.Writer, access demo.Access, event string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	d, err := explain(ctx, out, access, event)
	if err != nil || d.Delivery == nil {
		return err
	}
	last := ""
	_, err = wait(ctx, func() (delivered, bool, error) {
		var list struct{ Items []delivered }
		if err := get(ctx, access, "/api/v1/deliveries?limit=200", &list); err != nil {
			return delivered{}, false, err
		}
		for _, one := range list.Items {
			if one.ID != *d.Delivery {
				continue
			}
			if one.State != last {
				last = one.State
				fmt.Fprintf(out, "delivery  %s %s %s\n", one.State, one.ErrorCode, one.Error)
			}
			return one, final[one.State], nil
		}
		return delivered{}, false, nil
	})
	if errors.Is(err, context.DeadlineExceeded) {
		return nil // some states are not final, and all that was known is printed
	}
	return err
}

// explain prints what was decided about an event, and the reply.
func explain(ctx context.Context, out io.Writer, access demo.Access, event string) (decided, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	d, err := wait(ctx, func() (decided, bool, error) { return decision(ctx, access, event) })
	if err != nil {
		return d, fmt.Errorf("no decision came: %w", err)
	}
	automation := "no automation"
	if d.Automation != nil {
		automation = *d.Automation
	}
	hours := "closed"
	if d.Facts.Open {
		hours = "open"
	}
	fmt.Fprintf(out, "decision  %s (%s), %s; %s at %s\n", d.Outcome, d.Reason, automation, hours, d.Facts.LocalTime)
	if d.Delivery != nil {
		fmt.Fprintf(out, "reply     %s\n", d.Text)
	}
	return d, nil
}

var final = map[string]bool{"delivered": true, "read": true, "failed": true, "undelivered": true, "expired": true, "canceled": true}

// decision looks for the event's decision in every team that the key reaches.
func decision(ctx context.Context, access demo.Access, event string) (decided, bool, error) {
	var teams struct{ Items []struct{ ID string } }
	if err := get(ctx, access, "/api/v1/teams?limit=200", &teams); err != nil {
		return decided{}, false, err
	}
	for _, team := range teams.Items {
		var list struct{ Items []decided }
		if err := get(ctx, access, "/api/v1/teams/"+team.ID+"/decisions?event="+url.QueryEscape(event), &list); err != nil {
			return decided{}, false, err
		}
		if len(list.Items) > 0 {
			return list.Items[0], true, nil
		}
	}
	return decided{}, false, nil
}

// wait asks until the answer is there.
func wait[T any](ctx context.Context, ask func() (T, bool, error)) (T, error) {
	for {
		answer, there, err := ask()
		if there || err != nil {
			return answer, err
		}
		select {
		case <-ctx.Done():
			return answer, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func get(ctx context.Context, access demo.Access, path string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, access.URL+path, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+access.Key)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, 4<<20))
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %d %s", path, response.StatusCode, oneLine(string(body)))
	}
	return json.Unmarshal(body, into)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
