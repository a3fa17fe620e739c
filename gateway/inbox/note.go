package inbox

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/gateway/notes"
	"ringback/gateway/notifications"
	"ringback/gateway/tickets"
	"ringback/settings"
	"ringback/settings/staff"
	"ringback/settings/text"
)

// NewNote is what somebody of the staff writes for the others.
type NewNote struct {
	Text string `json:"text" minLength:"1" maxLength:"4000" doc:"@ and the name of one of the staff, or what stands in front of the @ of their address, tells them of it"`
}

// Noted is a note that was written.
type Noted struct {
	ID        string    `json:"id"`
	Ticket    string    `json:"ticket"`
	Who       string    `json:"who"`
	Text      string    `json:"text"`
	Mentioned []string  `json:"mentioned" nullable:"false" doc:"Ids of the staff whom it names, who are told"`
	At        time.Time `json:"at"`
}

// mentionable are those who can see the team's tickets.
const mentionable = `
select id, name, email from staff where company_id = $1 and active and (role = 'admin' or $2::uuid = any(teams)) order by name, id`

// Note writes a note on a ticket, which no customer ever gets, and tells those whom
// it names. The key makes it safe to repeat; it may be empty.
func (d Desk) Note(ctx context.Context, who staff.Principal, team, ticket, key string, n NewNote) (Noted, error) {
	var wrong settings.Invalid
	wrong.Add(text.Blank(n.Text), "text", "empty")
	wrong.Bounds("", n)
	if err := wrong.Err(); err != nil {
		return Noted{}, err
	}
	var made Noted
	err := d.onTicket(ctx, who.CompanyID, team, ticket, func(tx *sqlx.Tx, t tickets.Ticket) (err error) {
		made, err = once(ctx, tx, who.CompanyID, key, "note/"+t.ID, n, func() (Noted, error) {
			return d.note(ctx, tx, who, t, strings.TrimSpace(n.Text))
		})
		return err
	})
	return made, err
}

func (d Desk) note(ctx context.Context, tx *sqlx.Tx, who staff.Principal, t tickets.Ticket, text string) (Noted, error) {
	written := notes.Note{
		CompanyID: t.CompanyID, ID: uuid.Must(uuid.NewV7()).String(), TeamID: t.TeamID, ContactID: t.ContactID, TicketID: t.ID,
		Who: who.Who, StaffID: who.StaffID, Text: text, At: d.Clock.Now(),
	}
	made := Noted{ID: written.ID, Ticket: t.ID, Who: who.Who, Text: text, Mentioned: []string{}, At: written.At}
	if err := written.Insert(ctx, tx); err != nil {
		return made, err
	}
	var among []notes.Colleague
	if err := sqlx.SelectContext(ctx, tx, &among, mentionable, t.CompanyID, t.TeamID); err != nil {
		return made, fmt.Errorf("ticket %s: who can be mentioned: %w", t.ID, err)
	}
	var told []notifications.Notice
	for _, id := range notes.Mentioned(text, among) {
		made.Mentioned = append(made.Mentioned, id)
		if id != who.StaffID {
			told = append(told, notifications.Notice{
				CompanyID: t.CompanyID, TeamID: t.TeamID, TicketID: t.ID, StaffID: id, Kind: notifications.Mention, DedupeKey: written.ID + "/" + id,
				At: written.At, About: notifications.About{Text: text, Word: who.Who},
			})
		}
	}
	return made, notifications.Tell(ctx, tx, told...)
}
