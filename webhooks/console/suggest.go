package console

import (
	"cmp"
	"errors"
	"net/http"
	"strings"
	"time"

	"ringback/gateway/drafts"
	"ringback/settings"
	"ringback/webhooks/web/limit"
)

// suggesting is how often one of the staff may ask for a suggestion: somebody else's
// server answers, and may be paid by the answer.
var suggesting = limit.Pace{Burst: 4, Each: 20 * time.Second}

// suggest puts an answer that was asked for into the box, below what stands there, and
// in the place of the suggestion before, as long as nobody has touched that. Nothing
// is sent. A page with scripts gets the suggestion alone, and keeps its box.
func (v *View) suggest() error {
	id, err := v.ID()
	if err == nil && v.console.Inbox.Drafts.Off() {
		err = settings.ErrNotFound
	}
	if err != nil {
		return err
	}
	c, err := v.composed()
	if err != nil {
		return err
	}
	if c.Fault == "" {
		written := strings.TrimRight(strings.TrimSuffix(c.Text, v.Form("suggested")), " \n")
		if written != "" {
			written += "\n"
		}
		switch c.Suggested, err = v.suggested(id, written); {
		case errors.Is(err, drafts.ErrNone):
			c.Fault = v.T("ticket.suggest_none")
			v.console.Log.Warn("no answer was suggested", "ticket", id, "error", err)
		case errors.Is(err, errOften):
			c.Fault = v.T("ticket.suggest_often")
		case err != nil:
			return err
		default:
			c.Text = written + c.Suggested
		}
	}
	return v.afterSuggesting(c)
}

var errOften = errors.New("suggestions are asked for too often")

func (v *View) suggested(id, written string) (string, error) {
	if v.console.book.Wait(v.Who.CompanyID+cmp.Or(v.Who.StaffID, v.Who.Who), suggesting) > 0 {
		return "", errOften
	}
	return v.console.Inbox.Suggest(v.ctx(), v.Who, v.Team.ID, id, written)
}

func (v *View) afterSuggesting(c compose) error {
	switch {
	case v.Partial() && c.Fault != "":
		return v.partOf(http.StatusUnprocessableEntity, "ticket-suggested", c)
	case v.Partial():
		return v.Part("ticket-suggested", c)
	}
	page, err := v.readTicket()
	if err != nil {
		return err
	}
	page.Compose = c
	if c.Fault != "" {
		return v.ShowFault("ticket.html", page)
	}
	return v.Show("ticket.html", page)
}
