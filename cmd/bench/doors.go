package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/gin-gonic/gin"

	"ringback/gateway"
)

// pending is how many requests are made ready for one turn: more than any turn
// gets through.
const pending = 12_000

// doors measures webhooks acknowledged: through the whole door with nothing
// handled meanwhile, and with the handlers and senders at work behind it.
func doors(ctx context.Context, p *place, how plan) error {
	router := gin.New()
	router.POST("/webhooks/twilio/messages", func(g *gin.Context) { g.Status(http.StatusOK) })
	empty := httptest.NewServer(router)
	defer empty.Close()
	fmt.Printf("Webhooks acknowledged, of texts by new customers        bare = one prepared insert and commit of the same row\n"+
		"%12s %10s %10s %10s %10s %12s %12s %12s\n", "connections", "acked/s", "busy/s", "bare/s", "empty/s", "acked/bare", "busy/bare", "acked/empty")
	for _, n := range []int{1, 16, 64} {
		var acked, busy, bare, nothing []float64
		for range how.rounds {
			for _, measure := range []struct {
				into *[]float64
				turn func() (float64, error)
			}{
				{&acked, func() (float64, error) { return p.door(ctx, n, how, (*gateway.Gateway).StartIntake) }},
				{&bare, func() (float64, error) { return p.bare(ctx, n, how) }},
				{&busy, func() (float64, error) { return p.door(ctx, n, how, (*gateway.Gateway).Start) }},
				{&nothing, func() (float64, error) {
					at := &gatewayAt{address: strings.TrimPrefix(empty.URL, "http://"), url: empty.URL}
					return post(at.address, texts(at, ours, customers(pending)), n, how.turn)
				}},
			} {
				rate, err := measure.turn()
				if err != nil {
					return err
				}
				*measure.into = append(*measure.into, rate)
			}
		}
		a, b, bb, e := median(acked), median(bare), median(busy), median(nothing)
		fmt.Printf("%12d %10.0f %10.0f %10.0f %10.0f %12.2f %12.2f %12.2f\n", n, a, bb, b, e, a/b, bb/b, a/e)
	}
	fmt.Println()
	return nil
}

// door posts texts for one turn and leaves nothing of them behind.
func (p *place) door(ctx context.Context, n int, how plan, start func(*gateway.Gateway)) (float64, error) {
	at, err := p.gateway(start)
	if err != nil {
		return 0, err
	}
	rate, err := post(at.address, texts(at, ours, customers(pending)), n, how.turn)
	at.close()
	if err == nil {
		err = p.clear(ctx)
	}
	return rate, err
}

func (p *place) clear(ctx context.Context) error {
	if _, err := p.db.ExecContext(ctx, `truncate contacts, addresses, standings, tickets, ticket_changes, events, decisions, deliveries, messages, spend`); err != nil {
		return fmt.Errorf("clear: %w", err)
	}
	return nil
}
