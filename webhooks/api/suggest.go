package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ringback/gateway/drafts"
	"ringback/gateway/inbox"
	"ringback/settings/staff"
	"ringback/webhooks/web/limit"
)

// suggesting is how often somebody may ask for a suggestion, on whichever way: somebody
// else's server answers, and may be paid by the answer.
var suggesting = limit.Pace{Burst: 4, Each: 20 * time.Second}

// Often is a suggestion that is asked for too soon.
type Often struct{ Wait time.Duration }

func (o Often) Error() string {
	return fmt.Sprintf("suggestions are asked for too often: again in %s", o.Wait)
}

// Suggest asks for an answer to a ticket's customer, for the API and the console. Asked
// is who did so how often.
func Suggest(ctx context.Context, desk inbox.Desk, asked *limit.Limiter, who staff.Principal, team, ticket, written string) (string, error) {
	if wait := asked.Wait(who.CompanyID+cmp.Or(who.StaffID, who.Who), suggesting); wait > 0 {
		return "", Often{wait}
	}
	return desk.Suggest(ctx, who, team, ticket, written)
}

func (r routes) suggestions(api huma.API) {
	suggest := Op("suggest-answer", http.MethodPost, "/teams/{team}/tickets/{id}/suggestion", http.StatusOK, "Have an answer to a ticket's customer suggested")
	suggest.Description = "The server that the operator names (DRAFT_URL) writes it: read it before you send it. Nothing is stored, and nothing is sent. 409 with suggestions_off where there is no such server, 502 with no_suggestion where it suggests nothing this time, 429 for more than four at once and one in 20 seconds from one person or key, in the console and here together."
	suggest.Errors = append(suggest.Errors, http.StatusConflict, http.StatusTooManyRequests, http.StatusBadGateway)
	huma.Register(api, suggest, r.suggest)
}

type suggestBody struct {
	TicketPath
	Body struct {
		Written string `json:"written,omitempty" maxLength:"4000" doc:"What stands in the message already: the suggestion is as long as there is room beside it"`
	}
}

// suggested is an answer that nobody has sent.
type suggested struct {
	Text string `json:"text"`
}

func (r routes) suggest(ctx context.Context, in *suggestBody) (*Answer[suggested], error) {
	if r.Inbox.Drafts.Off() {
		if _, err := inbox.FindTicket(ctx, r.DB, caller(ctx).CompanyID, in.Team, in.ID); err != nil {
			return nil, err
		}
		return nil, withCode(http.StatusConflict, "suggestions_off", "No answers are suggested here: the operator names no server for them (DRAFT_URL).")
	}
	text, err := Suggest(ctx, r.Inbox, r.Asked, caller(ctx), in.Team, in.ID, in.Body.Written)
	var often Often
	switch {
	case errors.As(err, &often):
		return nil, later(often.Wait.Seconds(), "Too many suggestions were asked for. Wait until Retry-After has passed.")
	case errors.Is(err, drafts.ErrNone):
		return nil, withCode(http.StatusBadGateway, "no_suggestion", "The server suggests nothing this time, or the customer said nothing that could be answered.")
	}
	return Answered(suggested{text}, err)
}
