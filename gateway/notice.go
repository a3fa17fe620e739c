package gateway

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/channels/gsm7"
	"ringback/gateway/deliveries"
	"ringback/gateway/notifications"
	"ringback/gateway/tickets"
	"ringback/settings"
	"ringback/settings/transaction"
)

// pause notes that the provider refused a sender, and tells the admins the
// first time.
func (g *Gateway) pause(ctx context.Context, c deliveries.Claimed, code string) error {
	return transaction.Run(ctx, g.DB, func(tx *sqlx.Tx) error {
		now := g.Clock.Now()
		about := notifications.About{From: c.From, Word: code}
		return pauseSender(ctx, tx, c.CompanyID, c.TeamID, c.SenderID, about, now.Format(time.RFC3339Nano), now)
	})
}

// pauseSender notes it, and tells the admins the first time; about the same thing no more
// than once, if it is paused anew.
func pauseSender(ctx context.Context, tx *sqlx.Tx, company, team, sender string, about notifications.About, thing string, at time.Time) error {
	first, err := settings.PauseSender(ctx, tx, company, sender, about.Word, at)
	if err != nil || !first {
		return err
	}
	return notifications.Tell(ctx, tx, notifications.Notice{
		CompanyID: company, TeamID: team, Kind: notifications.SenderPaused, DedupeKey: sender + "/" + thing, At: at, About: about,
	})
}

// tellAdmins tells them of a message that failed for its sender's sake: of an account that
// is refused after the provider took the message, which pauses its sender, and of what
// needs somebody's hand at the provider, once a day for each code; and once a day of a cap
// that is reached, of a suspicion, and of many that are filtered.
func tellAdmins(ctx context.Context, tx *sqlx.Tx, m deliveries.Moved, reason channels.Reason, code, why string, at time.Time) error {
	thing := string(reason)
	switch reason {
	case channels.ReasonCredentials, channels.ReasonMisconfigured:
		thing = code
	case channels.ReasonCapped, channels.ReasonSuspected:
	case channels.ReasonFiltered:
		if many, err := deliveries.ManyFiltered(ctx, tx, m.CompanyID, m.SenderID, startOfDay(at)); err != nil || !many {
			return err
		}
	default:
		return nil
	}
	from, err := settings.FindSender(ctx, tx, m.CompanyID, m.TeamID, m.SenderID)
	if errors.Is(err, settings.ErrNotFound) {
		return nil // it is gone
	}
	if err != nil {
		return err
	}
	thing += "/" + at.UTC().Format(time.DateOnly)
	if reason == channels.ReasonCredentials {
		return pauseSender(ctx, tx, m.CompanyID, m.TeamID, m.SenderID, notifications.About{From: from.Address, Word: code}, thing, at)
	}
	return notifications.Tell(ctx, tx, notifications.Notice{
		CompanyID: m.CompanyID, TeamID: m.TeamID, Kind: notifications.SenderPaused, DedupeKey: m.SenderID + "/" + thing, At: at,
		About: notifications.About{From: from.Address, Word: string(reason), Text: strings.Trim(code+": "+why, ": ")},
	})
}

// startOfDay is when the day of the notices began that are told once a day.
func startOfDay(at time.Time) time.Time { return at.UTC().Truncate(24 * time.Hour) }

// alarm tells the admins of a refusal after which the message waits, and which they have
// to hear of all the same.
func (g *Gateway) alarm(ctx context.Context, c deliveries.Claimed, e *channels.SendError) error {
	if e.Reason != channels.ReasonCapped && e.Reason != channels.ReasonSuspected {
		return nil
	}
	return transaction.Run(ctx, g.DB, func(tx *sqlx.Tx) error {
		m := deliveries.Moved{CompanyID: c.CompanyID, TeamID: c.TeamID, SenderID: c.SenderID}
		return tellAdmins(ctx, tx, m, e.Reason, e.Code, e.Err.Error(), g.Clock.Now())
	})
}

// textFor is how long a text to one of the staff makes sense.
const textFor = time.Hour

// textingTeam is the team of the notice or, of one that is the whole company's, the first
// that has a number for texts.
const textingTeam = `
select id, version from teams t where company_id = $1 and (id = nullif($2, '')::uuid
	or $2 = '' and exists (select from senders s where s.company_id = $1 and s.team_id = t.id and s.kind = 'sms'))
order by id limit 1`

// TextStaff puts a text to one of the staff into the outbox of the team's number
// that it names, or the first that takes texts. It has no decision, so it counts in nobody's budget,
// and stands on no ticket.
func (g *Gateway) TextStaff(ctx context.Context, tx *sqlx.Tx, t notifications.TextTo) error {
	var of struct {
		ID      string
		Version int64
	}
	err := tx.GetContext(ctx, &of, textingTeam, t.CompanyID, t.TeamID)
	if errors.Is(err, sql.ErrNoRows) {
		return notifications.ErrNoSender
	}
	if err != nil {
		return fmt.Errorf("team %s: %w", t.TeamID, err)
	}
	team, err := g.Settings.Get(ctx, tx, t.CompanyID, of.ID, of.Version)
	if err != nil {
		return err
	}
	from := t.SenderID
	if from == "" {
		from = tickets.TextSender(team, "")
	}
	sender, found := team.Sender(from)
	if !found || sender.Kind != channels.SMS {
		return notifications.ErrNoSender
	}
	if team.Team.PlainLetters {
		t.Text = gsm7.Plain(strings.ReplaceAll(t.Text, " · ", ", ")) // a dot in the middle would make it a text of 70 letters
	}
	now := g.Clock.Now()
	out := deliveries.Outgoing{
		CompanyID: t.CompanyID, ID: uuid.Must(uuid.NewV7()).String(), TeamID: of.ID, StaffID: t.StaffID, SenderID: sender.ID,
		Kind: sender.Kind, Account: sender.Account, From: sender.Address, To: t.To, Text: t.Text, ExpiresAt: now.Add(textFor),
	}
	return deliveries.Queue(ctx, tx, g.Clock.Queue(), out)
}
