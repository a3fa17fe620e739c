package effects

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// draw says what changes are in a line for each row, table by table.
func draw(c Changes) []string {
	var lines []string
	line := func(format string, args ...any) {
		lines = append(lines, strings.TrimRight(fmt.Sprintf(format, args...), " "))
	}
	for _, w := range c.Withdrawn {
		line("withdraw      %s of %s", w.Kind, w.TicketID)
	}
	for _, r := range c.Reopened {
		line("reopen        %s", r.TicketID)
	}
	for _, t := range c.Opened {
		line("open          %s #%d %s at %s %s", t.ID, t.Number, t.Kind, clock(t.OpenedAt), t.Assignee)
	}
	for _, a := range c.Assigned {
		line("assign        %s to %s", a.TicketID, a.Staff)
	}
	for _, e := range c.Ended {
		line("end           %s %s", e.Request.ID, e.State)
	}
	for _, r := range c.Rerouted {
		line("reroute       %s to %s", r.ID, r.Channel)
	}
	for _, r := range c.Asked {
		line("ask           %s %s on %s", r.ID, r.Kind, r.Channel)
	}
	for _, a := range c.Answers {
		line("answer        %s on %s: %+v", a.RequestID, a.TicketID, a.Given)
	}
	for _, m := range c.Messages {
		line("message       %s by %s on %q: %q", m.ID, m.Author, m.TicketID, m.Text)
	}
	for _, f := range c.Files {
		line("fetch         %d of %s on %q", len(f.Media), f.Origin.MessageID, f.Origin.TicketID)
	}
	lines = append(lines, drawCall(c)...)
	for _, h := range c.Hooks {
		line("hook          %s %s", h.Kind, strings.Join(filled(h.Data), " "))
	}
	for _, n := range c.Notices {
		line("notice        %s of %s on %q from %q", n.Kind, n.DedupeKey, n.TicketID, n.About.From)
	}
	for _, out := range c.Deliveries {
		when := ""
		if out.Bulk {
			when = "after what somebody waits for, "
		}
		line("deliver       %s%s %s from %s to %s until %s: %q %v %v", when, out.ID, out.Kind, out.From, out.To, clock(out.ExpiresAt), out.Text, out.Template, out.Choices)
	}
	for _, d := range c.Decisions {
		line("decide        %s %s %s %s on %q, delivery %q, facts %s", d.ID, d.Automation, d.Outcome, d.Reason, d.TicketID, d.DeliveryID, strings.Join(slices.Sorted(maps.Keys(d.Facts)), " "))
	}
	for _, d := range c.Released {
		line("release       %s %s %s on %q, delivery %q", d.ID, d.Outcome, d.Reason, d.TicketID, d.DeliveryID)
	}
	return lines
}

func drawCall(c Changes) []string {
	var lines []string
	for _, s := range c.Calls {
		lines = append(lines, fmt.Sprintf("settle        %s %s at %s, ticket %q, advisor %q", s.Call.ID, s.Settlement.Outcome, s.Settlement.Step, s.Settlement.Ticket, s.Settlement.Advisor))
	}
	for _, o := range c.Recordings {
		lines = append(lines, fmt.Sprintf("recordings    of %s are of %s on %q", o.CallID, o.ContactID, o.TicketID))
	}
	for _, consent := range c.Consents {
		lines = append(lines, fmt.Sprintf("consent       opted out %t: %q", consent.OptedOut, consent.Words))
	}
	for _, r := range c.Refusals {
		lines = append(lines, fmt.Sprintf("in doubt      %q", r.Said.Words))
	}
	for _, p := range c.Pauses {
		lines = append(lines, "pause         until "+clock(p.Until))
	}
	for _, s := range c.Spoken {
		lines = append(lines, "advisor spoke "+clock(s.At))
	}
	for _, timer := range c.Timers {
		lines = append(lines, fmt.Sprintf("timer         %s %s at %s due %s: %+v", timer.Payload.Kind(), timer.Name, clock(timer.At), clock(timer.Due), timer.Payload))
	}
	return lines
}

// clock is an instant, in UTC.
func clock(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.Format("01-02 15:04:05")
}

func filled(data map[string]any) []string {
	var fields []string
	for _, name := range slices.Sorted(maps.Keys(data)) {
		if value := fmt.Sprint(data[name]); value != "" {
			fields = append(fields, name+"="+value)
		}
	}
	return fields
}
