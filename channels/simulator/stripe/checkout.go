package stripe

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// Checkouts are those that were made, the oldest first.
func (s *Simulator) Checkouts() []Checkout {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Checkout
	for _, c := range s.made {
		all = append(all, *c)
	}
	return all
}

func (s *Simulator) find(id string) *Checkout {
	for _, c := range s.made {
		if c.ID == id {
			return c
		}
	}
	return nil
}

// refuse answers as Stripe refuses.
func refuse(w http.ResponseWriter, status int, kind, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]string{"type": kind, "message": message}})
}

func (s *Simulator) create(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer "+s.Key {
		refuse(w, http.StatusUnauthorized, "invalid_request_error", "Invalid API Key provided")
		return
	}
	amount, err := strconv.ParseInt(r.FormValue("line_items[0][price_data][unit_amount]"), 10, 64)
	if err != nil || amount <= 0 || r.FormValue("mode") != "payment" || r.FormValue("success_url") == "" {
		refuse(w, http.StatusBadRequest, "invalid_request_error", "Missing or invalid parameters")
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
		Success: r.FormValue("success_url"), Cancel: r.FormValue("cancel_url"), Status: "open", Paid: "unpaid", Intent: "requires_payment_method", key: key, expires: expires,
	}
	s.made = append(s.made, c)
	s.answer(w, c)
}

// end is POST …/expire: an open checkout is over, and its event comes as well.
func (s *Simulator) end(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer "+s.Key {
		refuse(w, http.StatusUnauthorized, "invalid_request_error", "Invalid API Key provided")
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
		refuse(w, http.StatusInternalServerError, "api_error", "Something went wrong at our end")
		return
	case c == nil:
		refuse(w, http.StatusNotFound, "invalid_request_error", "No such checkout.session")
		return
	case !open:
		refuse(w, http.StatusBadRequest, "invalid_request_error", "Only Checkout Sessions with a status in [\"open\"] can be expired.")
		return
	}
	if _, err := s.Expire(r.Context(), c.ID); err != nil {
		refuse(w, http.StatusInternalServerError, "api_error", err.Error())
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer(w, c)
}

// tell is GET /v1/checkout/sessions/…: how a checkout stands, its payment within.
func (s *Simulator) tell(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.find(r.PathValue("id"))
	switch {
	case r.Header.Get("Authorization") != "Bearer "+s.Key:
		refuse(w, http.StatusUnauthorized, "invalid_request_error", "Invalid API Key provided")
	case s.broken > 0:
		s.broken--
		refuse(w, http.StatusInternalServerError, "api_error", "Something went wrong at our end")
	case c == nil:
		refuse(w, http.StatusNotFound, "invalid_request_error", "No such checkout.session")
	default:
		about := s.session(c, c.Paid)
		if r.FormValue("expand[0]") == "payment_intent" {
			about["payment_intent"] = map[string]any{"id": "pi_" + c.ID, "object": "payment_intent", "status": c.Intent}
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(about)
	}
}

// intent is GET /v1/payment_intents/…: what a payment is for.
func (s *Simulator) intent(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.find(strings.TrimPrefix(r.PathValue("id"), "pi_"))
	switch {
	case r.Header.Get("Authorization") != "Bearer "+s.Key:
		refuse(w, http.StatusUnauthorized, "invalid_request_error", "Invalid API Key provided")
	case c == nil:
		refuse(w, http.StatusNotFound, "invalid_request_error", "No such payment_intent")
	default:
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{
			"id": "pi_" + c.ID, "object": "payment_intent", "amount": c.Amount, "currency": c.Currency, "metadata": map[string]string{"ringback_order": c.Order},
			"latest_charge": map[string]any{"id": "ch_" + c.ID, "object": "charge", "amount_refunded": c.refunded},
		})
	}
}

// Break lets the next calls fail that end a checkout or ask how it stands.
func (s *Simulator) Break(calls int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = calls
}

// Lose lets the next events get lost on their way: nobody is told of them.
func (s *Simulator) Lose(events int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lost = events
}

func (s *Simulator) answer(w http.ResponseWriter, c *Checkout) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(s.session(c, "unpaid"))
}

func (s *Simulator) session(c *Checkout, paid string) map[string]any {
	return map[string]any{
		"id": c.ID, "object": "checkout.session", "client_reference_id": c.Order, "amount_total": c.Amount, "currency": c.Currency, "mode": "payment",
		"payment_status": paid, "status": c.Status, "url": s.base + "/pay/" + c.ID, "expires_at": c.expires, "payment_intent": "pi_" + c.ID,
	}
}
