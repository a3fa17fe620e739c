package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

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
			// A gateway that has just started opens connections and plans statements.
			_, _, err = ring(at.address, ringing(at), n, how.turn)
			var rate float64
			var waited []time.Duration
			if err == nil {
				rate, waited, err = ring(at.address, ringing(at), n, how.turn)
			}
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
				return err
			}
			nothing = append(nothing, rate)
		}
		slices.Sort(waits)
		share := func(part float64) float64 {
			return float64(waits[int(part*float64(len(waits)-1))]) / float64(time.Millisecond)
		}
		fmt.Printf("%12d %10.0f %10.0f %12.2f %10.1f %10.1f\n", n, median(rates), median(nothing), median(rates)/median(nothing), share(0.5), share(0.99))
	}
	fmt.Println()
	return nil
}

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
}
