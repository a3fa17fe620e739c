package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels/simulator/twilio"
	"ringback/settings"
	"ringback/settings/automations"
)

// story plays one script. A line is a step: a verb and its words.
//
//	at TIME                         it is that time from now on
//	sms FROM TEXT                   a customer writes
//	crowd N FROM TEXT               a customer writes N texts at once
//	want TO TEXT                    the customer got this, and nothing before it; of files how many, (1)
//	provider TO                     the customer got the provider's own confirmation
//	decision OUTCOME REASON KEY     the newest decision; KEY is - for none
//	decisions FROM N                so many decisions on the customer's events
//	state TO STATE [CODE]           the newest delivery to the customer
//	tickets FROM N                  so many tickets of the customer
//	opted_out FROM yes|no
//	switch KEY on|off               an automation
//	set FIELD NUMBER                one of the team's settings
//	schedule TITLE START END yes|no [RRULE]   a new ring schedule; yes: business hours
//	holiday team|company TITLE FROM TO [MESSAGES]   a new holiday of the team or of all; its own messages as JSON
//	down, up                        the provider cannot be reached
//	fail STATUS [N]                 the provider answers the next send, or N of them, with an error, and does not take it
//	lose                            the provider takes the next send, but its answer is lost
//	trial on|off                    the account is one that nobody pays for
//	stop, start                     the gateway records events, but cannot handle them
type story struct {
	*world
	stopped *sqlx.Tx
}

func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			s := &story{world: newWorld(t)}
			script, err := os.Open(file)
			require.NoError(t, err)
			defer func() { _ = script.Close() }()
			lines := bufio.NewScanner(script)
			for number := 1; lines.Scan(); number++ {
				line := lines.Text()
				if line == "" || line[0] == '#' {
					continue
				}
				t.Logf("%s:%d: %s", file, number, line)
				s.step(line)
			}
			require.NoError(t, lines.Err())
			s.nothingMore()
		})
	}
}

func (s *story) step(line string) {
	t := s.t
	t.Helper()
	verb, rest, _ := strings.Cut(line, " ")
	words := append(strings.SplitN(rest, " ", 5), "", "", "", "", "")
	from, text, _ := strings.Cut(rest, " ")
	switch verb {
	case "at":
		at, err := time.Parse(time.RFC3339, rest)
		require.NoError(t, err)
		s.nothingMore()
		s.Clock.Stop(at)
		s.Gateway.Wake()
		s.settleUnlessStopped()
	case "sms":
		s.nothingMore()
		s.text(from, text)
		s.settleUnlessStopped()
	case "crowd":
		s.crowd(number(t, words[0]), words[1], strings.Join(words[2:], " "))
		s.settle()
	case "want":
		got := s.next(from)
		said := unlinked(got.Body)
		if n := len(got.Media); n > 0 {
			said = strings.TrimSpace(fmt.Sprintf("(%d) %s", n, said))
		}
		require.Equal(t, text, said)
		require.Equal(t, twilio.OutboundAPI, got.Direction)
	case "provider":
		require.Equal(t, twilio.OutboundReply, s.next(from).Direction)
	case "decision":
		s.decision(words[0], words[1], words[2])
	case "decisions":
		s.count(decisionsOf, from, number(t, text))
	case "state":
		s.state(words[0], words[1], words[2])
	case "tickets":
		s.count(ticketsOf, from, number(t, text))
	case "opted_out":
		s.count(optOutsOf, from, map[string]int{"yes": 1, "no": 0}[text])
	case "switch":
		s.change(from, func(a *automations.Setting) { a.Enabled = text == "on" })
	case "set":
		s.set(from, number(t, text))
	case "schedule":
		s.schedule(words)
	case "holiday":
		s.holiday(words)
	case "down", "up":
		s.sim.Down(verb == "down")
	case "fail":
		times := 1
		if text != "" {
			times = number(t, text)
		}
		s.sim.Fault(twilio.Fault{Times: times, Status: number(t, from), RetryAfter: time.Second})
	case "lose":
		s.sim.Fault(twilio.Fault{Times: 1, Close: true, Taken: true})
	case "trial":
		s.sim.Trial(rest == "on")
	case "stop":
		s.stop()
	case "start":
		require.NoError(t, s.stopped.Rollback())
		s.stopped = nil
		s.settle()
	default:
		require.True(t, s.advisor(verb, from, text) || s.whatsapp(verb, from, text), "no such verb: "+verb)
	}
}

func (s *story) settleUnlessStopped() {
	if s.stopped == nil {
		s.settle()
	}
}

// next is the next text that reached a customer.
func (s *story) next(to string) twilio.Message {
	s.t.Helper()
	got := s.got(to)
	require.Greater(s.t, len(got), s.read[to], "%s got no further text", to)
	s.read[to]++
	return got[s.read[to]-1]
}

func (s *story) got(to string) []twilio.Message {
	var got []twilio.Message
	for _, m := range s.sim.Inbox(to) {
		if m.Direction != twilio.Inbound {
			got = append(got, m)
		}
	}
	return got
}

// nothingMore holds that no customer got a text that the story did not expect.
func (s *story) nothingMore() {
	s.t.Helper()
	s.nothingMoreOnWhatsApp()
	for _, m := range s.sim.Messages() {
		require.Len(s.t, s.got(m.To), s.read[m.To], "%s got a text that nobody expected", m.To)
	}
}

func (s *story) crowd(n int, from, text string) {
	s.t.Helper()
	var crowd sync.WaitGroup
	failed := make(chan string, 2*n)
	for i := range n {
		crowd.Go(func() {
			answer, err := s.sim.Text(s.t.Context(), s.door(), from, ours, fmt.Sprintf("%s %d", text, i))
			if err != nil || answer.Status != http.StatusOK || answer.Second.Status != http.StatusOK {
				failed <- fmt.Sprint(err, answer.Status, answer.Body)
			}
		})
	}
	crowd.Wait()
	require.Empty(s.t, failed)
}

func (w *world) decision(outcome, reason, key string) {
	w.t.Helper()
	var got struct {
		Outcome, Reason, Automation string
		Facts                       string
	}
	require.NoError(w.t, w.DB.Get(&got, `select outcome, reason, coalesce(automation, '-') as automation, facts::text as facts
		from decisions order by id desc limit 1`))
	require.Equal(w.t, []string{outcome, reason, key}, []string{got.Outcome, got.Reason, got.Automation}, "facts: %s", got.Facts)
}

const (
	decisionsOf = `select count(*) from decisions join addresses a using (contact_id) where a.address = $1`
	ticketsOf   = `select count(*) from tickets join addresses a using (contact_id) where a.address = $1`
	optOutsOf   = `select count(*) from standings join addresses a using (contact_id) where a.address = $1 and opted_out_at is not null`
)

func (w *world) count(query, from string, want int) {
	w.t.Helper()
	var got int
	require.NoError(w.t, w.DB.Get(&got, query, from))
	require.Equal(w.t, want, got)
}

func (w *world) state(to, state, code string) {
	w.t.Helper()
	var got struct {
		State string `db:"state"`
		Code  string `db:"error_code"`
	}
	require.NoError(w.t, w.DB.Get(&got, `select state, error_code from deliveries where to_address = $1 order by seq desc limit 1`, to))
	require.Equal(w.t, state, got.State)
	if code != "" {
		require.Equal(w.t, code, got.Code)
	}
}

func (s *story) set(field string, value int) {
	s.edit(func(e *settings.Edit) error {
		team := e.Team
		switch field {
		case "contact_per_hour":
			team.ContactPerHour = value
		case "automatic_per_hour":
			team.AutomaticPerHour = value
		default:
			return fmt.Errorf("no such field: %s", field)
		}
		return e.SaveTeam(s.t.Context(), team)
	})
}

func (s *story) schedule(words []string) {
	business := words[3] == "yes"
	schedule := settings.NewSchedule()
	schedule.Title, schedule.TimeZone, schedule.BusinessHours = words[0], "America/Chicago", &business
	schedule.StartsAt, schedule.EndsAt = words[1], words[2]
	if words[4] != "" {
		schedule.RRule = &words[4]
	}
	s.edit(func(e *settings.Edit) error {
		_, err := e.AddSchedule(s.t.Context(), schedule)
		return err
	})
}

func (s *story) holiday(words []string) {
	s.t.Helper()
	path := map[string]string{"team": "/teams/" + s.team.ID + "/holidays", "company": "/holidays"}[words[0]]
	body := map[string]any{"title": words[1], "from": words[2], "to": words[3]}
	if words[4] != "" {
		body["messages"] = json.RawMessage(words[4])
	}
	status, answer := s.api("POST", path, body)
	require.Equal(s.t, http.StatusCreated, status, answer)
}

// stop holds the table that handling begins with, as a stuck database would.
func (s *story) stop() {
	s.t.Helper()
	tx, err := s.DB.BeginTxx(context.Background(), nil)
	require.NoError(s.t, err)
	_, err = tx.Exec(`lock table standings in access exclusive mode`)
	require.NoError(s.t, err)
	s.stopped = tx
	s.t.Cleanup(func() { _ = tx.Rollback() })
}

func number(t *testing.T, word string) int {
	t.Helper()
	n, err := strconv.Atoi(word)
	require.NoError(t, err)
	return n
}
