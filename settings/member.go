package settings

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/settings/fault"
	"ringback/settings/transaction"
)

// Member is one of the company's staff. An advisor is any of them whom callers
// can be connected to.
type Member struct {
	CompanyID string         `db:"company_id" json:"-"`
	ID        string         `db:"id" json:"id" readOnly:"true"`
	Name      string         `db:"name" json:"name" minLength:"1" maxLength:"100" doc:"As customers may see it"`
	Email     string         `db:"email" json:"email" minLength:"3" maxLength:"254" doc:"One person's alone in the company, whatever its case"`
	Role      string         `db:"role" json:"role" enum:"admin,manager,advisor"`
	Teams     pq.StringArray `db:"teams" json:"teams" nullable:"false" maxItems:"200" doc:"Ids of the teams that they are on"`
	Phone     string         `db:"phone" json:"phone" required:"false" maxLength:"16" doc:"In E.164 form; empty: cannot be rung"`
	Active    bool           `db:"active" json:"active" required:"false" doc:"false: has left; rings no more"`
	CreatedAt time.Time      `db:"created_at" json:"created_at" readOnly:"true"`
	SignIn    string         `db:"sign_in" json:"sign_in" readOnly:"true" enum:"none,invited,ready" doc:"Whether they can sign in: invited has a link in force and no password yet; ready has a password, or signs in by the identity provider"`
	UpdatedAt time.Time      `db:"updated_at" json:"updated_at" readOnly:"true"`
}

// What a member of the staff may be.
const (
	RoleAdmin   = "admin"
	RoleManager = "manager"
	RoleAdvisor = "advisor"
)

// NewMember is one with what is so unless it is said otherwise.
func NewMember() Member { return Member{Active: true, Teams: pq.StringArray{}} }

// ready is SQL for one of the staff who can sign in: by a password, or by the
// company's identity provider.
const ready = `(password is not null or exists (
		select from staff_identities i where i.company_id = staff.company_id and i.staff_id = staff.id))`

const memberColumns = `company_id, id, name, email, role, phone, teams, active, created_at, updated_at,
	case when ` + ready + ` then 'ready' when exists (
		select from sign_in_links l where l.company_id = staff.company_id and l.staff_id = staff.id and l.expires_at > now()
	) then 'invited' else 'none' end as sign_in`

func (m *Member) check(ctx context.Context, q sqlx.QueryerContext, companyID string) error {
	if m.Teams == nil {
		m.Teams = pq.StringArray{}
	}
	known, err := among(ctx, q, teamsAmong, companyID, m.Teams)
	if err != nil {
		return err
	}
	wrong := m.person()
	wrong.Add(!slices.Contains([]string{RoleAdmin, RoleManager, RoleAdvisor}, m.Role), "role", "not_one_of", "List", []string{RoleAdmin, RoleManager, RoleAdvisor})
	if m.Phone != "" && !possible(m.Phone) {
		wrong.Add(true, "phone", "phone_or_empty")
	} else {
		ours, err := isSender(ctx, q, companyID, m.Phone)
		if err != nil {
			return err
		}
		wrong.Add(ours, "phone", "own_sender")
	}
	wrong.Add(len(m.Teams) > 200, "teams", "too_many", "Count", 200)
	for n, id := range m.Teams {
		field := fmt.Sprintf("teams[%d]", n)
		wrong.Add(!known[id], field, "team_id")
		wrong.Add(known[id] && slices.Contains(m.Teams[:n], id), field, "twice")
	}
	return wrong.Err()
}

// Placed is Invalid for somebody who works here and would see nothing: whoever is no
// admin needs a team. Only an identity provider, which knows none, brings them so.
func (m Member) Placed() error {
	var wrong Invalid
	wrong.Add(m.Active && len(m.Teams) == 0 && (m.Role == RoleManager || m.Role == RoleAdvisor), "teams", "no_team")
	return wrong.Err()
}

// CheckPerson is Invalid when the name or the email address cannot be one's.
func (m Member) CheckPerson() error { return m.person().Err() }

func (m Member) person() Invalid {
	var wrong Invalid
	if errors.As(CheckName("name", m.Name), &wrong) {
		wrong = slices.Clone(wrong)
	}
	wrong.Add(!isEmail(m.Email), "email", "email")
	return wrong
}

// isEmail takes the bare address alone, not "Ann <ann@example.com>".
func isEmail(address string) bool {
	parsed, err := mail.ParseAddress(address)
	return err == nil && parsed.Address == address && len(address) <= 254 && !strings.ContainsAny(address, " \"")
}

const listStaff = `
select ` + memberColumns + ` from staff
where company_id = $1 and ($2::uuid[] is null or teams && $2::uuid[]) and ($3 = '' or id < nullif($3, '')::uuid)
	and ($5 = '' or position(lower($5) in lower(name)) > 0 or position(lower($5) in lower(email)) > 0)
order by id desc limit $4`

// ListStaff returns the company's staff, the newest first, from the one before
// that id on. Teams narrows the list to those on any of them unless it is nil,
// search to those with such a name or email address unless it is empty.
func ListStaff(ctx context.Context, q sqlx.QueryerContext, companyID string, teams []string, search, before string, limit int) ([]Member, error) {
	staff := []Member{}
	err := sqlx.SelectContext(ctx, q, &staff, listStaff, companyID, pq.StringArray(teams), before, limit, strings.TrimSpace(search))
	return staff, wrap(err, "staff")
}

const listAdvisors = `
select ` + memberColumns + ` from staff
where company_id = $1 and (teams @> array[$2::uuid] or role = 'admin') and ($3 = '' or id < nullif($3, '')::uuid)
order by id desc limit $4`

// ListAdvisors returns those who can have the team's tickets, those who have
// left among them, the newest first, from the one before that id on.
func ListAdvisors(ctx context.Context, q sqlx.QueryerContext, companyID, team, before string, limit int) ([]Member, error) {
	staff := []Member{}
	err := sqlx.SelectContext(ctx, q, &staff, listAdvisors, companyID, team, before, limit)
	return staff, wrap(err, "advisors of team "+team)
}

const findMember = `
select ` + memberColumns + ` from staff
where company_id = $1 and ($2::uuid[] is null or teams && $2::uuid[]) and id = $3`

// FindMember returns one of the company's staff; unless teams is nil, only if
// they are on one of those.
func FindMember(ctx context.Context, q sqlx.QueryerContext, companyID string, teams []string, id string) (Member, error) {
	var m Member
	err := get(ctx, q, &m, findMember, companyID, pq.StringArray(teams), id)
	return m, wrap(err, "staff "+id)
}

const insertMember = `
insert into staff (company_id, id, name, email, role, phone, teams, active)
values ($1, $2, $3, $4, $5, $6, $7::uuid[], $8)
returning ` + memberColumns

// CreateMember adds somebody to the company's staff, also one without a team.
func CreateMember(ctx context.Context, db *sqlx.DB, companyID, who string, m Member) (Member, error) {
	err := editStaff(ctx, db, companyID, func(tx *sqlx.Tx) (bool, error) { return m.add(ctx, tx, companyID, who, nil) })
	return m, wrap(err, "new member of the staff")
}

// add stores somebody with whom nothing is wrong, also nothing of what else was looked at.
func (m *Member) add(ctx context.Context, tx *sqlx.Tx, companyID, who string, looked error) (bool, error) {
	if err := fault.Together(looked, m.check(ctx, tx, companyID)); err != nil {
		return false, err
	}
	if err := get(ctx, tx, m, insertMember, append([]any{companyID, newID()}, m.values()...)...); err != nil {
		return false, emailTaken(err)
	}
	return record(ctx, tx, companyID, nil, who, "staff", m.ID, nil, *m)
}

const updateMember = `
update staff set name = $3, email = $4, role = $5, phone = $6, teams = $7::uuid[], active = $8, updated_at = now()
where company_id = $1 and id = $2
returning ` + memberColumns

// ChangeMember runs the change of one of the staff and stores what comes of it.
// Whoever is not active any more is signed out everywhere. That the last admin
// would be gone is a *Conflict.
func ChangeMember(ctx context.Context, db *sqlx.DB, companyID, who, id string, change func(*Member) error) (Member, error) {
	var m Member
	err := editStaff(ctx, db, companyID, func(tx *sqlx.Tx) (bool, error) {
		before, err := FindMember(ctx, tx, companyID, nil, id)
		if err != nil {
			return false, err
		}
		m = before
		looked := change(&m)
		m.ID = id
		return m.store(ctx, tx, who, before, looked)
	})
	return m, wrap(err, "staff "+id)
}

// store writes what became of the member, as add does, and says whether anything changed.
func (m *Member) store(ctx context.Context, tx *sqlx.Tx, who string, before Member, looked error) (bool, error) {
	if err := fault.Together(looked, m.check(ctx, tx, before.CompanyID)); err != nil {
		return false, err
	}
	changed, err := record(ctx, tx, before.CompanyID, nil, who, "staff", before.ID, before, *m)
	if err != nil || !changed {
		*m = before
		return false, err
	}
	if err := get(ctx, tx, m, updateMember, append([]any{before.CompanyID, before.ID}, m.values()...)...); err != nil {
		return false, emailTaken(err)
	}
	if before.admin() && !m.admin() {
		if err := keepAnAdmin(ctx, tx, before, *m); err != nil {
			return false, err
		}
	}
	if m.Active {
		return true, nil
	}
	return true, m.shutOut(ctx, tx)
}

// values are the columns that can be chosen, in the order of the statements above.
func (m Member) values() []any {
	return []any{m.Name, m.Email, m.Role, m.Phone, m.Teams, m.Active}
}

const lockCompany = `select 1 from companies where id = $1 for no key update`

// editStaff runs a change of the staff and, when it says that it changed
// anything, moves the version of every team of the company: any of them may
// name that person. Under the company's lock two changes neither write over
// each other nor move the versions in different orders.
func editStaff(ctx context.Context, db *sqlx.DB, companyID string, change func(*sqlx.Tx) (bool, error)) error {
	return transaction.Run(ctx, db, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, lockCompany, companyID); err != nil {
			return err
		}
		changed, err := change(tx)
		if err != nil || !changed {
			return err
		}
		_, err = tx.ExecContext(ctx, moveAllVersions, companyID)
		return err
	})
}

// emailTaken says in words what the index on emails refuses.
func emailTaken(err error) error {
	var taken *pq.Error
	if errors.As(err, &taken) && taken.Code.Name() == "unique_violation" {
		return NewConflict("email", "email_taken")
	}
	return err
}
