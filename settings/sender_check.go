package settings

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/channels"
	"ringback/channels/clock"
)

// SenderCheck is what a provider said when it was asked whether it brings here what
// happens at a sender.
type SenderCheck struct {
	At       time.Time                `json:"at"`
	Fault    string                   `json:"fault,omitempty" doc:"Why it could not be asked, in a word: credentials, provider_unavailable and the like"`
	Findings []channels.WiringFinding `json:"findings" nullable:"false" doc:"What is set there, and what would be right"`
}

// Right reports whether all that happens there comes here.
func (c SenderCheck) Right() bool {
	return c.Fault == "" && !slices.ContainsFunc(c.Findings, channels.WiringFinding.Wrong)
}

// Checked reports whether a provider can be asked about the sender: whether what happens
// at its number comes here, or whether the business that it names has its number.
func (s Sender) Checked() bool {
	return s.Wired() || s.Kind == channels.WhatsAppCloud && s.Account != "" && s.Settings.Business != ""
}

// Wired reports whether what happens at it comes here because its number says so, which
// its provider can be asked about, and told.
func (s Sender) Wired() bool { return s.Kind == channels.SMS || s.Kind == channels.Voice }

// Wrong are the findings for which something does not come here.
func (c SenderCheck) Wrong() (wrong []channels.WiringFinding) {
	for _, f := range c.Findings {
		if f.Wrong() {
			wrong = append(wrong, f)
		}
	}
	return wrong
}

// Disowns reports whether the provider said that the sender's number is none of the
// business that it names. It holds until the provider says something else, whether it
// can be asked meanwhile or not.
func (c SenderCheck) Disowns(business string) bool {
	return slices.ContainsFunc(c.Findings, func(f channels.WiringFinding) bool {
		return f.What == channels.FindingBusiness && f.Is == business && f.Wrong()
	})
}

// Registration is how the sender stands with carriers; nil: it needs no registration there
// that could be asked for.
func (c *SenderCheck) Registration() *channels.WiringFinding {
	if c != nil {
		for n := range c.Findings {
			if c.Findings[n].What == channels.FindingRegistration {
				return &c.Findings[n]
			}
		}
	}
	return nil
}

// TextsRefused reports whether carriers refuse the sender's texts, for want of a
// registration that the owner has begun, or could begin with nothing else.
func (c *SenderCheck) TextsRefused() bool {
	r := c.Registration()
	return r != nil && (r.Is == channels.RegistrationRefused || r.Is == channels.RegistrationMissing && !r.Apart)
}

// Disowned is Disowns in SQL, of a row s of senders.
const Disowned = `exists (select from sender_checks c cross join jsonb_array_elements(c.findings) f
    where c.company_id = s.company_id and c.sender_id = s.id and f ->> 'what' = 'business' and f ->> 'is' = s.settings ->> 'business_account_id'
        and coalesce(f ->> 'needs', '') <> '')`

const checks = `select sender_id, at, fault, findings from sender_checks where company_id = $1 and sender_id = any($2::uuid[])`

func checksOf(ctx context.Context, q sqlx.QueryerContext, company string, senders []string) (map[string]*SenderCheck, error) {
	var rows []struct {
		SenderID string `db:"sender_id"`
		At       time.Time
		Fault    string
		Findings json.RawMessage
	}
	if err := sqlx.SelectContext(ctx, q, &rows, checks, company, pq.Array(senders)); err != nil {
		return nil, fmt.Errorf("checks of senders: %w", err)
	}
	found := map[string]*SenderCheck{}
	for _, row := range rows {
		c := &SenderCheck{At: row.At, Fault: row.Fault, Findings: []channels.WiringFinding{}}
		if err := json.Unmarshal(row.Findings, &c.Findings); err != nil {
			return nil, fmt.Errorf("sender %s: check: %w", row.SenderID, err)
		}
		found[row.SenderID] = c
	}
	return found, nil
}

// Unwired is that a row c of sender_checks says that something does not come here: see
// Right.
const Unwired = `c.fault = '' and exists (select from jsonb_array_elements(c.findings) f
    where f ->> 'what' <> 'business' and coalesce(f ->> 'needs', '') <> '' and not coalesce((f ->> 'note')::boolean, false))`

// A provider that cannot be asked takes back nothing of what it said of a business or of
// a registration.
const saveCheck = `
insert into sender_checks (company_id, sender_id, at, fault, findings) values ($1, $2, $3, $4, $5)
on conflict (company_id, sender_id) do update set at = excluded.at, fault = excluded.fault, findings = case when excluded.fault = '' then excluded.findings
    else coalesce((select jsonb_agg(f) from jsonb_array_elements(sender_checks.findings) f where f ->> 'what' in ('business', 'registration')), '[]') end
where sender_checks.at <= excluded.at`

// Settable reports whether what is wrong is what stands at the number, and not that
// the number is another account's.
func (c SenderCheck) Settable() bool {
	return slices.ContainsFunc(c.Findings, func(f channels.WiringFinding) bool { return f.Wrong() && f.What != "number" })
}

// Save keeps what the provider said; the newest word stands.
func (c SenderCheck) Save(ctx context.Context, q sqlx.ExecerContext, company, sender string) error {
	raw, err := json.Marshal(c.Findings)
	if err == nil {
		_, err = q.ExecContext(ctx, saveCheck, company, sender, c.At, c.Fault, string(raw))
	}
	if err != nil {
		return fmt.Errorf("sender %s: check: %w", sender, err)
	}
	return nil
}

// CheckOf is what the provider said last of a sender; nil: it was not asked yet.
func CheckOf(ctx context.Context, q sqlx.QueryerContext, company, sender string) (*SenderCheck, error) {
	found, err := checksOf(ctx, q, company, []string{sender})
	return found[sender], err
}

const unchecked = `
select s.company_id, s.team_id, s.id from senders s left join sender_checks c on c.company_id = s.company_id and c.sender_id = s.id
where (s.kind in ('sms', 'voice') or s.kind = 'whatsapp_cloud' and s.account <> '' and coalesce(s.settings ->> 'business_account_id', '') <> '')
    and s.created_at < coalesce($1::timestamptz, now()) - interval '1 hour'
    and coalesce(c.at, '-infinity') < coalesce($1::timestamptz, now()) - interval '1 day'
order by c.at nulls first, s.id limit $2`

// Unchecked is a sender of whose provider nobody has asked for a day whether it brings
// here what happens.
type Unchecked struct {
	CompanyID string `db:"company_id"`
	TeamID    string `db:"team_id"`
	ID        string `db:"id"`
}

// FindUnchecked returns some, whom nobody asked about for the longest first. A number
// that was just added is being set up.
func FindUnchecked(ctx context.Context, q sqlx.QueryerContext, now clock.Due, n int) ([]Unchecked, error) {
	var found []Unchecked
	if err := sqlx.SelectContext(ctx, q, &found, unchecked, now, n); err != nil {
		return nil, fmt.Errorf("senders to be checked: %w", err)
	}
	return found, nil
}
