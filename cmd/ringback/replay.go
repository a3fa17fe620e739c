package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"ringback/cmd/app"
	"ringback/cmd/demo"
	"ringback/cmd/replay"
)

type replayRecorded struct {
	From    string `arg:"" placeholder:"FILE|DIR" help:"A recorded webhook, or a folder of them: see docs/replay.md."`
	To      string `placeholder:"URL" help:"The gateway; left out, the running demo."`
	Public  string `placeholder:"URL" help:"Its PUBLIC_URL, if that is another address: signatures cover it."`
	Account string `env:"TWILIO_ACCOUNT_SID" placeholder:"AC…" help:"Put in the place of the recorded Twilio account."`
	Token   string `env:"TWILIO_AUTH_TOKEN" placeholder:"TOKEN" help:"Its auth token, which signs."`
	Secret  string `env:"META_APP_SECRET" placeholder:"SECRET" help:"The app secret, which signs what is Meta's."`
	Twice   bool   `help:"Bring each twice, as providers do that had no answer."`
	Door    string `placeholder:"PATH" help:"Bring all of them to this path instead of where they belong."`
	Live    bool   `help:"The gateway is not on this machine, and may answer those customers."`
}

// played is what came of all of them, to a program.
type played struct {
	Items []replay.Answer `json:"items"`
	Right int             `json:"right"`
	Wrong int             `json:"wrong"`
}

// Run brings what was recorded to the gateway, in order, one after the other.
func (r replayRecorded) Run(ctx context.Context, out output) error {
	c, err := r.config()
	if err != nil {
		return err
	}
	all, err := replay.Read(r.From)
	if err != nil {
		return err
	}
	done := played{Items: []replay.Answer{}}
	for _, one := range all {
		a, err := c.Play(ctx, one)
		if err != nil {
			return err
		}
		done.Items = append(done.Items, a)
		verdict := "ok   "
		if a.Right {
			done.Right++
		} else {
			done.Wrong++
			verdict = "WRONG"
		}
		statuses := fmt.Sprint(a.Status)
		if r.Twice {
			statuses += fmt.Sprintf(" %d", a.Second)
		}
		if a.Expect != 0 && !a.Right {
			statuses += fmt.Sprintf(" not %d", a.Expect)
		}
		_, _ = fmt.Fprintf(out.words(), "%s  %s  %s  %s %s\n", verdict, statuses, a.Path, a.File, a.Error)
	}
	_, _ = fmt.Fprintf(out.words(), "%d as they should be, %d not\n", done.Right, done.Wrong)
	if err := out.value(done); err != nil || done.Wrong == 0 {
		return err
	}
	return fmt.Errorf("%d of %d were not answered as they should be", done.Wrong, len(done.Items))
}

// config is where to, and signed with what; of a demo, what it keeps.
func (r replayRecorded) config() (replay.Config, error) {
	c := replay.Config{
		To: strings.TrimRight(r.To, "/"), Public: strings.TrimRight(r.Public, "/"),
		Account: r.Account, Token: r.Token, Secret: r.Secret, Twice: r.Twice, Door: r.Door,
	}
	if c.To == "" {
		environment, err := app.FromEnvironment()
		if err != nil {
			return c, err
		}
		found, err := demo.Find(environment)
		if err != nil {
			return c, fmt.Errorf("name a gateway with --to, or run a demo: %w", err)
		}
		c.To, c.Account = found.URL, found.Account
		c.Token, c.Secret = cmp.Or(found.Token, c.Token), cmp.Or(found.Secret, c.Secret)
	}
	switch {
	case !replay.OnThisMachine(c.To) && !r.Live:
		return c, errors.New("that gateway is not on this machine: it would answer the customers of what was recorded; say --live if it may")
	case c.Token == "" && c.Secret == "":
		return c, errors.New("nothing to sign with: give --token for Twilio's, --secret for Meta's")
	}
	return c, nil
}
