package api

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jmoiron/sqlx"
)

// request is what a customer was asked for, as the ticket shows it.
type request struct {
	ID          string           `db:"id" json:"id"`
	Kind        string           `db:"kind" json:"kind" enum:"photo_video,approval,payment,rating,resolved"`
	State       string           `db:"state" json:"state" enum:"open,seen,answered,expired,cancelled"`
	Answer      *json.RawMessage `db:"answer" json:"answer" doc:"By kind: approved and comment; resolved; score and comment; files; status of a payment. null: none yet"`
	Via         string           `db:"via" json:"via" doc:"How it was answered: page or text"`
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

// rating is how a customer found an advisor's help.
type rating plainRating

// Schema says that null stands for none.
func (rating) Schema(r huma.Registry) *huma.Schema { return NullOr[plainRating](r) }

type plainRating struct {
	Score   int     `json:"score" minimum:"1" maximum:"5"`
	Comment string  `json:"comment"`
	Advisor *string `json:"advisor" doc:"The id of who had the ticket when it was asked; null: nobody had"`
}

const requestColumns = `id, kind, state, answer, via, message, description, attachments, amount, currency, advisor, who, asked_at, seen_at,
	answered_at, expires_at`

const ticketRequests = `
select * from (
	select ` + requestColumns + `
	from requests where company_id = $1 and ticket_id = $2 order by asked_at desc, id desc limit 200) newest
order by asked_at, id`

func (r routes) addRequests(ctx context.Context, company string, t *ticketWithTimeline) error {
	t.Requests = []request{}
	if err := sqlx.SelectContext(ctx, r.DB, &t.Requests, ticketRequests, company, t.ID); err != nil {
		return fmt.Errorf("requests of ticket %s: %w", t.ID, err)
	}
	var newest time.Time
	for _, one := range t.Requests {
		if one.Kind != "rating" || one.Answer == nil || one.AnsweredAt == nil || one.AnsweredAt.Before(newest) {
			continue
		}
		newest, t.Rating = *one.AnsweredAt, &rating{Advisor: one.Advisor}
		if err := json.Unmarshal(*one.Answer, t.Rating); err != nil {
			return fmt.Errorf("rating %s: %w", one.ID, err)
		}
	}
	return nil
}
