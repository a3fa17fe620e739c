package phone

import (
	"context"
	"fmt"
	"slices"

	"ringback/channels"
	"ringback/settings/automations"
)

// guide is a story that a newcomer can play: what to press, one step after the other.
type guide struct {
	Key, Title string
	Steps      []guideStep
}

// guideStep is done once what it leads to is there, however it came about: so there is
// nothing to remember, and nothing that a page drawn anew would forget.
type guideStep struct {
	Says string
	Link string // where it is done, of a step on another page
	Done bool
}

// Left is how many steps are not done.
func (g guide) Left() int {
	left := 0
	for _, s := range g.Steps {
		if !s.Done {
			left++
		}
	}
	return left
}

// Count is how many steps are done.
func (g guide) Count() int { return len(g.Steps) - g.Left() }

// Next is the first step that is not done; nil: all are.
func (g guide) Next() *guideStep {
	for i := range g.Steps {
		if !g.Steps[i].Done {
			return &g.Steps[i]
		}
	}
	return nil
}

// inOrder lets no step be ticked before those in front of it.
func (g guide) inOrder() guide {
	for i := 1; i < len(g.Steps); i++ {
		g.Steps[i].Done = g.Steps[i].Done && g.Steps[i-1].Done
	}
	return g
}

// played is what of the stories the conversation has come to.
type played struct {
	open             bool // the team is, at the time that is played
	called           bool
	missed, rescued  bool // a call, and by a text that came
	wrote            bool
	late, answered   bool // a text after closing, and the answer to it
	ticket           string
	asked, photoCame bool
}

const readAsked = `
select t.id as ticket, exists (select from requests r where r.company_id = t.company_id and r.ticket_id = t.id and r.kind = 'photo_video') as asked,
    exists (select from requests r where r.company_id = t.company_id and r.ticket_id = t.id and r.kind = 'photo_video' and r.state = 'answered') as answered
from tickets t join addresses a on a.company_id = t.company_id and a.contact_id = t.contact_id
where t.company_id = $1 and t.team_id = $2 and a.address = $3 and exists (
    select from messages m where m.company_id = t.company_id and m.ticket_id = t.id and m.author = 'customer')
order by asked desc, t.number desc limit 1`

func (p *Phone) played(ctx context.Context, c conversation, v view, texts []*text) (played, error) {
	is := played{open: v.open, called: v.Handset != nil}
	for _, t := range texts {
		came := t.Delivery != nil && slices.Contains([]channels.State{channels.Delivered, channels.Read}, t.Delivery.State)
		switch {
		case t.goesOn():
		case t.Outcome != "":
			gone := t.Outcome == "missed" || t.Outcome == "hung_up"
			is.missed, is.rescued = is.missed || gone, is.rescued || gone && came
		default:
			is.wrote = true
			late := t.Decision != nil && t.Decision.Automation == automations.AfterHoursText
			is.late, is.answered = is.late || late, is.answered || late && came
		}
	}
	var asked []struct {
		Ticket   string `db:"ticket"`
		Asked    bool   `db:"asked"`
		Answered bool   `db:"answered"`
	}
	if err := p.DB.SelectContext(ctx, &asked, readAsked, p.Company, c.Sender.TeamID, c.Customer.Address()); err != nil {
		return is, fmt.Errorf("phone: what was asked for: %w", err)
	}
	for _, one := range asked {
		is.ticket, is.asked, is.photoCame = one.Ticket, one.Asked, one.Answered
	}
	return is, nil
}

// guides are the three stories, as far as they were played.
func (is played) guides(c conversation) []guide {
	desk := ""
	if is.ticket != "" {
		desk = "/teams/" + c.Sender.TeamID + "/tickets/" + is.ticket
	}
	return []guide{
		guide{"missed", "A missed call", []guideStep{
			{Says: "Press Tuesday 10:00 above: the team is open then.", Done: is.open || is.missed},
			{Says: "Open Calls on the phone, and call.", Done: is.called || is.missed},
			{Says: "Press 1, let it ring for a while, and hang up.", Done: is.missed},
			{Says: "Open Messages: a few seconds later a text is there.", Done: is.rescued},
		}}.inOrder(),
		guide{"late", "A text after closing", []guideStep{
			{Says: "Press Sunday 22:00 above: the team is closed then.", Done: !is.open || is.late},
			{Says: "Open Messages, write “Is anybody there?” and press Send.", Done: is.late},
			{Says: "The answer comes by itself. “Sent” below says why.", Done: is.answered},
		}}.inOrder(),
		guide{"photo", "A photo asked for", []guideStep{
			{Says: "Open Messages, and write “The hood of my tractor is cracked.”", Done: is.wrote && is.ticket != ""},
			{Says: "As the team, signed in to the console: open the ticket, choose Photo or video at “Ask the customer”, and press Send the request.", Link: desk, Done: is.asked},
			{Says: "Back on the phone: tap the link in the text, and send a picture.", Done: is.photoCame},
		}}.inOrder(),
	}
}
