package gateway

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/calls"
	"ringback/gateway/calls/journal"
	"ringback/gateway/contacts"
	"ringback/gateway/events"
	"ringback/gateway/media"
	"ringback/gateway/rules"
	"ringback/settings"
)

// handleCalls adds lines to calls' journals, those of different calls together.
func (g *Gateway) handleCalls(ctx context.Context, tx *sqlx.Tx, all []events.Event, payloads []any) ([]Change, error) {
	rest := make([]told, len(all))
	for n, e := range all {
		rest[n] = told{e, payloads[n].(channels.Event)}
	}
	var changes []Change
	for len(rest) > 0 {
		now, later := []told{}, []told{}
		about := map[[2]string]bool{}
		for _, t := range rest {
			if call := [2]string{t.SenderID, t.said.Call.ID}; about[call] {
				later = append(later, t)
			} else {
				about[call] = true
				now = append(now, t)
			}
		}
		more, err := g.noteCalls(ctx, tx, now)
		if err != nil {
			return nil, err
		}
		changes, rest = append(changes, more...), later
	}
	return changes, nil
}

// told is an event of a call with what the provider said.
type told struct {
	events.Event

	said channels.Event
}

// line is what it adds to the call's journal.
func (t told) line() journal.Entry {
	line := journal.Entry{
		CompanyID: t.CompanyID, SenderID: t.SenderID, SID: t.said.Call.ID, TeamID: t.TeamID, Caller: t.said.CustomerAddress, Kind: t.said.Sender,
		Entry: calls.Entry{Kind: t.Kind, At: t.OccurredAt, Call: *t.said.Call}, At: t.OccurredAt,
	}
	if t.Kind == channels.CallEnded {
		line.Status, line.Seconds = t.said.Call.Status, t.said.Call.Seconds
	}
	if line.Moved = t.said.Call.Team != "" && t.said.Call.Team != t.TeamID; line.Moved {
		line.TeamID = t.said.Call.Team
	}
	return line
}

// noteCalls adds a line to the journal of each of these calls, which differ, and moves
// their timers.
func (g *Gateway) noteCalls(ctx context.Context, tx *sqlx.Tx, all []told) ([]Change, error) {
	lines := make([]journal.Entry, len(all))
	for n, t := range all {
		lines[n] = t.line()
		if len(t.said.Also) > 0 {
			by := contacts.Actor{CompanyID: t.CompanyID, TeamID: t.TeamID, Who: string(t.said.Sender), At: g.Clock.Now()}
			if err := contacts.LinkAddresses(ctx, tx, by, t.said.Sender, t.said.CustomerAddress, t.said.Call.Name, t.said.Also); err != nil {
				return nil, err
			}
		}
	}
	noted, err := journal.Note(ctx, tx, lines...)
	if err != nil {
		return nil, err
	}
	var changes []Change
	var timers []journal.Timer
	wanted := map[string]bool{} // line types, by sender
	for n, c := range noted {
		more, timer, err := g.noted(ctx, tx, all[n], c, wanted)
		if err != nil {
			return nil, err
		}
		changes = append(changes, more...)
		if timer != nil {
			timers = append(timers, *timer)
		}
	}
	return changes, journal.Arm(ctx, tx, timers...)
}

// noted is what follows from a line that a call got. The call's timer is moved to when
// nothing more can change, or, while its end is not known, to when the end can
// be taken for lost. Settled is settled: what comes later is only
// recorded, but for a voicemail, which nobody would hear.
func (g *Gateway) noted(ctx context.Context, tx *sqlx.Tx, t told, c journal.Call, wanted map[string]bool) ([]Change, *journal.Timer, error) {
	erased, err := false, error(nil)
	if c.SettledAt != nil && c.ContactID != "" {
		erased, err = contacts.Erased(ctx, tx, c.CompanyID, c.ContactID)
	}
	if erased { // a recording is deleted where it lies
		return nil, nil, eraseRecording(ctx, tx, c, t.said)
	}
	if err == nil {
		err = g.expectRecording(ctx, tx, c, t.Kind, t.said)
	}
	if err != nil {
		return nil, nil, err
	}
	if c.SettledAt != nil {
		changes, err := g.lateRecording(ctx, tx, c, t.Event)
		return changes, nil, err
	}
	entries, end, err := readJournal(c)
	if err != nil {
		return nil, nil, err
	}
	if err := g.wantLineType(ctx, tx, c, entries, wanted); err != nil {
		return nil, nil, err
	}
	if err := g.spoken(ctx, tx, c, entries, *t.said.Call, t.OccurredAt); err != nil {
		return nil, nil, err
	}
	return []Change{{Kind: "call", CompanyID: c.CompanyID, TeamID: c.TeamID, ID: c.ID}},
		&journal.Timer{Call: c, Due: calls.Due(entries, end), Ask: calls.AskAt(entries, end)}, nil
}

// wantLineType has it found out, while the call goes on, what line the caller's
// number is: by its end it is known whether a text would reach it, and else the text
// waits for it as all first texts do (awaitLine).
func (g *Gateway) wantLineType(ctx context.Context, tx *sqlx.Tx, c journal.Call, entries []calls.Entry, wanted map[string]bool) error {
	if len(entries) > 1 || c.Kind != channels.Voice {
		return nil // it was done with the first line
	}
	wants, known := wanted[c.SenderID]
	if !known {
		var err error
		if wants, err = settings.WantsLineTypes(ctx, tx, c.SenderID); err != nil {
			return err
		}
		wanted[c.SenderID] = wants
	}
	if !wants {
		return nil
	}
	if nobody, err := unknown(ctx, tx, c, entries); err != nil || nobody || rules.Unreachable(c.Caller) {
		return err
	}
	if _, err := g.callerOf(ctx, tx, c, entries); err != nil {
		return err
	}
	_, err := contacts.WantLineType(ctx, tx, c.CompanyID, c.Caller, c.SenderID, true, g.Clock.Queue())
	return err
}

// spoken notes at once that an advisor speaks to the caller, when a line says
// so: a text that was held back after an earlier call must not go out while
// they talk. Who the caller is may be told later; then the settling notes it.
func (g *Gateway) spoken(ctx context.Context, tx *sqlx.Tx, c journal.Call, entries []calls.Entry, line channels.Call, at time.Time) error {
	if line.Step != channels.StepAnswered && (line.Dial == nil || !line.Dial.Bridged) {
		return nil
	}
	if nobody, err := unknown(ctx, tx, c, entries); err != nil || nobody {
		return err
	}
	contact, err := g.callerOf(ctx, tx, c, entries)
	if err != nil {
		return err
	}
	return contacts.AdvisorSpoke(ctx, tx, c.CompanyID, c.TeamID, contact.ID, at)
}

// expectRecording has what was recorded fetched, also when only the announcement
// of it ever comes, or when it comes after the call was settled.
func (g *Gateway) expectRecording(ctx context.Context, tx *sqlx.Tx, c journal.Call, kind channels.EventKind, received channels.Event) error {
	recording := received.Call.Recording
	if recording == nil || recording.Absent || recording.URL == "" {
		return nil
	}
	o := media.Origin{CompanyID: c.CompanyID, TeamID: c.TeamID, ContactID: c.ContactID, TicketID: c.TicketID, CallID: c.ID, Kind: channels.Voice, Account: received.Account}
	return o.ExpectRecording(ctx, tx, *recording, kind == channels.CallRecorded, g.Clock.Queue())
}

// eraseRecording has a recording deleted that came when its caller was erased.
func eraseRecording(ctx context.Context, tx *sqlx.Tx, c journal.Call, received channels.Event) error {
	recording := received.Call.Recording
	if recording == nil || recording.Absent || recording.URL == "" {
		return nil
	}
	return contacts.EraseFile(ctx, tx, c.CompanyID, c.ContactID, channels.Voice, received.Account, channels.Media{URL: recording.URL, ID: recording.ID})
}
