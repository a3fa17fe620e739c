package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"

	"ringback/channels/simulator/meta"
	"ringback/channels/whatsapp"
	"ringback/cmd/app"
	"ringback/cmd/demo"
)

type simulateWhatsApp struct {
	URL    string `help:"The gateway's public address." placeholder:"URL"`
	Secret string `help:"The app secret that signs." env:"META_APP_SECRET" placeholder:"SECRET"`
	Number string `help:"The phone number id of the team's WhatsApp; left out, the demo's." placeholder:"ID"`
	Key    string `help:"An API key with tickets:read and settings:read, to ask what was decided." env:"RINGBACK_BOOTSTRAP_KEY" placeholder:"KEY"`
	From   string `help:"The customer's number, or the user id of one who shows none, such as US.1349." default:"+13125550142"`
	Body   string `help:"What the customer writes." default:"Hello, are you open?"`
	Button string `help:"The customer taps the button of this id, instead of writing." placeholder:"ID"`
}

// Run sends the message as Meta would, and prints what came back.
func (s simulateWhatsApp) Run(ctx context.Context, out output) error {
	access := demo.Access{URL: s.URL, Key: s.Key, Secret: s.Secret}
	if s.URL == "" || s.Secret == "" {
		c, err := app.FromEnvironment()
		if err != nil {
			return err
		}
		found, err := demo.Find(c)
		if err != nil {
			return fmt.Errorf("name a gateway with --url and --secret, or run a demo: %w", err)
		}
		access = demo.Access{URL: cmp.Or(s.URL, found.URL), Key: cmp.Or(s.Key, found.Key), Secret: cmp.Or(s.Secret, found.Secret)}
	}
	fake := meta.New(meta.Config{AppSecret: access.Secret, Number: cmp.Or(s.Number, demo.WhatsAppNumber)})
	defer fake.Close()
	item := meta.Object{"type": "text", "text": meta.Object{"body": s.Body}}
	if s.Button != "" {
		tapped := meta.Object{"id": s.Button, "title": s.Button}
		item = meta.Object{"type": "interactive", "interactive": meta.Object{"type": "button_reply", "button_reply": tapped}}
	}
	id, status, err := fake.Say(ctx, access.URL+whatsapp.Path, s.From, item)
	if err != nil {
		return fmt.Errorf("the gateway at %s did not answer: %w; is it running?", access.URL, err)
	}
	told := newStory(out, access)
	told.Webhook = status
	told.say("webhook", "%d", status)
	if status != http.StatusOK {
		return errors.New("the gateway refused the message: --secret has to be its META_APP_SECRET")
	}
	return told.follow(ctx, id)
}
