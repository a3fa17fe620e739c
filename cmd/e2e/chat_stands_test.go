package e2e

import (
	"encoding/json"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"ringback/channels/simulator/twilio"
	"ringback/cmd/app"
)

// contactOf is who has an address.
func (c *chat) contactOf(address string) string {
	c.t.Helper()
	var id string
	require.NoError(c.t, c.DB.Get(&id, `select contact_id from addresses where address = $1`, address))
	return id
}

// TestChatGoesOnOverAMerge: the staff learn that a visitor is somebody they
// know while the chat is open; what they say then comes to the open page.
func TestChatGoesOnOverAMerge(t *testing.T) {
	t.Parallel()
	c := newChat(t)
	const phone = "+13125550143"
	c.text(phone, "A text from my phone")
	c.write("m-0000001", "It is me, from the shop")
	c.settle()
	var visitor string
	require.NoError(t, c.DB.Get(&visitor, `select id from visitors`))
	ticket := c.ticketOf(visitor)
	next, end := c.listen(0)
	defer end()
	for range 2 {
		next()
	}
	stranger, known := c.contactOf(visitor), c.contactOf(phone)
	for range 2 {
		status, answer := c.api("POST", "/teams/"+c.team.ID+"/contacts/"+stranger+"/merge", map[string]string{"into": known})
		require.Equal(t, http.StatusOK, status, answer)
	}
	status, answer := c.api("POST", ticket+"/messages", map[string]string{"text": "Hello Zoe"})
	require.Equal(t, http.StatusCreated, status, answer)
	said := next()
	require.Equal(t, []string{"advisor", "Hello Zoe"}, []string{said.Author, said.Text})
	c.write("m-0000002", "Hello Ann")
	require.Equal(t, "Hello Ann", next().Text)
}

// TestChatStandsAFlood: one address that knocks a thousand times, on any door,
// is told to wait, in words that its page can read; others notice nothing.
func TestChatStandsAFlood(t *testing.T) {
	t.Parallel()
	c := newChat(t, func(c *app.Config) { c.TrustedProxies = []string{"127.0.0.1"} })
	for n, door := range []struct{ path, address string }{{"?lang=en", "10.9.0.1"}, {"/messages", "10.9.0.2"}, {"/stream", "10.9.0.3"}} {
		flood := *c
		flood.from = door.address
		var refused, failed atomic.Int64
		var all errgroup.Group
		all.SetLimit(20)
		for range 1000 {
			request := flood.request(t.Context(), "GET", door.path, nil)
			all.Go(func() error {
				answer, err := http.DefaultClient.Do(request)
				if err != nil {
					return err
				}
				defer func() { _ = answer.Body.Close() }() // a stream is let go at once
				switch answer.StatusCode {
				case http.StatusOK:
				case http.StatusTooManyRequests:
					var told struct{ Detail string }
					if json.NewDecoder(answer.Body).Decode(&told) == nil && told.Detail != "" && answer.Header.Get("Retry-After") != "" &&
						answer.Header.Get("Access-Control-Allow-Origin") != "" {
						refused.Add(1)
						return nil
					}
					failed.Add(1)
				default:
					failed.Add(1)
				}
				return nil
			})
		}
		require.NoError(t, all.Wait())
		require.Zero(t, failed.Load(), door.path)
		require.Positive(t, refused.Load(), door.path)
		other := *c
		other.from = "10.9.1.1"
		status, answer := other.ask("POST", "/messages", map[string]string{"id": []string{"m-0000001", "m-0000002", "m-0000003"}[n], "text": "Hello?"})
		require.Equal(t, http.StatusAccepted, status, answer)
	}
}

// TestChatTalksToNobodyBlocked: who is blocked is thanked, and nothing comes of
// it: no ticket, no answer, no file.
func TestChatTalksToNobodyBlocked(t *testing.T) {
	t.Parallel()
	c := newChat(t)
	c.write("m-0000001", "Hello?")
	c.settle()
	var visitor string
	require.NoError(t, c.DB.Get(&visitor, `select id from visitors`))
	ticket := c.ticketOf(visitor)
	status, answer := c.api("PATCH", ticket, map[string]any{"status": "closed"})
	require.Equal(t, http.StatusOK, status, answer)
	c.settle()
	status, answer = c.api("PATCH", "/teams/"+c.team.ID+"/contacts/"+c.contactOf(visitor), map[string]any{"blocked": true})
	require.Equal(t, http.StatusOK, status, answer)

	c.write("m-0000002", "Hello again")
	for range 2 {
		status, answer = c.ask("POST", "/tickets", map[string]string{"id": "t-0000001", "text": "And a ticket"})
		require.Equal(t, http.StatusAccepted, status, answer)
	}
	status, words := c.send("photo.jpg", twilio.Photo())
	require.Equal(t, http.StatusUnprocessableEntity, status, words)
	c.settle()
	var made struct{ Tickets, Deliveries, Files int }
	require.NoError(t, c.DB.Get(&made, `select (select count(*) from tickets) as tickets, (select count(*) from deliveries) as deliveries, (select count(*) from media) as files`))
	require.Equal(t, 1, made.Tickets)
	require.Equal(t, 2, made.Deliveries, "the greeting and the question how it went, from before")
	require.Zero(t, made.Files)
}
