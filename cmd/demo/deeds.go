package demo

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"time"

	"github.com/google/uuid"

	twiliosim "ringback/channels/simulator/twilio"
	"ringback/channels/twilio"
	"ringback/channels/whatsapp"
	"ringback/gateway/inbox"
	"ringback/settings"
)

// nobodyPicksUp is what advisors' phones do unless somebody at the phone page does more.
var nobodyPicksUp = twiliosim.Advisor{Ends: "no-answer"}

// note has something happen to somebody at a moment.
func (p *past) note(at time.Time, whom string, do func(context.Context) error) {
	p.moments = append(p.moments, moment{at, whom, do})
}

func named(name string) team {
	return teams[slices.IndexFunc(teams, func(t team) bool { return t.name == name })]
}

// says is a text of a customer.
func (p *past) says(at time.Time, c Customer, team, text string) { p.texts(at, c, team, text) }

// sendsPhoto is one with a picture.
func (p *past) sendsPhoto(at time.Time, c Customer, team string) {
	p.texts(at, c, team, "Here it is.", twiliosim.WithFile(twiliosim.Photo(), "image/png"))
}

func (p *past) texts(at time.Time, c Customer, team, text string, options ...twiliosim.TextOption) {
	p.note(at, c.Number, func(ctx context.Context) error {
		answer, err := p.Simulator.Text(ctx, p.PublicURL()+twilio.MessagesPath, c.Number, named(team).number, text, options...)
		return refused(answer.Status, err)
	})
}

// writes is a text on WhatsApp.
func (p *past) writes(at time.Time, c Customer, text string) {
	p.note(at, c.Number, func(ctx context.Context) error {
		_, status, err := p.Meta.Text(ctx, p.URL()+whatsapp.Path, c.Number, text)
		return refused(status, err)
	})
}

func refused(status int, err error) error {
	if err == nil && status >= http.StatusBadRequest {
		err = fmt.Errorf("the gateway answered %d", status)
	}
	return err
}

// calls is a whole call, and what it came to: a call is settled some seconds after
// its end.
func (p *past) calls(at time.Time, c Customer, team string, advisor twiliosim.Advisor, does ...twiliosim.CallOption) {
	p.note(at, c.Number, func(ctx context.Context) error {
		t := named(team)
		p.Simulator.Advisor(t.phone, advisor)
		// A caller who never comes to where they wanted to hang up stays to the end.
		call, _ := p.Simulator.Call(ctx, p.PublicURL()+twilio.VoicePath, c.Number, t.number, append(does, twiliosim.WithCallStatus(p.PublicURL()+twilio.CallsPath))...)
		for _, fault := range call.Faults() {
			return fault
		}
		return ctx.Err()
	})
	p.note(at.Add(settles), c.Number, func(context.Context) error { p.Gateway.Wake(); return nil })
}

// settles is longer than a call and what it takes to know what it came to.
const settles = 45 * time.Second

// answers is what the team's advisor writes to a customer.
func (p *past) answers(at time.Time, whom, team, text string) {
	p.onTicket(at, whom, team, func(ctx context.Context, ticket string) error {
		who := p.staff[team]
		if err := p.Desk.Seen(ctx, who, p.teams[team], ticket); err != nil {
			return err
		}
		_, err := p.Desk.Say(ctx, who, p.teams[team], ticket, "", inbox.Words{Text: text})
		return err
	})
}

// closes is a ticket whose matter is resolved.
func (p *past) closes(at time.Time, whom, team string) {
	p.onTicket(at, whom, team, func(ctx context.Context, ticket string) error {
		_, err := p.Desk.ChangeTicket(ctx, p.staff[team], p.teams[team], ticket, func(_ inbox.Ticket, c *inbox.TicketChange) error {
			c.Status = "closed"
			return nil
		})
		return err
	})
}

// wants is what an advisor asks for.
func wants(kind, what, amount string) inbox.Wanted {
	w := inbox.Wanted{Kind: kind, Description: what}
	if amount != "" {
		w.Amount, w.Currency = inbox.Typed(amount), "USD"
	}
	return w
}

// asks is an advisor's request.
func (p *past) asks(at time.Time, whom, team string, w inbox.Wanted) {
	p.onTicket(at, whom, team, func(ctx context.Context, ticket string) error {
		_, err := p.Desk.Ask(ctx, p.staff[team], p.teams[team], ticket, "", w)
		return err
	})
}

// pays is a payment that is asked for, and made some minutes later.
func (p *past) pays(at time.Time, whom, team string, w inbox.Wanted) {
	var page string
	p.onTicket(at, whom, team, func(ctx context.Context, ticket string) error {
		asked, err := p.Desk.Ask(ctx, p.staff[team], p.teams[team], ticket, "", w)
		page = asked.URL
		return err
	})
	p.note(at.Add(9*time.Minute), whom, func(ctx context.Context) error {
		if page == "" {
			return nil
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, page, http.NoBody)
		if err != nil {
			return err
		}
		client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		answer, err := client.Do(request)
		if err != nil {
			return err
		}
		_ = answer.Body.Close()
		checkout, err := url.Parse(answer.Header.Get("Location"))
		if err != nil {
			return err
		}
		status, err := p.Stripe.Pay(ctx, path.Base(checkout.Path))
		return refused(status, err)
	})
}

const newestTicket = `
select t.id from tickets t join addresses a using (company_id, contact_id)
where t.company_id = $1 and t.team_id = $2 and a.address = $3 order by t.number desc limit 1`

// onTicket does something about the customer's newest ticket.
func (p *past) onTicket(at time.Time, whom, team string, do func(ctx context.Context, ticket string) error) {
	p.note(at, whom, func(ctx context.Context) error {
		var ticket string
		err := p.DB.GetContext(ctx, &ticket, newestTicket, p.Company.ID, p.teams[team], p.address(whom))
		if errors.Is(err, sql.ErrNoRows) {
			return nil // it was over too soon to become one
		}
		if err != nil {
			return fmt.Errorf("the ticket of %s: %w", whom, err)
		}
		return do(ctx, ticket)
	})
}

// address is where somebody is known: by their number, or, of a visitor of the website
// who is called by their name, by what the chat calls their browser.
func (p *past) address(whom string) string {
	return cmp.Or(p.visits[whom].Visitor, whom)
}

// browser is a website visitor's.
type browser struct{ Token, Visitor string }

// chats is what a visitor of the website writes.
func (p *past) chats(at time.Time, c Customer, text string) {
	p.note(at, c.Name, func(ctx context.Context) error {
		b, there := p.visits[c.Name]
		if !there {
			if err := p.visit(ctx, "", "/visitors", map[string]any{}, &b); err != nil {
				return err
			}
			p.visits[c.Name] = b
		}
		return p.visit(ctx, b.Token, "/messages", map[string]any{"id": uuid.NewString(), "text": text}, nil)
	})
}

// visit is one request of the chat's.
func (p *past) visit(ctx context.Context, token, to string, body map[string]any, into any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.URL()+"/chat/v1/"+SiteKey+to, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if err := refused(answer.StatusCode, nil); err != nil || into == nil {
		return err
	}
	return json.NewDecoder(answer.Body).Decode(into)
}

// holidays are one that was and one that comes.
func (m *month) holidays(today time.Time) {
	m.note(today.AddDate(0, 0, -days), "", func(ctx context.Context) error {
		for title, day := range map[string]time.Time{"Inventory": inventory(today), "Company outing": today.AddDate(0, 0, 24)} {
			h := settings.Holiday{Title: title, From: text(day.Format(time.DateOnly))}
			if _, err := settings.AddHoliday(ctx, m.DB.DB, settings.HolidaysOf{Company: m.Company.ID}, who, h); err != nil {
				return err
			}
		}
		return nil
	})
}
