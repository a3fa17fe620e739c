package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"ringback/cmd/client"
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

// story is what came of a customer that was played: people read it as it comes,
// a program at the end.
type story struct {
	Webhook    int         `json:"webhook"`          // the status that the provider would see
	Answer     string      `json:"answer,omitempty"` // and what it was answered
	Heard      []heard     `json:"heard,omitempty"`  // of a call
	Decision   *decided    `json:"decision"`         // null: there was no key to ask with, or a ticket was left
	Deliveries []delivered `json:"deliveries"`       // the states of the reply as they came
	Chat       string      `json:"chat,omitempty"`   // what the visitor read in answer

	out     output
	gateway client.Gateway
}

func newStory(out output, access demo.Access) *story {
	return &story{Deliveries: []delivered{}, out: out, gateway: client.Gateway{URL: access.URL, Key: access.Key}}
}

// say prints a line that begins with what it is about.
func (s *story) say(about, format string, args ...any) {
	_, _ = fmt.Fprintf(s.out.words(), "%-9s %s\n", about, strings.TrimRight(fmt.Sprintf(format, args...), " "))
}

// follow tells what was decided about an event, and how the reply fares.
func (s *story) follow(ctx context.Context, event string) error {
	if s.gateway.Key == "" {
		s.say("decision", "give --key to see what was decided")
		return s.out.value(s)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := s.explain(ctx, event); err != nil {
		return err
	}
	if s.Decision.Delivery == nil {
		return s.out.value(s)
	}
	last := ""
	_, err := wait(ctx, func() (delivered, bool, error) {
		var list struct{ Items []delivered }
		if err := s.gateway.Get(ctx, "/deliveries", url.Values{"limit": {"200"}}, &list); err != nil {
			return delivered{}, false, err
		}
		for _, one := range list.Items {
			if one.ID != *s.Decision.Delivery {
				continue
			}
			if one.State != last {
				last = one.State
				s.Deliveries = append(s.Deliveries, one)
				s.say("delivery", "%s %s %s", one.State, one.ErrorCode, one.Error)
			}
			return one, final[one.State], nil
		}
		return delivered{}, false, nil
	})
	if err != nil && !errors.Is(err, context.DeadlineExceeded) { // some states are not final, and all that was known is printed
		return err
	}
	return s.out.value(s)
}

// explain tells what was decided about an event, and the reply.
func (s *story) explain(ctx context.Context, event string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	d, err := wait(ctx, func() (decided, bool, error) { return s.decision(ctx, event) })
	if unrouted := nobodys(""); errors.As(err, &unrouted) {
		return unrouted
	}
	if err != nil {
		return fmt.Errorf("no decision came: %w", err)
	}
	automation := "no automation"
	if d.Automation != nil {
		automation = *d.Automation
	}
	hours := "closed"
	if d.Facts.Open {
		hours = "open"
	}
	s.Decision = &d
	s.say("decision", "%s (%s), %s; %s at %s", d.Outcome, d.Reason, automation, hours, d.Facts.LocalTime)
	if d.Delivery != nil {
		s.say("reply", "%s", d.Text)
	}
	return nil
}

var final = map[string]bool{"delivered": true, "read": true, "failed": true, "undelivered": true, "expired": true, "canceled": true}

// decision looks for the event's decision in every team that the key reaches,
// unless no team has the address that the event was for.
func (s *story) decision(ctx context.Context, event string) (decided, bool, error) {
	if err := s.routed(ctx, event); err != nil {
		return decided{}, false, err
	}
	var teams struct{ Items []struct{ ID string } }
	if err := s.gateway.Get(ctx, "/teams", url.Values{"limit": {"200"}}, &teams); err != nil {
		return decided{}, false, err
	}
	for _, team := range teams.Items {
		var list struct{ Items []decided }
		if err := s.gateway.Get(ctx, "/teams/"+team.ID+"/decisions", url.Values{"event": {event}}, &list); err != nil {
			return decided{}, false, err
		}
		if len(list.Items) > 0 {
			return list.Items[0], true, nil
		}
	}
	return decided{}, false, nil
}

// nobodys is an address that is no sender.
type nobodys string

func (n nobodys) Error() string {
	return fmt.Sprintf("no sender has that number: %s belongs to no team here; give it to one on the page Senders", string(n))
}

// routed is an error when the event was for an address that is no sender. A key
// that may not see such events learns nothing, and waits.
func (s *story) routed(ctx context.Context, event string) error {
	var unrouted struct {
		Items []struct {
			Address    string
			ProviderID string `json:"provider_id"`
		}
	}
	err := s.gateway.Get(ctx, "/unrouted", url.Values{"limit": {"50"}}, &unrouted)
	if refused := (*client.Refused)(nil); errors.As(err, &refused) && refused.Status == http.StatusForbidden {
		return nil
	}
	for _, one := range unrouted.Items {
		if strings.HasPrefix(one.ProviderID, event) {
			return nobodys(one.Address)
		}
	}
	return err
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

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
