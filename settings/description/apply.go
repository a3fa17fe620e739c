package description

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/settings"
	"ringback/settings/staff"
)

// Config is whom a description is applied for, and on what.
type Config struct {
	DB     *sqlx.DB
	Vault  *settings.Vault
	By     staff.Principal
	Getenv func(name string) (string, bool) // where the secrets of senders stand
	Now    time.Time                        // by which holidays are over
}

var (
	errTried   = errors.New("a trial")             // ends a transaction that was one
	errStopped = errors.New("nothing more can be") // after a conflict Postgres takes no more; what is wrong is noted
)

// Apply brings what is described to what the file says, one transaction a team; with
// trial it only says what would be done. Everything is tried before anything is
// changed. The error is Wrong for what is refused, and staff.Denied for what whoever
// asks may not do.
func Apply(ctx context.Context, c Config, f *File, trial bool) (Plan, error) {
	plan, err := run{Config: c, file: f, trial: true, looks: trial}.all(ctx)
	if err != nil || trial {
		return plan, err
	}
	return run{Config: c, file: f}.all(ctx)
}

// run is one way through the file.
type run struct {
	Config
	file  *File
	trial bool
	looks bool // only a plan is asked for, which who may read may see
}

// may is staff.Denied for an operation that changes something, of who may not.
func (r run) may(operation string) error {
	if r.looks {
		return nil
	}
	return r.By.Allowed(operation)
}

func (r run) all(ctx context.Context) (Plan, error) {
	plan := Plan{Changes: []Change{}}
	var wrong Wrong
	for n, said := range list(r.file.said, "teams") {
		t := &teamRun{run: r, path: fmt.Sprintf("teams[%d]", n), said: said}
		err := t.apply(ctx)
		plan.add(t.changes...)
		wrong = append(wrong, t.wrong...)
		if err != nil {
			return plan, fmt.Errorf("%s:%d: team %s: %w", r.file.name, r.file.line(t.path), text(said, "name"), err)
		}
	}
	if whole, ok := r.file.said["company"].(map[string]any); ok {
		t := &teamRun{run: r, path: "company", said: whole}
		err := t.company(ctx)
		plan.add(t.changes...)
		wrong = append(wrong, t.wrong...)
		if err != nil {
			return plan, err
		}
	}
	if len(wrong) > 0 {
		return plan, wrong
	}
	return plan, nil
}

// teamRun is one way through a team, or through the company.
type teamRun struct {
	run
	path    string
	said    map[string]any
	changes []Change
	wrong   Wrong
	edit    *settings.Edit // nil: the company
	team    settings.Team  // as it will be
}

// apply changes one team, or makes it.
func (t *teamRun) apply(ctx context.Context) error {
	if err := t.By.Allowed("get-team"); err != nil {
		return err
	}
	there, err := t.find(ctx)
	if err != nil || len(t.wrong) > 0 {
		return err
	}
	change := func(e *settings.Edit) error {
		e.Reaches, e.Vault = t.By.Reaches, t.Vault
		_, e.CountriesChosen = t.said["allowed_countries"]
		t.edit, t.changes, t.wrong = e, nil, nil // a change that has to be proven is made twice
		return t.ends(t.all(ctx, there == nil))
	}
	if there != nil {
		_, err = settings.EditTeam(ctx, t.DB, t.By.CompanyID, there.ID, t.By.Who, change)
	} else if err = t.may("create-team"); err == nil {
		t.team = settings.NewTeam()
		if err = t.describe(ctx, &t.team); err == nil {
			if t.team.AllowedCountries == nil {
				t.team.AllowedCountries = t.countries()
			}
			_, err = settings.CreateTeamWith(ctx, t.DB, t.By.CompanyID, t.By.Who, t.team, change)
		}
	}
	return t.done(err)
}

// countries are what a new team texts whose description does not say it: where its
// first number is; nil: it describes none.
func (t *teamRun) countries() []string {
	for _, one := range list(t.said, "senders") {
		if country := settings.CountryOf(text(one, "address")); country != "" {
			return []string{country}
		}
	}
	return nil
}

// done is how a transaction ended.
func (t *teamRun) done(err error) error {
	if errors.Is(err, errTried) {
		return nil
	}
	if err = t.refuse(t.path, err); errors.Is(err, errStopped) {
		return nil
	}
	return err
}

// ends says how a transaction ends: what was a trial, or has something wrong in it,
// is undone.
func (t *teamRun) ends(err error) error {
	if err == nil && (t.trial || len(t.wrong) > 0) || errors.Is(err, errStopped) {
		return errTried
	}
	return err
}

// mostTeams is how many teams a company may have for them to be found by name.
const mostTeams = 100_000

// find is the team of that name; nil: there is none.
func (t *teamRun) find(ctx context.Context) (*settings.Team, error) {
	name := text(t.said, "name")
	all, err := settings.ListTeams(ctx, t.DB, t.By.CompanyID, t.By.Teams, name, "", mostTeams)
	if err != nil {
		return nil, err
	}
	var found *settings.Team
	for n := range all {
		if all[n].Name != name {
			continue
		}
		if found != nil {
			t.fault(t.path+".name", settings.Fault{Field: "name", Code: "ambiguous"}, "is the name of two teams: rename one of them first")
			return nil, nil
		}
		found = &all[n]
	}
	return found, nil
}

// refuse notes what an error says is wrong below a path. Another error is returned.
func (t *teamRun) refuse(path string, err error) error {
	var invalid settings.Invalid
	var conflict *settings.Conflict
	switch {
	case errors.Is(err, errSecret):
	case errors.As(err, &invalid):
		for _, f := range invalid {
			t.fault(path+"."+f.Field, f, "")
		}
	case errors.As(err, &conflict):
		t.fault(path+"."+conflict.Field, conflict.Fault, "")
		return errStopped
	default:
		return err
	}
	return nil
}

func (t *teamRun) fault(path string, f settings.Fault, words string) {
	t.wrong = append(t.wrong, Fault{File: t.file.name, Line: t.file.line(path), Field: path, Fault: f, Words: words})
}

// did notes what was done, which needs the operation of the API that does it.
func (t *teamRun) did(c Change, operation string) error {
	if c.Does != None && c.Does != Keep {
		if err := t.may(operation); err != nil {
			return err
		}
	}
	c.Team = text(t.said, "name")
	t.changes = append(t.changes, c)
	return nil
}
