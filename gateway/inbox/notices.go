package inbox

import (
	"context"
	"slices"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/gateway/notifications"
	"ringback/settings"
	"ringback/settings/staff"
)

// NoticeSettings is how one is told.
type NoticeSettings struct {
	notifications.Choices
	Email   NoticeWay              `json:"email"`
	Push    NoticeWay              `json:"push"`
	Text    NoticeWay              `json:"text"`
	Devices []notifications.Device `json:"devices" nullable:"false"`
}

// NoticeWay is whether somebody can be told in a way.
type NoticeWay struct {
	Offered bool   `json:"offered" doc:"false: this server is not set up for it"`
	To      string `json:"to" doc:"Your address or phone; empty: there is none. Of push, the key to subscribe with"`
}

const ownAddress = `select email, phone from staff where company_id = $1 and id = $2`

// NoticeSettings is how who asks is told.
func (d Desk) NoticeSettings(ctx context.Context, who staff.Principal) (NoticeSettings, error) {
	chosen, err := notifications.ChoicesOf(ctx, d.DB, who.CompanyID, who.StaffID)
	if err != nil {
		return NoticeSettings{}, err
	}
	return d.noticeSettings(ctx, who, chosen)
}

// SaveNotices runs a change of what who asks is told of, and how.
func (d Desk) SaveNotices(ctx context.Context, who staff.Principal, change func(*notifications.Choices) error) (NoticeSettings, error) {
	chosen, err := notifications.ChoicesOf(ctx, d.DB, who.CompanyID, who.StaffID)
	if err != nil {
		return NoticeSettings{}, err
	}
	if err := change(&chosen); err != nil {
		return NoticeSettings{}, err
	}
	if chosen, err = chosen.Save(ctx, d.DB, who.CompanyID, who.StaffID); err != nil {
		return NoticeSettings{}, err
	}
	return d.noticeSettings(ctx, who, chosen)
}

func (d Desk) noticeSettings(ctx context.Context, who staff.Principal, chosen notifications.Choices) (NoticeSettings, error) {
	s := NoticeSettings{
		Choices: chosen, Email: NoticeWay{Offered: d.Notices.Offers(notifications.Email)}, Text: NoticeWay{Offered: d.Notices.Offers(notifications.Text)},
	}
	if err := d.DB.QueryRowxContext(ctx, ownAddress, who.CompanyID, who.StaffID).Scan(&s.Email.To, &s.Text.To); err != nil {
		return s, err
	}
	s.Push.To = d.Notices.PublicKey(ctx)
	s.Push.Offered = s.Push.To != ""
	var err error
	s.Devices, err = notifications.Devices(ctx, d.DB, who.CompanyID, who.StaffID)
	return s, err
}

// NoticeLog is what who asks was told or will be, the newest first, from the
// one before that id on.
func (d Desk) NoticeLog(ctx context.Context, who staff.Principal, before string, limit int) ([]notifications.LogEntry, error) {
	return notifications.Log(ctx, d.DB, who.CompanyID, who.StaffID, before, limit)
}

const ownTeam = `
select coalesce((select id::text from teams where company_id = $1 and ($2::uuid[] is null or id = any($2::uuid[])) order by created_at, id limit 1), '')`

// TestNotice sends who asks a notice in that way (notifications.Email, Push or
// Text), to see that it arrives. What forbids it is a *settings.Conflict.
func (d Desk) TestNotice(ctx context.Context, who staff.Principal, way string) error {
	if !slices.Contains(notifications.Ways, way) {
		return settings.Refuse("way", "not_one_of", "List", notifications.Ways)
	}
	s, err := d.noticeSettings(ctx, who, notifications.Choices{})
	if err != nil {
		return err
	}
	found := map[string]NoticeWay{notifications.Email: s.Email, notifications.Push: s.Push, notifications.Text: s.Text}[way]
	switch {
	case !found.Offered:
		return settings.NewConflict("way", "not_set_up")
	case found.To == "":
		return settings.NewConflict("way", "no_phone")
	case way == notifications.Push && len(s.Devices) == 0:
		return settings.NewConflict("way", "no_browser")
	}
	var team string
	if err := sqlx.GetContext(ctx, d.DB, &team, ownTeam, who.CompanyID, pq.StringArray(who.Teams)); err != nil {
		return err
	}
	return d.Notices.Try(ctx, who.CompanyID, team, who.StaffID, way)
}

// AddDevice has notices shown by a browser of who asks.
func (d Desk) AddDevice(ctx context.Context, who staff.Principal, s notifications.Subscription) (notifications.Device, error) {
	return d.Notices.Subscribe(ctx, who.CompanyID, who.StaffID, who.Session(), s)
}

// RemoveDevice shows no more notices in a browser of who asks.
func (d Desk) RemoveDevice(ctx context.Context, who staff.Principal, id string) error {
	return d.Notices.Unsubscribe(ctx, who.CompanyID, who.StaffID, id)
}
