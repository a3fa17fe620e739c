package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/google/uuid"

	"ringback/cmd/app"
	"ringback/cmd/demo"
)

type simulateChat struct {
	URL    string `help:"The gateway's public address." placeholder:"URL"`
	Site   string `help:"The key of the chat; left out, the demo's." placeholder:"KEY"`
	Key    string `help:"An API key with tickets:read and settings:read, to ask what was decided." env:"RINGBACK_BOOTSTRAP_KEY" placeholder:"KEY"`
	Body   string `help:"What the visitor writes." default:"Hello, are you open?"`
	Ticket bool   `help:"Leave a ticket, as the form after hours does, instead of a message."`
	Name   string `help:"With --ticket: the visitor's name." default:"Ann Kowalski"`
	Phone  string `help:"With --ticket: the number that the visitor leaves." placeholder:"+1…"`
}

// Run writes as a new visitor's browser would, and prints what came back.
func (s simulateChat) Run(ctx context.Context, out output) error {
	access := demo.Access{URL: s.URL, Key: s.Key}
	if s.URL == "" {
		c, err := app.FromEnvironment()
		if err != nil {
			return err
		}
		found, err := demo.Find(c)
		if err != nil {
			return fmt.Errorf("name a gateway with --url and --site, or run a demo: %w", err)
		}
		access = demo.Access{URL: found.URL, Key: cmp.Or(s.Key, found.Key)}
	}
	browser := chatBrowser{gateway: access.URL, site: cmp.Or(s.Site, demo.SiteKey)}
	var me struct{ Token, Visitor string }
	if _, err := browser.ask(ctx, http.MethodPost, "/visitors", map[string]any{}, &me); err != nil {
		return err
	}
	browser.token = me.Token
	said := map[string]any{"id": uuid.NewString(), "text": s.Body}
	path := "/messages"
	if s.Ticket {
		path, said["name"], said["phone"] = "/tickets", s.Name, s.Phone
	}
	status, err := browser.ask(ctx, http.MethodPost, path, said, nil)
	if err != nil {
		return err
	}
	told := newStory(out, access)
	told.Webhook = status
	told.say("chat", "%d", status)
	if access.Key != "" && !s.Ticket {
		if err := told.explain(ctx, me.Visitor+"/"+said["id"].(string)); err != nil {
			return err
		}
	}
	if told.Chat, err = browser.listen(ctx); err != nil {
		return err
	}
	told.say("in chat", "%s", cmp.Or(told.Chat, "nothing came"))
	return out.value(told)
}

// chatBrowser is a visitor's: it knows one chat and the token it was given.
type chatBrowser struct{ gateway, site, token string }

// listen is what the visitor reads in answer; empty: nothing came.
func (b chatBrowser) listen(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience/3)
	defer cancel()
	answer, err := wait(ctx, func() (string, bool, error) {
		var log struct {
			Items []struct{ Author, Text string }
		}
		if _, err := b.ask(ctx, http.MethodGet, "/messages", nil, &log); err != nil {
			return "", false, err
		}
		for _, one := range log.Items {
			if one.Author != "customer" {
				return one.Text, true, nil
			}
		}
		return "", false, nil
	})
	if errors.Is(err, context.DeadlineExceeded) {
		return "", nil
	}
	return answer, err
}

// ask makes one request; a refusal is an error in the gateway's words.
func (b chatBrowser) ask(ctx context.Context, method, path string, body, into any) (int, error) {
	var sent io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return 0, err
		}
		sent = bytes.NewReader(raw)
	}
	request, err := http.NewRequestWithContext(ctx, method, b.gateway+"/chat/v1/"+url.PathEscape(b.site)+path, sent)
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/json")
	if b.token != "" {
		request.Header.Set("Authorization", "Bearer "+b.token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, fmt.Errorf("the gateway at %s did not answer: %w; is it running?", b.gateway, err)
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(response.Body, 4<<20))
	if err != nil {
		return 0, err
	}
	if response.StatusCode >= http.StatusBadRequest {
		return response.StatusCode, fmt.Errorf("the gateway refused: %d %s", response.StatusCode, oneLine(string(answer)))
	}
	if into == nil {
		return response.StatusCode, nil
	}
	return response.StatusCode, json.Unmarshal(answer, into)
}
