package stripe

import (
	_ "embed" // the page's look
	"fmt"
	"html"
	"net/http"
	"strings"
)

//go:embed page.css
var style string

const buttons = `<form method="post"><button name="do" value="pay">Pay</button><button name="do" value="debit">Pay by bank debit</button><button name="do" value="fail">Let the card be declined</button><button name="do" value="cancel">Go back</button></form>`

func (s *Simulator) page(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.find(r.PathValue("id"))
	if c == nil {
		http.NotFound(w, r)
		return
	}
	rest := buttons
	if c.Status != "open" {
		rest = "<p>This checkout is " + c.Status + ".</p>"
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = fmt.Fprintf(w, `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Simulated Stripe</title>
<style>%s</style></head>
<body><p>Simulated Stripe: no card, no money.</p><h1>%s</h1><p><b>%d %s</b> (smallest unit)</p>
%s</body></html>`, strings.TrimSpace(style), html.EscapeString(c.Purpose), c.Amount, html.EscapeString(c.Currency), rest)
}

func (s *Simulator) press(w http.ResponseWriter, r *http.Request) {
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
	case "debit":
		to = c.Success
		_, err = s.Debit(r.Context(), c.ID)
	case "fail":
		_, err = s.Decline(r.Context(), c.ID)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}
