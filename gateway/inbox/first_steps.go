package inbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/settings"
	"ringback/settings/staff"
)

// FirstSteps is how far a new team has come until it answers its customers.
type FirstSteps struct {
	Number    bool       `db:"number" json:"number" doc:"A number, or a web chat, is connected, and what happens there comes here"`
	Hours     bool       `db:"hours" json:"hours" doc:"A ring schedule is switched on"`
	People    bool       `db:"people" json:"people" doc:"Somebody active is on the team"`
	Text      bool       `db:"text" json:"text" doc:"A text, such as a test, was sent"`
	Live      bool       `db:"live" json:"live" doc:"A customer has written or called"`
	PutAwayAt *time.Time `db:"put_away_at" json:"put_away_at" doc:"When somebody put the list away; null: nobody did"`
}

// Done reports whether nothing is left to do.
func (f FirstSteps) Done() bool { return f.Number && f.Hours && f.People && f.Text && f.Live }

// Shown reports whether the list is still worth its place.
func (f FirstSteps) Shown() bool { return f.PutAwayAt == nil && !f.Done() }

// Reached is what the provider has brought here, or what it was asked and said to
// bring. Of the outbox the newest are looked at.
const firstSteps = `
select
	exists (select from senders s
		left join sender_health h on h.company_id = s.company_id and h.sender_id = s.id
		left join sender_checks c on c.company_id = s.company_id and c.sender_id = s.id
		where s.company_id = $1 and s.team_id = $2 and s.paused_at is null and (h.last_webhook_at is not null
			or s.kind = 'webchat' and jsonb_array_length(coalesce(nullif(s.settings -> 'origins', 'null'), '[]')) > 0
			or s.kind <> 'whatsapp_cloud' and c.fault = '' and not exists (select from jsonb_array_elements(c.findings) f where f ->> 'needs' <> '' and f -> 'note' is null))) as number,
	exists (select from schedules where company_id = $1 and team_id = $2 and enabled) as hours,
	exists (select from staff where company_id = $1 and active and $2 = any(teams)) as people,
	exists (select from (select state from deliveries where company_id = $1 and team_id = $2 order by id desc limit 50) d
		where state in ('sent', 'delivered', 'read')) as text,
	exists (select from decisions where company_id = $1 and team_id = $2) as live,
	first_steps_away_at as put_away_at
from teams where company_id = $1 and id = $2`

// FirstSteps says what of the way to its first customer a team has behind it. Each is
// read from what is there, so that nothing has to be ticked.
func (d Desk) FirstSteps(ctx context.Context, who staff.Principal, team string) (FirstSteps, error) {
	var f FirstSteps
	err := sqlx.GetContext(ctx, d.DB, &f, firstSteps, who.CompanyID, team)
	if errors.Is(err, sql.ErrNoRows) {
		return f, settings.ErrNotFound
	}
	if err != nil {
		return f, fmt.Errorf("team %s: first steps: %w", team, err)
	}
	return f, nil
}

const putAway = `update teams set first_steps_away_at = coalesce(first_steps_away_at, $3) where company_id = $1 and id = $2`

// PutFirstStepsAway shows the list to nobody any more.
func (d Desk) PutFirstStepsAway(ctx context.Context, who staff.Principal, team string) error {
	if _, err := d.DB.ExecContext(ctx, putAway, who.CompanyID, team, d.Clock.Now()); err != nil {
		return fmt.Errorf("team %s: first steps: %w", team, err)
	}
	return nil
}
