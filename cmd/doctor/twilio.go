package doctor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ringback/channels"
	"ringback/channels/twilio"
	"ringback/settings"
)

// line is a number of ours and what it is a sender of.
type line struct {
	Account  string `db:"account"`
	Address  string `db:"address"`
	Teams    string `db:"teams"`
	Texts    bool   `db:"texts"`
	Calls    bool   `db:"calls"`
	WhatsApp bool   `db:"whatsapp"`
}

const listLines = `
select s.account, s.address, string_agg(distinct t.name, ', ') as teams,
    bool_or(s.kind = 'sms') as texts, bool_or(s.kind = 'voice') as calls, bool_or(s.kind = 'whatsapp_twilio') as whatsapp
from senders s join teams t on t.company_id = s.company_id and t.id = s.team_id
where s.kind in ('sms', 'voice', 'whatsapp_twilio')
group by s.account, s.address order by s.account, s.address`

// accounts looks at each of Twilio's accounts that senders use. Where nobody is reached at
// the public address nothing is led there.
func (c Config) accounts(ctx context.Context, r *report, reached bool) error {
	var lines []line
	if err := c.DB.SelectContext(ctx, &lines, listLines); err != nil {
		return fmt.Errorf("doctor: senders: %w", err)
	}
	environment := c.Vault.Environment[settings.Twilio].ID
	byAccount := map[string][]line{}
	if environment != "" {
		byAccount[""] = nil
	}
	for _, l := range lines {
		if l.Account == environment {
			l.Account = ""
		}
		byAccount[l.Account] = append(byAccount[l.Account], l)
	}
	var order []string
	for account := range byAccount {
		order = append(order, account)
	}
	slices.Sort(order)
	for _, account := range order {
		r.title("Twilio account " + cmp.Or(account, environment, "of the environment"))
		c.account(ctx, r, account, byAccount[account], reached)
	}
	if len(order) == 0 {
		r.title("Twilio")
		r.note("No team has a number at Twilio yet", "a sender: see docs/twilio.md")
	}
	return nil
}

// account looks at one account and the numbers in it that are ours.
func (c Config) account(ctx context.Context, r *report, name string, lines []line, reached bool) {
	account, ok := c.secrets(ctx, r, name)
	if !ok {
		return
	}
	if err := c.Twilio.CheckAccount(ctx, account); err != nil {
		c.refused(r, err)
		return
	}
	r.ok("Its token is accepted")
	wirings, err := c.Twilio.Wirings(ctx, account)
	if err != nil {
		c.refused(r, err)
		return
	}
	arrives := reached && c.letIn(ctx, r, account)
	for _, l := range lines {
		r.title(l.Address + ", " + l.Teams)
		c.line(ctx, r, account, l, wirings, arrives)
	}
	if len(lines) == 0 {
		r.note("No team has a number of this account", "a sender: see docs/twilio.md")
	}
}

// refused is an account that could not be looked at.
func (c Config) refused(r *report, err error) {
	var no *channels.SendError
	switch errors.As(err, &no); {
	case no != nil && no.Code == "20008":
		r.bad("These are test credentials", err.Error(), "the account's live SID and token: test credentials have no numbers to look at")
	case no != nil && no.Reason == channels.ReasonCredentials:
		r.bad("Twilio refuses the account or its token", err.Error(), "the Account SID and the Auth Token on the front page of Twilio's console")
	default:
		r.failed = errors.Join(r.failed, err)
		r.bad("Twilio could not be asked", err.Error(), "another try")
	}
}

func (c Config) line(ctx context.Context, r *report, account channels.Account, l line, wirings map[string]twilio.Wiring, arrives bool) {
	if l.WhatsApp {
		r.note("WhatsApp: its settings cannot be read here", "“"+cmp.Or(c.PublicURL, "PUBLIC_URL")+twilio.MessagesPath+twilio.Repeats+"” at the WhatsApp sender, under “webhook URL for incoming messages”")
	}
	if !l.Texts && !l.Calls {
		return
	}
	w, there := wirings[l.Address]
	if !there {
		r.bad("The number is not this account's", "not in its list of numbers", "the account that owns it, at the sender")
		return
	}
	if l.Texts {
		c.registration(ctx, r, account, w)
	}
	if c.PublicURL == "" {
		r.note("Where Twilio brings what happens was not compared", "PUBLIC_URL")
		return
	}
	found := w.Compare(c.PublicURL, l.Texts, l.Calls)
	fixed := false
	if c.Fix && arrives {
		if err := c.Twilio.Rewire(ctx, account, found); err != nil {
			c.refused(r, err)
		} else {
			fixed = true
		}
	}
	for _, f := range found {
		is := cmp.Or(f.Is, "nothing")
		switch {
		case f.Right():
			r.ok(f.What)
		case fixed && f.Fixable():
			r.fixed(f.What, is, strings.TrimSuffix(f.Needs, ", so that it is tried once more"))
		case f.Note:
			r.note(f.What+": "+is, f.Needs)
		default:
			r.bad(f.What, is, f.Needs)
			r.fixable += count(f.Fixable())
			r.astray = r.astray || f.Fixable() && !arrives
		}
	}
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}
