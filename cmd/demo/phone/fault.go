package phone

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"
)

// fault is an order that the page does not take: which field, and why.
type fault struct {
	Status int
	Field  string // the form's name of it; empty: no field's fault
	Detail string
}

func (f *fault) Error() string { return f.Field + ": " + f.Detail }

func wrong(field, format string, args ...any) *fault {
	return &fault{http.StatusUnprocessableEntity, field, fmt.Sprintf(format, args...)}
}

// malformed is what to say about a form that cannot be read.
func malformed(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return &fault{http.StatusRequestEntityTooLarge, "", "This is more than a form of this page can hold."}
	}
	return &fault{http.StatusBadRequest, "", "The form cannot be read: " + err.Error() + "."}
}

// asFault is what to say about an error. What is not the visitor's fault is
// logged, and only said to have happened.
func (p *Phone) asFault(g *gin.Context, err error) *fault {
	var f *fault
	if errors.As(err, &f) {
		return f
	}
	p.Log.Error("the phone page failed", "path", g.Request.URL.Path, "error", err)
	return &fault{http.StatusInternalServerError, "", "Something went wrong; it was logged. Please try again."}
}

// done answers an order: the script gets a status, a plain form the page.
func (p *Phone) done(g *gin.Context, chosen conversation, err error) {
	scripted := strings.Contains(g.GetHeader("Accept"), "application/json")
	switch {
	case err == nil && scripted:
		g.Status(http.StatusNoContent)
	case err == nil:
		query := url.Values{"customer": {chosen.Customer.Address()}, "sender": {chosen.Sender.ID}, "app": {chosen.App.Key}}
		g.Redirect(http.StatusSeeOther, "/phone?"+query.Encode())
	case scripted:
		p.problem(g, p.asFault(g, err))
	default:
		p.draw(g, chosen, p.asFault(g, err))
	}
}

// problem is the error in the API's shape.
func (p *Phone) problem(g *gin.Context, f *fault) {
	answer := gin.H{"type": "about:blank", "title": http.StatusText(f.Status), "status": f.Status, "detail": f.Detail}
	if f.Field != "" {
		answer["errors"] = []gin.H{{"field": f.Field, "detail": f.Detail}}
	}
	g.Header("Content-Type", "application/problem+json")
	g.JSON(f.Status, answer)
}
