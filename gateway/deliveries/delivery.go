package deliveries

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/settings"
)

// Delivery is one message to a customer, as the API shows it.
type Delivery struct {
	ID          string          `db:"id" json:"id"`
	Team        string          `db:"team_id" json:"team"`
	Contact     string          `db:"contact_id" json:"contact" doc:"Empty: it is a text to one of the staff"`
	Ticket      *string         `db:"ticket_id" json:"ticket"`
	Decision    *string         `db:"decision_id" json:"decision"`
	State       channels.State  `db:"state" json:"state"`
	Reason      channels.Reason `db:"reason" json:"reason" doc:"Why it did not go out or arrive, in one stable word"`
	ErrorCode   string          `db:"error_code" json:"error_code" doc:"The provider's"`
	Error       string          `db:"error" json:"error"`
	Explanation string          `db:"-" json:"explanation" doc:"The reason in a sentence; empty when all is well"`
	Sender      string          `db:"sender_id" json:"sender"`
	Kind        channels.Kind   `db:"kind" json:"kind"`
	From        string          `db:"from_address" json:"from"`
	To          string          `db:"to_address" json:"to"`
	Text        string          `db:"text" json:"text"`
	ProviderID  *string         `db:"provider_id" json:"provider_id"`
	Retry       *string         `db:"retry_id" json:"retry" doc:"The delivery that was made of it when it was sent again, by somebody or by itself"`
	AsLinks     bool            `db:"as_links" json:"as_links" doc:"Its text has links to its files in their place, because the provider did not take them"`
	Segments    int             `db:"segments" json:"segments"`
	Attempts    int             `db:"attempts" json:"attempts"`
	SentAt      *time.Time      `db:"sent_at" json:"sent_at"`
	CreatedAt   time.Time       `db:"created_at" json:"created_at"`
	UpdatedAt   time.Time       `db:"updated_at" json:"updated_at"`
}

const columns = `id, team_id, coalesce(nullif(contact_id, '` + NoContact + `')::text, '') as contact_id, ticket_id, decision_id, state, reason, error_code, error, sender_id, kind,
	from_address, to_address, text, provider_id, retry_id, as_links, segments, attempts, sent_at, created_at, updated_at`

// Filter narrows a list; what is empty does not.
type Filter struct {
	Teams   []string // nil: all the company's
	State   string
	Sender  string
	Error   string // the provider's code
	Contact string // id
	Address string // a contact's, instead
	Since   *time.Time
}

const list = `
select ` + columns + ` from deliveries
where company_id = $1
	and ($2::uuid[] is null or team_id = any($2::uuid[]))
	and ($3 = '' or state = $3)
	and ($4 = '' or sender_id = nullif($4, '')::uuid)
	and ($5 = '' or id < nullif($5, '')::uuid)
	and ($7 = '' or error_code = $7)
	and ($8 = '' or contact_id = nullif($8, '')::uuid)
	and ($9 = '' or contact_id = (` + contacts.At + `$9))
	and ($10::timestamptz is null or created_at >= $10)
order by id desc limit $6`

// List returns the company's deliveries, the newest first, from the one before
// that id on.
func List(ctx context.Context, q sqlx.QueryerContext, companyID string, f Filter, before string, limit int) ([]Delivery, error) {
	found := []Delivery{}
	err := sqlx.SelectContext(ctx, q, &found, list, companyID, pq.StringArray(f.Teams), f.State, f.Sender, before, limit,
		f.Error, f.Contact, f.Address, f.Since)
	if err != nil {
		return nil, fmt.Errorf("deliveries: %w", err)
	}
	return explain(found), nil
}

const findOne = `select ` + columns + ` from deliveries where company_id = $1 and id = $2`

// Get returns one delivery, or settings.ErrNotFound.
func Get(ctx context.Context, q sqlx.QueryerContext, companyID, id string) (Delivery, error) {
	var d Delivery
	err := sqlx.GetContext(ctx, q, &d, findOne, companyID, id)
	if errors.Is(err, sql.ErrNoRows) {
		return d, settings.ErrNotFound
	}
	if err != nil {
		return d, fmt.Errorf("delivery %s: %w", id, err)
	}
	return explain([]Delivery{d})[0], nil
}
