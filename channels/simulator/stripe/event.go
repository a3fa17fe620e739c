package stripe

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Pay pays a checkout and returns the status that its event was answered with.
func (s *Simulator) Pay(ctx context.Context, id string) (int, error) {
	return s.happen(ctx, id, "complete", "checkout.session.completed", func(c *Checkout) map[string]any { return s.stands(c, "paid", "succeeded") })
}

// Debit completes a checkout by a bank debit, whose money is on its way.
func (s *Simulator) Debit(ctx context.Context, id string) (int, error) {
	return s.happen(ctx, id, "complete", "checkout.session.completed", func(c *Checkout) map[string]any { return s.stands(c, "unpaid", "processing") })
}

// Clear lets the money of a debit come.
func (s *Simulator) Clear(ctx context.Context, id string) (int, error) {
	return s.happen(ctx, id, "", "checkout.session.async_payment_succeeded", func(c *Checkout) map[string]any { return s.stands(c, "paid", "succeeded") })
}

// Bounce lets a debit fail. https://docs.stripe.com/payments/ach-direct-debit
func (s *Simulator) Bounce(ctx context.Context, id string) (int, error) {
	return s.happen(ctx, id, "", "checkout.session.async_payment_failed", func(c *Checkout) map[string]any {
		return s.stands(c, "unpaid", "requires_payment_method")
	})
}

// Dispute says where the dispute about a payment stands: needs_response, won,
// lost.
func (s *Simulator) Dispute(ctx context.Context, id, status string) (int, error) {
	kind := "charge.dispute.created"
	if status == "won" || status == "lost" {
		kind = "charge.dispute.closed"
	}
	return s.happen(ctx, id, "", kind, func(c *Checkout) map[string]any {
		return map[string]any{
			"id": "du_" + c.ID, "object": "dispute", "amount": c.Amount, "currency": c.Currency, "status": status,
			"payment_intent": "pi_" + c.ID, "metadata": map[string]string{},
		}
	})
}

// Expire ends a checkout that nobody paid.
func (s *Simulator) Expire(ctx context.Context, id string) (int, error) {
	return s.happen(ctx, id, "expired", "checkout.session.expired", func(c *Checkout) map[string]any { return s.session(c, "unpaid") })
}

// Decline lets a card be declined; the checkout stays open.
func (s *Simulator) Decline(ctx context.Context, id string) (int, error) {
	return s.happen(ctx, id, "", "payment_intent.payment_failed", func(c *Checkout) map[string]any {
		return map[string]any{"id": "pi_" + c.ID, "object": "payment_intent", "amount": c.Amount, "currency": c.Currency, "metadata": map[string]string{"ringback_order": c.Order}}
	})
}

// Refund gives back so much of a payment, all refunds together.
func (s *Simulator) Refund(ctx context.Context, id string, amount int64) (int, error) {
	return s.happen(ctx, id, "", "charge.refunded", func(c *Checkout) map[string]any {
		c.refunded = amount
		return map[string]any{
			"id": "ch_" + c.ID, "object": "charge", "amount": c.Amount, "currency": c.Currency, "amount_refunded": amount, "refunded": amount == c.Amount,
			"metadata": map[string]string{"ringback_order": c.Order},
		}
	})
}

// FailRefund lets so much of what was refunded come back.
// https://docs.stripe.com/refunds#failed-refunds
func (s *Simulator) FailRefund(ctx context.Context, id string, amount int64) (int, error) {
	return s.happen(ctx, id, "", "refund.failed", func(c *Checkout) map[string]any {
		c.refunded -= amount
		return map[string]any{
			"id": "re_" + c.ID, "object": "refund", "amount": amount, "currency": c.Currency, "status": "failed", "failure_reason": "lost_or_stolen_card",
			"charge": "ch_" + c.ID, "payment_intent": "pi_" + c.ID, "metadata": map[string]string{},
		}
	})
}

// stands is the session as it stands from now on.
func (s *Simulator) stands(c *Checkout, paid, intent string) map[string]any {
	c.Paid, c.Intent = paid, intent
	return s.session(c, paid)
}

func (s *Simulator) happen(ctx context.Context, id, status, kind string, object func(*Checkout) map[string]any) (int, error) {
	s.mu.Lock()
	c := s.find(id)
	if c == nil {
		s.mu.Unlock()
		return 0, errors.New("no such checkout")
	}
	if status != "" {
		c.Status = status
	}
	s.events++
	about := object(c)
	event := map[string]any{
		"id": fmt.Sprintf("evt_%024d", s.events), "object": "event", "type": kind, "created": c.since(kind, about), "api_version": "2026-01-28.simulated",
		"data": map[string]any{"object": about},
	}
	lost := s.lost > 0
	if lost {
		s.lost--
	}
	s.mu.Unlock()
	if lost {
		return 0, nil
	}
	payload, err := json.Marshal(event)
	if err != nil {
		return 0, err
	}
	answered, err := s.Bring(ctx, payload, s.Sign(payload, time.Now()))
	if err == nil && s.Twice {
		answered, err = s.Bring(ctx, payload, s.Sign(payload, time.Now()))
	}
	return answered, err
}

// since is when that was told first, in seconds: the same told again is a late repeat.
func (c *Checkout) since(kind string, about map[string]any) int64 {
	if c.told == nil {
		c.told = map[string]int64{}
	}
	what := kind + fmt.Sprint(about) // maps are printed in order
	if _, before := c.told[what]; !before {
		c.told[what] = time.Now().Unix()
	}
	return c.told[what]
}

// Sign is the header over a payload. https://docs.stripe.com/webhooks#verify-manually
func (s *Simulator) Sign(payload []byte, at time.Time) string {
	mac := hmac.New(sha256.New, []byte(s.Secret))
	fmt.Fprintf(mac, "%d.%s", at.Unix(), payload)
	return fmt.Sprintf("t=%d,v1=%s", at.Unix(), hex.EncodeToString(mac.Sum(nil)))
}

// Bring makes one call of the hook.
func (s *Simulator) Bring(ctx context.Context, payload []byte, signature string) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(s.Hook(), "/")+"/webhooks/stripe", bytes.NewReader(payload))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Stripe-Signature", signature)
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer func() { _ = answer.Body.Close() }()
	_, _ = io.Copy(io.Discard, answer.Body) // so that the connection can be used again
	return answer.StatusCode, nil
}
