package console

import (
	"errors"
	"net/http"
	"strings"

	"ringback/gateway/drafts"
	"ringback/settings"
	"ringback/webhooks/api"
)

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
		var often api.Often
		switch c.Suggested, err = api.Suggest(v.ctx(), v.console.Inbox, v.console.Asked, v.Who, v.Team.ID, id, written); {
		case errors.Is(err, drafts.ErrNone):
			c.Fault = v.T("ticket.suggest_none")
			v.console.Log.Warn("no answer was suggested", "ticket", id, "error", err)
		case errors.As(err, &often):
			c.Fault = v.T("ticket.suggest_often")
		case err != nil:
			return err
		default:
			c.Text = written + c.Suggested
		}
	}
	return v.afterSuggesting(c)
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
