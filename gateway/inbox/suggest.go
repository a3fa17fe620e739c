package inbox

import (
	"cmp"
	"context"
	"unicode/utf8"

	"ringback/gateway/drafts"
	"ringback/settings"
	"ringback/settings/staff"
	"ringback/settings/text"
)

// Heard reports whether the customer said something on the ticket that can be answered.
func (t TicketWithTimeline) Heard() bool { return drafts.Thread{Said: t.said()}.Heard() }

// said is what the customer and the team said to each other: no notes, nothing that
// goes out later, and nothing of what the staff told the team alone.
func (t TicketWithTimeline) said() []drafts.Line {
	var lines []drafts.Line
	for _, e := range t.Timeline {
		switch {
		case e.Type == "message" && e.Author != "staff" && e.Text != "":
			lines = append(lines, drafts.Line{Ours: e.Author != "customer", Text: e.Text})
		case e.Type == "call" && e.Author == "customer":
			for _, recording := range e.Media {
				if recording.Transcript != "" {
					lines = append(lines, drafts.Line{Text: recording.Transcript})
				}
			}
		}
	}
	return lines
}

// Suggest returns an answer to what the customer of a ticket said last, that fits into a
// message beside what is written already. Nothing of it is stored, and nothing is sent.
// Where nobody is asked it is settings.ErrNotFound, and where none comes drafts.ErrNone.
func (d Desk) Suggest(ctx context.Context, who staff.Principal, team, ticket, written string) (string, error) {
	if d.Drafts.Off() {
		return "", settings.ErrNotFound
	}
	t, err := d.Ticket(ctx, who, team, ticket)
	if err != nil {
		return "", err
	}
	of, err := settings.FindTeam(ctx, d.DB, who.CompanyID, team)
	if err != nil {
		return "", err
	}
	room := text.MaxLength - utf8.RuneCountInString(written)
	return d.Drafts.Suggest(ctx, drafts.Thread{Team: cmp.Or(of.DisplayName, of.Name), Language: of.Language, Said: t.said()}, room)
}
