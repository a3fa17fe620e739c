package staff

import (
	"context"
	"log/slog"
	"slices"

	"github.com/jmoiron/sqlx"

	"ringback/settings"
)

// CreateMember is settings.CreateMember in the name of who asks: ErrProve before
// somebody comes who may be let in later.
func CreateMember(ctx context.Context, db *sqlx.DB, by Principal, m settings.Member) (settings.Member, error) {
	return Hire(ctx, db, by, m, "", nil)
}

// Hire is settings.Hire in the name of who asks, who may change the schedules if there
// are any; else as CreateMember.
func Hire(ctx context.Context, db *sqlx.DB, by Principal, m settings.Member, team string, schedules []string) (settings.Member, error) {
	if len(schedules) > 0 {
		if err := by.Allowed("change-schedule"); err != nil {
			return m, err
		}
		if !by.Reaches(team) {
			return m, settings.ErrNotFound
		}
	}
	if err := by.Proven(); err != nil {
		return m, err
	}
	return settings.Hire(ctx, db, by.CompanyID, by.Who, m, team, schedules)
}

// ChangeMember is settings.ChangeMember in the name of who asks: it is Denied
// to lend somebody a role that may do what one may not oneself, or ErrProve; whoever is no admin keeps a team.
func ChangeMember(ctx context.Context, db *sqlx.DB, by Principal, id string, edit func(*settings.Member) error) (settings.Member, error) {
	return settings.ChangeMember(ctx, db, by.CompanyID, by.Who, id, func(m *settings.Member) error {
		before := *m
		before.Teams = slices.Clone(m.Teams)
		if err := edit(m); err != nil {
			return err
		}
		if err := by.MayChange(before, *m); err != nil {
			return err
		}
		return m.Placed()
	})
}

// InviteMember is Invite in the name of who asks: of somebody within their
// reach, and Denied for a role that may do what they may not, or ErrProve.
func (g Gate) InviteMember(ctx context.Context, by Principal, id string) (Link, error) {
	m, err := g.lesser(ctx, by, id)
	if err != nil {
		return Link{}, err
	}
	link, err := g.Invite(ctx, by.CompanyID, m.ID, by.Who)
	if err != nil {
		return Link{}, err
	}
	if link.SentTo, err = g.tell(ctx, by.CompanyID, m.ID, letterInvited, link.URL, by.Who); err != nil {
		slog.ErrorContext(ctx, "an invitation was not sent, and its link is shown alone", "error", err)
		link.SentTo = ""
	}
	return link, nil
}

// ChangeCompany is settings.ChangeCompany in the name of who asks: ErrProve before
// a second factor is needed, or needed no more.
func ChangeCompany(ctx context.Context, db *sqlx.DB, by Principal, change func(*settings.Company) error) (settings.Company, error) {
	return settings.ChangeCompany(ctx, db, by.CompanyID, by.Who, func(c *settings.Company) error {
		before := c.SecondFactor
		if err := change(c); err != nil {
			return err
		}
		if c.SecondFactor == before {
			return nil
		}
		return by.Proven()
	})
}
