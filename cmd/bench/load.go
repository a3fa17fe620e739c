package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"ringback/channels/twilio"
)

// texts makes signed requests, one text of each customer to a number of ours, as bytes to be sent.
func texts(at *gatewayAt, to string, customers []string) [][]byte {
	made := make([][]byte, len(customers))
	for i, from := range customers {
		form := url.Values{
			"AccountSid": {accountSID}, "ApiVersion": {"2010-04-01"}, "MessageSid": {sid()}, "From": {from}, "To": {to},
			"Body": {"Are you open on Saturday? The pump is leaking again."}, "NumMedia": {"0"}, "NumSegments": {"1"}, "SmsStatus": {"received"},
			"FromCity": {"CHICAGO"}, "FromState": {"IL"}, "FromZip": {"60601"}, "FromCountry": {"US"},
			"ToCity": {"CHICAGO"}, "ToState": {"IL"}, "ToZip": {"60602"}, "ToCountry": {"US"},
		}
		body := form.Encode()
		const path = "/webhooks/twilio/messages"
		made[i] = fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\n"+
			"X-Twilio-Signature: %s\r\nContent-Length: %d\r\n\r\n%s", path, at.address, twilio.Sign(authToken, at.url+path, form), len(body), body)
	}
	return made
}

func sid() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails
	return "SM" + hex.EncodeToString(b)
}

// customers are numbers that nobody had before.
func customers(n int) []string {
	made := make([]string, n)
	for i := range made {
		made[i] = fmt.Sprintf("%s%07d", metPrefix, metFrom+met.Add(1))
	}
	return made
}

// met is how many there were, whose numbers go on from metFrom.
var met atomic.Int64

const (
	metPrefix = "+1312"
	metFrom   = 2_000_000
)

// perSecond lets n workers do work again and again until the time is over or
// the work has an end, and returns how many times a second it was done.
func perSecond(n int, turn time.Duration, worker func(i int) (work func() (more bool, err error), err error)) (float64, error) {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	works := make([]func() (bool, error), n)
	for i := range works {
		var err error
		if works[i], err = worker(i); err != nil {
			return 0, err
		}
	}
	var done atomic.Int64
	var working sync.WaitGroup
	start := time.Now()
	for _, work := range works {
		working.Go(func() {
			for time.Since(start) < turn && ctx.Err() == nil {
				more, err := work()
				if err != nil {
					cancel(err)
				}
				if err != nil || !more {
					return
				}
				done.Add(1)
			}
		})
	}
	working.Wait()
	return float64(done.Load()) / time.Since(start).Seconds(), context.Cause(ctx)
}

// post sends the requests over n connections, each as soon as the one before
// it was answered.
func post(address string, requests [][]byte, n int, turn time.Duration) (float64, error) {
	var next atomic.Int64
	var open []net.Conn
	defer func() {
		for _, conn := range open {
			_ = conn.Close()
		}
	}()
	return perSecond(n, turn, func(int) (func() (bool, error), error) {
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
			if _, err := conn.Write(requests[i]); err != nil {
				return false, fmt.Errorf("post: %w", err)
			}
			return true, thanked(answers)
		}, nil
	})
}

// thanked reads one answer, which has to be a 200.
func thanked(r *bufio.Reader) error {
	length := 0
	for first := true; ; first = false {
		line, err := r.ReadString('\n')
		if err != nil {
			return fmt.Errorf("read an answer: %w", err)
		}
		if first && !strings.HasPrefix(line, "HTTP/1.1 200") {
			return fmt.Errorf("refused: %s", line)
		}
		if line == "\r\n" {
			break
		}
		if value, ok := strings.CutPrefix(line, "Content-Length: "); ok {
			if length, err = strconv.Atoi(strings.TrimSpace(value)); err != nil {
				return fmt.Errorf("an answer's length: %w", err)
			}
		}
	}
	if _, err := io.CopyN(io.Discard, r, int64(length)); err != nil {
		return fmt.Errorf("read an answer: %w", err)
	}
	return nil
}
