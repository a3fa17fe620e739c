package console

import (
	"errors"
	"net/http"
	"net/url"

	"ringback/settings"
	"ringback/settings/staff"
	"ringback/webhooks/api"
)

// problem is a request that a page cannot take, with the status of the answer
// and why in the reader's words.
type problem struct {
	Status int
	Detail string
}

func (p *problem) Error() string { return p.Detail }

// fail answers an error with the page that says so. Who is not signed in is
// asked to, and comes back afterwards.
func (v *View) fail(err error) {
	if errors.Is(err, staff.ErrProve) {
		if err = v.askProof(""); err == nil {
			return
		}
	}
	if errors.Is(err, staff.ErrEnrol) {
		_ = v.Go("/account/second-factor") // cannot fail
		return
	}
	status, detail := v.answer(err)
	if status == http.StatusUnauthorized {
		_ = v.Go("/sign-in?next=" + url.QueryEscape(v.g.Request.URL.RequestURI())) // cannot fail
		return
	}
	if status == http.StatusServiceUnavailable {
		v.g.Header("Retry-After", api.RetryAfter)
	}
	if v.Partial() {
		v.g.String(status, "%s", detail)
		return
	}
	if err := v.show(status, "error.html", &problem{status, detail}); err != nil {
		v.console.Log.Error("a page failed", "path", v.pattern(), "error", err)
		v.g.Status(http.StatusInternalServerError)
	}
}

// pattern is what of the page's address may be logged: that of a one-time link lets in
// whoever reads it.
func (v *View) pattern() string { return v.g.FullPath() }

// answer is an error as the status and the words of an answer.
func (v *View) answer(err error) (int, string) {
	var denied staff.Denied
	var conflict *settings.Conflict
	var p *problem
	said, refused := v.refusal(err)
	switch {
	case errors.Is(err, errSignedOut):
		return http.StatusUnauthorized, ""
	case errors.As(err, &denied):
		return http.StatusForbidden, said
	case errors.As(err, &p):
		return p.Status, p.Detail
	case errors.Is(err, settings.ErrNotFound):
		return http.StatusNotFound, said
	case errors.As(err, &conflict):
		return http.StatusConflict, said
	case refused:
		return http.StatusUnprocessableEntity, said
	}
	unexpected := api.ProblemOf(v.ctx(), v.pattern(), err) // which logs it
	if api.Unavailable(err) {
		return unexpected.Status, v.T("error.unavailable_lead")
	}
	return unexpected.Status, unexpected.Detail
}
