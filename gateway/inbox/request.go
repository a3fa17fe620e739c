package inbox

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// Request is what a customer was asked for, as the ticket shows it.
type Request struct {
	ID          string           `db:"id" json:"id"`
	Kind        string           `db:"kind" json:"kind" enum:"photo_video,approval,payment,rating,resolved"`
	State       string           `db:"state" json:"state" enum:"open,seen,processing,answered,expired,cancelled"`
	Answer      *json.RawMessage `db:"answer" json:"answer" doc:"By kind: approved and comment; resolved; score and comment; files; status of a payment. null: none yet"`
	Via         string           `db:"via" json:"via" doc:"How it was answered: page, text, or staff, who said which question a text answers"`
	Message     string           `db:"message" json:"message"`
	Description string           `db:"description" json:"description"`
	Attachments json.RawMessage  `db:"attachments" json:"attachments" doc:"Ids of files on the page"`
	Amount      *int64           `db:"amount" json:"amount" doc:"In the currency's smallest unit"`
	Currency    string           `db:"currency" json:"currency"`
	Advisor     *string          `db:"advisor" json:"advisor" doc:"Who had the ticket when it was asked: whom a rating is about"`
	Who         string           `db:"who" json:"who" doc:"Who asked; empty: the gateway"`
	AskedAt     time.Time        `db:"asked_at" json:"asked_at"`
	SeenAt      *time.Time       `db:"seen_at" json:"seen_at"`
	AnsweredAt  *time.Time       `db:"answered_at" json:"answered_at"`
	ExpiresAt   time.Time        `db:"expires_at" json:"expires_at"`
}

// Rating is how a customer found an advisor's help.
type Rating struct {
	Score   int     `json:"score" minimum:"1" maximum:"5"`
	Comment string  `json:"comment"`
	Advisor *string `json:"advisor" doc:"The id of who had the ticket when it was asked; null: nobody had"`
}

const requestColumns = `id, kind, case when processing_since is null then state else 'processing' end as state, answer, via, message, description, attachments, amount, currency, advisor, who, asked_at, seen_at,
	answered_at, expires_at`

const ticketRequests = `
select * from (
	select ` + requestColumns + `
	from requests where company_id = $1 and ticket_id = $2 order by asked_at desc, id desc limit 200) newest
order by asked_at, id`

// requestsOf are what the customer of a ticket was asked for, the oldest first.
func requestsOf(ctx context.Context, q sqlx.QueryerContext, company, ticket string) ([]Request, error) {
	found := []Request{}
	if err := sqlx.SelectContext(ctx, q, &found, ticketRequests, company, ticket); err != nil {
		return nil, fmt.Errorf("requests of ticket %s: %w", ticket, err)
	}
	return found, nil
}

// newestRating is the one that was given last; nil: there is none.
func newestRating(asked []Request) (*Rating, error) {
	var newest time.Time
	var r *Rating
	for _, one := range asked {
		if one.Kind != "rating" || one.Answer == nil || one.AnsweredAt == nil || one.AnsweredAt.Before(newest) {
			continue
		}
		newest, r = *one.AnsweredAt, &Rating{Advisor: one.Advisor}
		if err := json.Unmarshal(*one.Answer, r); err != nil {
			return nil, fmt.Errorf("rating %s: %w", one.ID, err)
		}
	}
	return r, nil
}
