package simulator

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// StripeConfig is how a simulated Stripe is set up.
type StripeConfig struct {
	Key    string // the secret key that requests have to show
	Secret string // signs events
	// Hook is where events are brought. They are brought twice when Twice is set.
	Hook  func() string
	Twice bool
}

// Stripe is a fake of Stripe Checkout: a page with three buttons, and signed
// events about what was pressed. https://docs.stripe.com/api/checkout/sessions
type Stripe struct {
	StripeConfig
	mux    http.ServeMux
	mu     sync.Mutex
	made   []*Checkout
	events int
	broken int
	base   string
	server *http.Server
}

// Checkout is one page to pay at.
type Checkout struct {
	ID, Order, Currency, Purpose string
	Amount                       int64
	Success, Cancel              string
	Status                       string // open, complete, expired
	key                          string
	expires                      int64
}

// NewStripe returns one that nobody can reach yet.
func NewStripe(c StripeConfig) *Stripe {
	s := &Stripe{StripeConfig: c}
	s.mux.HandleFunc("POST /v1/checkout/sessions", s.create)
	s.mux.HandleFunc("POST /v1/checkout/sessions/{id}/expire", s.end)
	s.mux.HandleFunc("GET /pay/{id}", s.page)
	s.mux.HandleFunc("POST /pay/{id}", s.press)
	return s
}

// Listen serves on an address and returns where that is.
func (s *Stripe) Listen(address string) (string, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", fmt.Errorf("simulated Stripe: %w", err)
	}
	s.base = "http://" + listener.Addr().String()
	s.server = &http.Server{Handler: &s.mux, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = s.server.Serve(listener) }() // ends with Close
	return s.base, nil
}

// Close ends it.
func (s *Stripe) Close() {
	if s.server != nil {
		_ = s.server.Close()
	}
}

// Checkouts are those that were made, the oldest first.
func (s *Stripe) Checkouts() []Checkout {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Checkout
	for _, c := range s.made {
		all = append(all, *c)
	}
	return all
}

func (s *Stripe) find(id string) *Checkout {
	for _, c := range s.made {
		if c.ID == id {
			return c
		}
	}
	return nil
}

// refuse answers as Stripe refuses.
func refuseStripe(w http.ResponseWriter, status int, kind, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]string{"type": kind, "message": message}})
}

func (s *Stripe) create(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer "+s.Key {
		refuseStripe(w, http.StatusUnauthorized, "invalid_request_error", "Invalid API Key provided")
		return
	}
	amount, err := strconv.ParseInt(r.FormValue("line_items[0][price_data][unit_amount]"), 10, 64)
	if err != nil || amount <= 0 || r.FormValue("mode") != "payment" || r.FormValue("success_url") == "" {
		refuseStripe(w, http.StatusBadRequest, "invalid_request_error", "Missing or invalid parameters")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := r.Header.Get("Idempotency-Key")
	for _, c := range s.made {
		if key != "" && c.key == key {
			s.answer(w, c)
			return
		}
	}
	expires, _ := strconv.ParseInt(r.FormValue("expires_at"), 10, 64)
	c := &Checkout{
		ID: fmt.Sprintf("cs_test_%024d", len(s.made)+1), Order: r.FormValue("client_reference_id"), Amount: amount,
		Currency: r.FormValue("line_items[0][price_data][currency]"), Purpose: r.FormValue("line_items[0][price_data][product_data][name]"),
		Success: r.FormValue("success_url"), Cancel: r.FormValue("cancel_url"), Status: "open", key: key, expires: expires,
	}
	s.made = append(s.made, c)
	s.answer(w, c)
}

// end is POST …/expire: an open checkout is over, and its event comes as well.
func (s *Stripe) end(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer "+s.Key {
		refuseStripe(w, http.StatusUnauthorized, "invalid_request_error", "Invalid API Key provided")
		return
	}
	s.mu.Lock()
	c := s.find(r.PathValue("id"))
	broken := s.broken > 0
	if broken {
		s.broken--
	}
	open := c != nil && c.Status == "open"
	s.mu.Unlock()
	switch {
	case broken:
		refuseStripe(w, http.StatusInternalServerError, "api_error", "Something went wrong at our end")
		return
	case c == nil:
		refuseStripe(w, http.StatusNotFound, "invalid_request_error", "No such checkout.session")
		return
	case !open:
		refuseStripe(w, http.StatusBadRequest, "invalid_request_error", "Only Checkout Sessions with a status in [\"open\"] can be expired.")
		return
	}
	if _, err := s.Expire(r.Context(), c.ID); err != nil {
		refuseStripe(w, http.StatusInternalServerError, "api_error", err.Error())
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer(w, c)
}

// Break lets the next calls that end a checkout fail.
func (s *Stripe) Break(calls int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = calls
}

func (s *Stripe) answer(w http.ResponseWriter, c *Checkout) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(s.session(c, "unpaid"))
}

func (s *Stripe) session(c *Checkout, paid string) map[string]any {
	return map[string]any{
		"id": c.ID, "object": "checkout.session", "client_reference_id": c.Order, "amount_total": c.Amount, "currency": c.Currency, "mode": "payment",
		"payment_status": paid, "status": c.Status, "url": s.base + "/pay/" + c.ID, "expires_at": c.expires, "payment_intent": "pi_" + c.ID,
	}
}

var checkoutPage = template.Must(template.New("").Parse(`<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Simulated Stripe</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:24rem;margin:2rem auto;padding:0 1rem}button{display:block;width:100%;min-height:3rem;margin:.5rem 0;font:inherit}b{font-size:1.5rem}</style></head>
<body><p>Simulated Stripe: no card, no money.</p><h1>{{.Purpose}}</h1><p><b>{{.Amount}} {{.Currency}}</b> (smallest unit)</p>
{{if eq .Status "open"}}<form method="post"><button name="do" value="pay">Pay</button><button name="do" value="fail">Let the card be declined</button><button name="do" value="cancel">Go back</button></form>{{else}}<p>This checkout is {{.Status}}.</p>{{end}}</body></html>`))

func (s *Stripe) page(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.find(r.PathValue("id"))
	if c == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = checkoutPage.Execute(w, c)
}

func (s *Stripe) press(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	c := s.find(r.PathValue("id"))
	over := c != nil && c.Status != "open"
	s.mu.Unlock()
	if c == nil {
		http.NotFound(w, r)
		return
	}
	if over {
		http.Redirect(w, r, r.URL.Path, http.StatusSeeOther) // which says so
		return
	}
	to := c.Cancel
	var err error
	switch r.FormValue("do") {
	case "pay":
		to = c.Success
		_, err = s.Pay(r.Context(), c.ID)
	case "fail":
		_, err = s.Decline(r.Context(), c.ID)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// Pay pays a checkout and returns the status that its event was answered with.
func (s *Stripe) Pay(ctx context.Context, id string) (int, error) {
	return s.happen(ctx, id, "complete", "checkout.session.completed", func(c *Checkout) map[string]any { return s.session(c, "paid") })
}

// Expire ends a checkout that nobody paid.
func (s *Stripe) Expire(ctx context.Context, id string) (int, error) {
	return s.happen(ctx, id, "expired", "checkout.session.expired", func(c *Checkout) map[string]any { return s.session(c, "unpaid") })
}

// Decline lets a card be declined; the checkout stays open.
func (s *Stripe) Decline(ctx context.Context, id string) (int, error) {
	return s.happen(ctx, id, "", "payment_intent.payment_failed", func(c *Checkout) map[string]any {
		return map[string]any{"id": "pi_" + c.ID, "object": "payment_intent", "amount": c.Amount, "currency": c.Currency, "metadata": map[string]string{"ringback_order": c.Order}}
	})
}

// Refund gives back so much of a payment, all refunds together.
func (s *Stripe) Refund(ctx context.Context, id string, amount int64) (int, error) {
	return s.happen(ctx, id, "", "charge.refunded", func(c *Checkout) map[string]any {
		return map[string]any{
			"id": "ch_" + c.ID, "object": "charge", "amount": c.Amount, "currency": c.Currency, "amount_refunded": amount, "refunded": amount == c.Amount,
			"metadata": map[string]string{"ringback_order": c.Order},
		}
	})
}

func (s *Stripe) happen(ctx context.Context, id, status, kind string, object func(*Checkout) map[string]any) (int, error) {
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
	event := map[string]any{
		"id": fmt.Sprintf("evt_%024d", s.events), "object": "event", "type": kind, "created": time.Now().Unix(), "api_version": "2026-01-28.simulated",
		"data": map[string]any{"object": object(c)},
	}
	s.mu.Unlock()
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

// Sign is the header over a payload. https://docs.stripe.com/webhooks#verify-manually
func (s *Stripe) Sign(payload []byte, at time.Time) string {
	mac := hmac.New(sha256.New, []byte(s.Secret))
	fmt.Fprintf(mac, "%d.%s", at.Unix(), payload)
	return fmt.Sprintf("t=%d,v1=%s", at.Unix(), hex.EncodeToString(mac.Sum(nil)))
}

// Bring makes one call of the hook.
func (s *Stripe) Bring(ctx context.Context, payload []byte, signature string) (int, error) {
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
