package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"ringback/channels/simulator/twilio"
	"ringback/cmd/app"
	"ringback/cmd/demo"
)

type simulate struct {
	SMS  simulateSMS  `cmd:"" name:"sms" help:"A customer writes a text; the answer, the decision and the reply are printed."`
	Call simulateCall `cmd:"" help:"A customer calls; what they hear, the decision and the text afterwards are printed."`

	WhatsApp simulateWhatsApp `cmd:"" name:"whatsapp" help:"A customer writes on WhatsApp, through Meta; the answer, the decision and the reply are printed."`
	Chat     simulateChat     `cmd:"" help:"A visitor writes in the chat of a website; the answer, the decision and the reply are printed."`
}

// target is the gateway to play against; what is left out is the running demo's.
type target struct {
	URL     string `help:"The gateway's public address." placeholder:"URL"`
	Account string `help:"The provider account that signs." env:"TWILIO_ACCOUNT_SID" placeholder:"AC…"`
	Token   string `help:"Its auth token." env:"TWILIO_AUTH_TOKEN" placeholder:"TOKEN"`
	Key     string `help:"An API key with tickets:read and settings:read, to ask what was decided." env:"RINGBACK_BOOTSTRAP_KEY" placeholder:"KEY"`
}

// resolve fills in the demo's access when no gateway is named.
func (t target) resolve() (demo.Access, error) {
	named := demo.Access{URL: t.URL, Key: t.Key, Account: t.Account, Token: t.Token}
	if t.URL != "" && t.Account != "" && t.Token != "" {
		return named, nil
	}
	c, err := app.FromEnvironment()
	if err != nil {
		return named, err
	}
	found, err := demo.Find(c)
	if err != nil {
		return named, fmt.Errorf("name a gateway with --url, --account and --token, or run a demo: %w", err)
	}
	return demo.Access{
		URL: cmp.Or(t.URL, found.URL), Key: cmp.Or(t.Key, found.Key),
		Account: cmp.Or(t.Account, found.Account), Token: cmp.Or(t.Token, found.Token),
	}, nil
}

type simulateSMS struct {
	target
	From  string `help:"The customer's number." default:"+13125550142"`
	To    string `help:"The team's number." default:"+13125550100"`
	Body  string `help:"What the customer writes." default:"Hello, are you open?"`
	Photo bool   `help:"With a picture."`
}

// Run sends the text as the provider would, and prints what came back.
func (s simulateSMS) Run(ctx context.Context, out output) error {
	access, err := s.resolve()
	if err != nil {
		return err
	}
	sim := twilio.New(twilio.Config{AccountSID: access.Account, AuthToken: access.Token})
	defer sim.Close()
	var with []twilio.TextOption
	if s.Photo {
		with = append(with, twilio.WithFile(twilio.Photo(), "image/jpeg"))
	}
	answer, err := sim.Text(ctx, access.URL+"/webhooks/twilio/messages", s.From, s.To, s.Body, with...)
	if err != nil {
		return fmt.Errorf("the gateway at %s did not answer: %w; is it running?", access.URL, err)
	}
	told := newStory(out, access)
	told.Webhook, told.Answer = answer.Status, answer.Body
	told.say("webhook", "%d %s", answer.Status, oneLine(answer.Body))
	if answer.Status >= 300 {
		return errors.New("the gateway refused the text: give the address that its PUBLIC_URL names, and the account of the number with its token")
	}
	return told.follow(ctx, answer.SID)
}
