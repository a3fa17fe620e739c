package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/gateway/notifications"
	"ringback/settings"
	"ringback/settings/staff"
)

func (r routes) notices(api huma.API) {
	huma.Register(api, Op("get-notices", http.MethodGet, "/me/notices", http.StatusOK,
		"What you are told of, and how"), r.getNotices)
	huma.Register(api, Changes[notifications.Choices](api, Op("save-notices", http.MethodPut, "/me/notices", http.StatusOK,
		"Choose what you are told of, and how; what is left out stays as it is")), r.saveNotices)
	huma.Register(api, Op("list-notices", http.MethodGet, "/me/notices/log", http.StatusOK,
		"What you were told or will be, and what came of it; it reaches back 30 days"), r.listNotices)
	huma.Register(api, Takes[noticeTest](api, Op("test-notice", http.MethodPost, "/me/notices/test", http.StatusAccepted,
		"Send yourself a notice to see that it arrives")), r.testNotice)
	huma.Register(api, Takes[notifications.Subscription](api, Op("add-device", http.MethodPost, "/me/devices", http.StatusCreated,
		"Have notices shown by a browser: what its PushSubscription says, and a name")), r.addDevice)
	huma.Register(api, Op("delete-device", http.MethodDelete, "/me/devices/{device}", http.StatusNoContent,
		"Show no more notices in a browser"), r.deleteDevice)
}

// NoticeSettings is how one is told.
type NoticeSettings struct {
	notifications.Choices
	Email   noticeWay              `json:"email"`
	Push    noticeWay              `json:"push"`
	Text    noticeWay              `json:"text"`
	Devices []notifications.Device `json:"devices" nullable:"false"`
}

// noticeWay is whether somebody can be told in a way.
type noticeWay struct {
	Offered bool   `json:"offered" doc:"false: this server is not set up for it"`
	To      string `json:"to" doc:"Your address or phone; empty: there is none. Of push, the key to subscribe with"`
}

const ownAddress = `select email, phone from staff where company_id = $1 and id = $2`

func (r routes) getNotices(ctx context.Context, _ *struct{}) (*Answer[NoticeSettings], error) {
	p := caller(ctx)
	chosen, err := notifications.ChoicesOf(ctx, r.DB, p.CompanyID, p.StaffID)
	if err != nil {
		return nil, err
	}
	return Answered(r.noticeSettings(ctx, p, chosen))
}

func (r routes) noticeSettings(ctx context.Context, p staff.Principal, chosen notifications.Choices) (NoticeSettings, error) {
	s := NoticeSettings{
		Choices: chosen, Email: noticeWay{Offered: r.Notices.Offers(notifications.Email)}, Text: noticeWay{Offered: r.Notices.Offers(notifications.Text)},
	}
	if err := r.DB.QueryRowxContext(ctx, ownAddress, p.CompanyID, p.StaffID).Scan(&s.Email.To, &s.Text.To); err != nil {
		return s, err
	}
	s.Push.To = r.Notices.PublicKey(ctx)
	s.Push.Offered = s.Push.To != ""
	var err error
	s.Devices, err = notifications.Devices(ctx, r.DB, p.CompanyID, p.StaffID)
	return s, err
}

func (r routes) saveNotices(ctx context.Context, in *JSON) (*Answer[NoticeSettings], error) {
	p := caller(ctx)
	chosen, err := notifications.ChoicesOf(ctx, r.DB, p.CompanyID, p.StaffID)
	if err != nil {
		return nil, err
	}
	if err := in.Onto(&chosen); err != nil {
		return nil, err
	}
	if chosen, err = chosen.Save(ctx, r.DB, p.CompanyID, p.StaffID); err != nil {
		return nil, err
	}
	return Answered(r.noticeSettings(ctx, p, chosen))
}

func (r routes) listNotices(ctx context.Context, in *Page) (*Answer[List[notifications.LogEntry]], error) {
	p := caller(ctx)
	return Listed(*in, func(l notifications.LogEntry) string { return l.ID }, func(before string, limit int) ([]notifications.LogEntry, error) {
		return notifications.Log(ctx, r.DB, p.CompanyID, p.StaffID, before, limit)
	})
}

type noticeTest struct {
	Way string `json:"way" enum:"email,push,text"`
}

const ownTeam = `
select coalesce((select id::text from teams where company_id = $1 and ($2::uuid[] is null or id = any($2::uuid[])) order by created_at, id limit 1), '')`

func (r routes) testNotice(ctx context.Context, in *JSON) (*Answer[noticeTest], error) {
	p := caller(ctx)
	var wanted noticeTest
	if err := in.Onto(&wanted); err != nil {
		return nil, err
	}
	s, err := r.noticeSettings(ctx, p, notifications.Choices{})
	if err != nil {
		return nil, err
	}
	way := map[string]noticeWay{notifications.Email: s.Email, notifications.Push: s.Push, notifications.Text: s.Text}[wanted.Way]
	switch {
	case !way.Offered:
		return nil, settings.NewConflict("way", "not_set_up")
	case way.To == "":
		return nil, settings.NewConflict("way", "no_phone")
	case wanted.Way == notifications.Push && len(s.Devices) == 0:
		return nil, settings.NewConflict("way", "no_browser")
	}
	var team string
	if err := sqlx.GetContext(ctx, r.DB, &team, ownTeam, p.CompanyID, pq.StringArray(p.Teams)); err != nil {
		return nil, err
	}
	return Answered(wanted, r.Notices.Try(ctx, p.CompanyID, team, p.StaffID, wanted.Way))
}

func (r routes) addDevice(ctx context.Context, in *JSON) (*Answer[notifications.Device], error) {
	p := caller(ctx)
	var s notifications.Subscription
	if err := in.Onto(&s); err != nil {
		return nil, err
	}
	return Answered(r.Notices.Subscribe(ctx, p.CompanyID, p.StaffID, p.Session(), s))
}

type devicePath struct {
	ID string `path:"device"`
}

func (r routes) deleteDevice(ctx context.Context, in *devicePath) (*Nothing, error) {
	p := caller(ctx)
	return nil, r.Notices.Unsubscribe(ctx, p.CompanyID, p.StaffID, in.ID)
}
