package inbox

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/notifications"
	"ringback/settings"
	"ringback/settings/staff"
	"ringback/settings/text"
	"ringback/settings/transaction"
)

// CheckSender asks the provider whether it brings here what happens at the sender, and
// keeps what it says for all to see; with set it has the provider do so first.
func (d Desk) CheckSender(ctx context.Context, who staff.Principal, team, id string, set bool) (settings.SenderCheck, error) {
	s, err := settings.FindSender(ctx, d.DB, who.CompanyID, team, id)
	if err != nil {
		return settings.SenderCheck{}, err
	}
	if !s.Checked() || d.Gateway == nil {
		return settings.SenderCheck{}, settings.Refuse("kind", "not_checked")
	}
	if set {
		if !s.Wired() {
			return settings.SenderCheck{}, settings.Refuse("set", "number_only")
		}
		return d.Gateway.WireSender(ctx, s)
	}
	return d.Gateway.CheckSender(ctx, s)
}

// TestSender sends who asks a text from the sender to their own phone, to see that it
// arrives.
func (d Desk) TestSender(ctx context.Context, who staff.Principal, team, id string) error {
	s, err := settings.FindSender(ctx, d.DB, who.CompanyID, team, id)
	if err != nil {
		return err
	}
	if s.Kind != channels.SMS || d.Gateway == nil {
		return settings.Refuse("kind", "not_tested")
	}
	err = transaction.Run(ctx, d.DB, func(tx *sqlx.Tx) error {
		me, err := ringable(ctx, tx, who, team, "")
		if err != nil {
			return err
		}
		chosen, err := settings.Load(ctx, tx, who.CompanyID, team)
		if err != nil {
			return err
		}
		words := strings.ReplaceAll(text.Default(chosen.Team.Language, text.SenderTest), "{{team}}", cmp.Or(chosen.Team.DisplayName, chosen.Team.Name))
		return d.Gateway.TextStaff(ctx, tx, notifications.TextTo{CompanyID: who.CompanyID, TeamID: team, StaffID: me.ID, To: me.Phone, Text: words, SenderID: id})
	})
	if errors.Is(err, notifications.ErrNoSender) {
		err = settings.Refuse("kind", "not_tested")
	}
	if err == nil {
		d.wake()
	}
	return err
}
