package gateway

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"ringback/channels"
	"ringback/gateway/deliveries"
	"ringback/gateway/effects"
	"ringback/gateway/traces"
	"ringback/settings"
)

// traceHandled tells of what a transaction decided, and which messages it moved on by
// what a provider told of them.
func (g *Gateway) traceHandled(ctx context.Context, began time.Time, changes []Change) {
	if !g.Traces.On() {
		return
	}
	took := time.Since(began)
	moved := map[string][]Change{} // by company
	for _, c := range changes {
		if d := c.decided; d.outcome != "" {
			g.Traces.Span(traces.Decide, originOf(d.origin), began, took, false,
				traces.Fact{Name: "automation", Value: d.automation}, traces.Fact{Name: "outcome", Value: d.outcome}, traces.Fact{Name: "reason", Value: d.reason})
		}
		if c.moved.state != "" {
			moved[c.CompanyID] = append(moved[c.CompanyID], c)
		}
	}
	for company, all := range moved {
		ids := make([]string, len(all))
		for n, c := range all {
			ids[n] = c.ID
		}
		origins := g.origins(ctx, company, ids...)
		for _, c := range all {
			g.Traces.Span(traces.Callback, origins(c.ID), began, took, false, traces.Fact{Name: "delivery", Value: c.ID},
				traces.Fact{Name: "channel", Value: string(c.moved.channel)}, traces.Fact{Name: "state", Value: string(c.moved.state)}, traces.Fact{Name: "code", Value: c.moved.code})
		}
	}
}

// traceSend tells of a call to a provider, and why it failed.
func (g *Gateway) traceSend(ctx context.Context, c deliveries.Claimed, began time.Time, took time.Duration, failed error) {
	if !g.Traces.On() {
		return
	}
	facts := []traces.Fact{{Name: "delivery", Value: c.ID}, {Name: "channel", Value: string(c.Kind)}, {Name: "provider", Value: settings.ProviderOf(c.Kind)}}
	var refused *channels.SendError
	if errors.As(failed, &refused) {
		facts = append(facts, traces.Fact{Name: "reason", Value: string(refused.Reason)}, traces.Fact{Name: "code", Value: refused.Code})
	}
	g.Traces.Span(traces.Send, g.origins(ctx, c.CompanyID, c.ID)(c.ID), began, took, failed != nil, facts...)
}

// origins says what deliveries' traces began with: the event, or the delivery itself
// where somebody of the staff wrote it, or nobody can say.
func (g *Gateway) origins(ctx context.Context, company string, ids ...string) func(id string) string {
	found, err := deliveries.Origins(ctx, g.DB, company, ids...)
	if err != nil {
		g.Log.Warn("messages are traced apart from what they answer", "error", err)
	}
	return func(id string) string { return cmp.Or(originOf(found[id]), id) }
}

// originOf is what an event's trace began with: a call is decided about when it is
// over, by an event of ours that bears its name.
func originOf(providerID string) string { return strings.TrimSuffix(providerID, effects.HeldCall("")) }
