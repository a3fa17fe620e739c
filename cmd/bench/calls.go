package main

import (
<<<<<<< HEAD
	"context"
	"fmt"
=======
	"bufio"
	"context"
	"fmt"
	"net"
>>>>>>> main
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
<<<<<<< HEAD
=======
	"sync"
	"sync/atomic"
>>>>>>> main
	"time"

	"github.com/gin-gonic/gin"

<<<<<<< HEAD
	"ringback/channels"
	"ringback/channels/twilio"
	"ringback/gateway"
	"ringback/settings"
)

// called is the number of a team that can be rung around the clock.
const called = "+13125550101"

// greeting is as long as what a caller's first request is answered.
const greeting = `<?xml version="1.0" encoding="UTF-8"?>
<Response>
  <Say language="en-US">Thank you for calling Calls. Please stay on the line.</Say>
  <Redirect>http://127.0.0.1:40000/webhooks/twilio/voice/next?at=ring&amp;sender=00000000-0000-0000-0000-000000000000</Redirect>
</Response>
`

// settleCalls makes the team that is called.
func (p *place) settleCalls(ctx context.Context) error {
	team := settings.NewTeam()
	team.Name, team.TimeZone = "Calls", "UTC"
	team, err := settings.CreateTeam(ctx, p.db, p.company, "bench", team)
	if err != nil {
		return err
	}
	m := settings.NewMember()
	m.Name, m.Email, m.Role, m.Phone, m.Teams = "Maria", "maria@example.com", settings.RoleAdvisor, "+13125550199", []string{team.ID}
	if m, err = settings.CreateMember(ctx, p.db, p.company, "bench", m); err != nil {
		return err
	}
	daily := "FREQ=DAILY"
	yesterday := time.Now().UTC().AddDate(0, 0, -1).Format(time.DateOnly)
	today := time.Now().UTC().Format(time.DateOnly)
	_, err = settings.EditTeam(ctx, p.db, p.company, team.ID, "bench", func(e *settings.Edit) error {
		if _, err := e.AddSender(ctx, settings.Sender{Kind: channels.Voice, Address: called}); err != nil {
			return err
		}
		_, err := e.AddSchedule(ctx, settings.Schedule{
			Title: "Always", TimeZone: "UTC", Enabled: true, RRule: &daily, Advisors: settings.Advisors{m.ID},
			StartsAt: yesterday + "T00:00", EndsAt: today + "T00:00",
		})
		return err
	})
	return err
}

// incoming makes signed requests, one call of each customer.
func incoming(at *gatewayAt, customers []string) [][]byte {
	made := make([][]byte, len(customers))
	for i, from := range customers {
		made[i] = at.signed(twilio.VoicePath, url.Values{
			"AccountSid": {accountSID}, "ApiVersion": {"2010-04-01"}, "CallSid": {"CA" + sid()[2:]}, "CallStatus": {"ringing"}, "Direction": {"inbound"},
			"From": {from}, "Caller": {from}, "To": {called}, "Called": {called},
			"FromCity": {"CHICAGO"}, "FromState": {"IL"}, "FromZip": {"60601"}, "FromCountry": {"US"},
			"ToCity": {"CHICAGO"}, "ToState": {"IL"}, "ToZip": {"60602"}, "ToCountry": {"US"},
		})
	}
	return made
}

// calls measures what callers wait for: the TwiML of an incoming call, with its
// journal made durable, against a handler that only answers as many bytes.
func calls(ctx context.Context, p *place, how plan) error {
	router := gin.New()
	router.POST(twilio.VoicePath, func(g *gin.Context) { g.Data(http.StatusOK, "text/xml", []byte(greeting)) })
	empty := httptest.NewServer(router)
	defer empty.Close()
	fmt.Printf("Calls answered with TwiML, by new callers        empty = a gin handler that answers as many bytes\n"+
		"%12s %12s %10s %10s %10s %10s %14s\n", "connections", "answered/s", "median ms", "p99 ms", "worst ms", "empty/s", "answered/empty")
	for _, n := range []int{1, 16, 64} {
		var answered, nothing []float64
		var waits []time.Duration
		for range how.rounds {
			rate, took, err := p.call(ctx, n, how)
			if err != nil {
				return err
			}
			answered, waits = append(answered, rate), append(waits, took...)
			at := &gatewayAt{address: strings.TrimPrefix(empty.URL, "http://"), url: empty.URL}
			if rate, err = post(at.address, incoming(at, customers(pending)), n, how.turn); err != nil {
=======
	"ringback/channels/twilio"
	"ringback/gateway"
)

const voiceDoor = "/webhooks/twilio/voice"

// calls measures what callers hear: TwiML for calls that come in, how many a
// second, and how long a caller waits for it in silence.
func calls(ctx context.Context, p *place, how plan) error {
	router := gin.New()
	router.POST(voiceDoor, func(g *gin.Context) { g.Status(http.StatusOK) })
	empty := httptest.NewServer(router)
	defer empty.Close()
	fmt.Printf("Calls that come in, answered with TwiML\n%12s %10s %10s %12s %10s %10s\n", "connections", "twiml/s", "empty/s", "twiml/empty", "median ms", "p99 ms")
	for _, n := range []int{1, 16, 64} {
		var rates, nothing []float64
		var waits []time.Duration
		for range how.rounds {
			at, err := p.gateway((*gateway.Gateway).Start)
			if err != nil {
				return err
			}
			rate, waited, err := ring(at.address, ringing(at), n, how.turn)
			at.close()
			if err == nil {
				err = p.clear(ctx)
			}
			if err != nil {
				return err
			}
			rates, waits = append(rates, rate), append(waits, waited...)
			other := &gatewayAt{address: strings.TrimPrefix(empty.URL, "http://"), url: empty.URL}
			if rate, _, err = ring(other.address, ringing(other), n, how.turn); err != nil {
>>>>>>> main
				return err
			}
			nothing = append(nothing, rate)
		}
		slices.Sort(waits)
<<<<<<< HEAD
		a, e := median(answered), median(nothing)
		fmt.Printf("%12d %12.0f %10.1f %10.1f %10.1f %10.0f %14.2f\n", n, a, ms(waits[len(waits)/2]), ms(waits[len(waits)*99/100]), ms(waits[len(waits)-1]), e, a/e)
=======
		share := func(part float64) float64 {
			return float64(waits[int(part*float64(len(waits)-1))]) / float64(time.Millisecond)
		}
		fmt.Printf("%12d %10.0f %10.0f %12.2f %10.1f %10.1f\n", n, median(rates), median(nothing), median(rates)/median(nothing), share(0.5), share(0.99))
>>>>>>> main
	}
	fmt.Println()
	return nil
}

<<<<<<< HEAD
func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// call posts calls for one turn and leaves nothing of them behind.
func (p *place) call(ctx context.Context, n int, how plan) (float64, []time.Duration, error) {
	at, err := p.gateway((*gateway.Gateway).StartIntake)
	if err != nil {
		return 0, nil, err
	}
	rate, took, err := timed(at.address, incoming(at, customers(pending)), n, how.turn)
	at.close()
	if err == nil {
		err = p.clear(ctx)
	}
	return rate, took, err
=======
// ringing makes signed requests, one call of each customer.
func ringing(at *gatewayAt) [][]byte {
	made := make([][]byte, pending)
	for i, from := range customers(pending) {
		form := url.Values{
			"AccountSid": {accountSID}, "ApiVersion": {"2010-04-01"}, "CallSid": {"CA" + sid()[2:]}, "From": {from}, "To": {ours},
			"Caller": {from}, "Called": {ours}, "Direction": {"inbound"}, "CallStatus": {"ringing"},
		}
		body := form.Encode()
		made[i] = fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\n"+
			"X-Twilio-Signature: %s\r\nContent-Length: %d\r\n\r\n%s", voiceDoor, at.address, twilio.Sign(authToken, at.url+voiceDoor, form), len(body), body)
	}
	return made
}

// ring posts the requests over n connections and notes how long each waited.
func ring(address string, requests [][]byte, n int, turn time.Duration) (float64, []time.Duration, error) {
	var next atomic.Int64
	var mu sync.Mutex
	var waits []time.Duration
	var open []net.Conn
	defer func() {
		for _, conn := range open {
			_ = conn.Close()
		}
	}()
	rate, err := perSecond(n, turn, func(int) (func() (bool, error), error) {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			return nil, fmt.Errorf("connect: %w", err)
		}
		open = append(open, conn)
		answers := bufio.NewReader(conn)
		return func() (bool, error) {
			i := int(next.Add(1)) - 1
			if i >= len(requests) {
				return false, nil
			}
			asked := time.Now()
			if _, err := conn.Write(requests[i]); err != nil {
				return false, fmt.Errorf("ring: %w", err)
			}
			err := thanked(answers)
			mu.Lock()
			waits = append(waits, time.Since(asked))
			mu.Unlock()
			return true, err
		}, nil
	})
	return rate, waits, err
>>>>>>> main
}
