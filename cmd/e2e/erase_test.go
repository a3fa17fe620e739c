package e2e

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels/clock/clocktest"
	"ringback/channels/simulator/twilio"
	"ringback/cmd/app"
	"ringback/gateway/reports"
	"ringback/settings"
)

// erases asks a replica to erase a contact.
func erases(t *testing.T, a *app.App, contact string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, a.PublicURL()+"/api/v1/contacts/"+contact, nil)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+bootstrapKey)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	return answer.StatusCode
}

// contactOf is the id of who has the number.
func (w *world) contactOf(number string) (id string) {
	w.t.Helper()
	require.NoError(w.t, w.DB.Get(&id, `select contact_id from addresses where address = $1`, number))
	return id
}

// saying is in which tables the word stands.
func (w *world) saying(word string) (found []string) {
	w.t.Helper()
	var tables []string
	require.NoError(w.t, w.DB.Select(&tables, `select relname from pg_class where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') order by 1`))
	for _, table := range tables {
		var n int
		require.NoError(w.t, w.DB.Get(&n, fmt.Sprintf(`select count(*) from %s x where x::text like '%%' || $1 || '%%' or x::text like '%%' || $2 || '%%'`, table), word, fmt.Sprintf("%x", word)))
		if n > 0 {
			found = append(found, table)
		}
	}
	return found
}

// TestACustomerIsErasedEverywhere: what they wrote and said goes here and at
// the provider, the week's figures stay, and a STOP holds.
func TestACustomerIsErasedEverywhere(t *testing.T) {
	t.Parallel()
	w := called(t, whileOpen, nobody)
	w.ring(caller, twilio.LeaveVoicemail(8*time.Second, twilio.ByHangUp))
	w.later(40 * time.Second)
	_, err := w.sim.Text(t.Context(), w.door(), caller, ours, "Xyzzy, look", twilio.WithFile(photo(t), "image/jpeg"))
	require.NoError(t, err)
	w.settle()
	w.fetched()
	w.text(caller, "STOP")
	w.settle()
	require.NotEmpty(t, w.saying("Xyzzy"))
	before, err := reports.Of(t.Context(), w.DB.DB, settings.Company{ID: w.team.CompanyID, SegmentPrice: 0.01}, w.team, reports.Range{}, w.Clock.Now())
	require.NoError(t, err)
	require.Equal(t, 1, before.Total.Calls)

	contact := w.contactOf(caller)
	require.Equal(t, http.StatusAccepted, erases(t, w.App, contact))
	require.Equal(t, http.StatusAccepted, erases(t, w.App, contact), "twice pressed")
	require.NoError(t, w.Eraser.Work(t.Context()))
	w.settle()
	require.Empty(t, w.saying("Xyzzy"))
	require.Equal(t, []string{"erasures"}, w.saying(strings.TrimPrefix(caller, "+")), "for two days")
	deleted := w.sim.Deleted()
	require.Len(t, deleted, 2, "a recording and a photo")
	require.Contains(t, strings.Join(deleted, " "), "RE")
	require.Contains(t, strings.Join(deleted, " "), "ME")
	after, err := reports.Of(t.Context(), w.DB.DB, settings.Company{ID: w.team.CompanyID, SegmentPrice: 0.01}, w.team, reports.Range{}, w.Clock.Now())
	require.NoError(t, err)
	require.Equal(t, before, after)

	w.text(caller, "it is me again")
	w.settle()
	require.NotEqual(t, contact, w.contactOf(caller), "somebody new")
	var out bool
	require.NoError(t, w.DB.Get(&out, `select opted_out_at is not null from standings where contact_id = $1`, w.contactOf(caller)))
	require.True(t, out)
	w.later(49 * time.Hour)
	require.NoError(t, w.Eraser.Late(t.Context()))
	require.Contains(t, w.saying("it is me again"), "messages", "who writes since is not erased")
	w.nothingFailed()
}

// TestACustomerIsErasedWhileTheyWrite: on three replicas at once, whatever
// comes in between.
func TestACustomerIsErasedWhileTheyWrite(t *testing.T) {
	t.Parallel()
	shared := clocktest.RunningFrom(monday)
	w := newWorld(t, func(c *app.Config) { c.Clock, c.DatabaseConnections = shared, 8 })
	replicas := []*app.App{w.App, w.replica(), w.replica()}
	w.text(caller, "first")
	finish(t, w.DB.DB)
	contact := w.contactOf(caller)
	var busy sync.WaitGroup
	for n, a := range replicas {
		busy.Go(func() {
			for k := range 5 {
				body := sms("From", caller, "Body", fmt.Sprintf("text %d of %d", k, n), "MessageSid", fmt.Sprintf("SM%d-%d", n, k))
				for range 2 {
					status, _ := w.post(webhook{server: a.URL(), signed: a.PublicURL() + messagesPath, body: body})
					if status != http.StatusOK {
						t.Errorf("%d", status)
					}
				}
			}
		})
		busy.Go(func() {
			for range 2 {
				if status := erases(t, a, contact); status != http.StatusAccepted {
					t.Errorf("%d", status)
				}
			}
		})
	}
	busy.Wait()
	finish(t, w.DB.DB)
	var left struct{ Cards, Erased, Texts, Faults int }
	require.NoError(t, w.DB.GetContext(context.Background(), &left, `select (select count(*) from contacts where id = $1) as cards, (select count(*) from erasures) as erased,
		(select count(*) from messages where contact_id = $1 and text <> '') as texts, (select count(*) from decisions where reason = 'internal_error') as faults`, contact))
	require.Equal(t, struct{ Cards, Erased, Texts, Faults int }{0, 1, 0, 0}, left)
}
