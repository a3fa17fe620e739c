package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/gateway/inbox"
	"ringback/gateway/notifications"
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

func (r routes) getNotices(ctx context.Context, _ *struct{}) (*tagged[inbox.NoticeSettings], error) {
	return taggedNotices(r.Inbox.NoticeSettings(ctx, caller(ctx)))
}

// taggedNotices are named by what was chosen alone.
func taggedNotices(s inbox.NoticeSettings, err error) (*tagged[inbox.NoticeSettings], error) {
	if err != nil {
		return nil, err
	}
	return &tagged[inbox.NoticeSettings]{stateTag(s.Choices), s}, nil
}

type noticesBody struct {
	Condition
	JSON
}

func (r routes) saveNotices(ctx context.Context, in *noticesBody) (*tagged[inbox.NoticeSettings], error) {
	return taggedNotices(r.Inbox.SaveNotices(ctx, caller(ctx), func(c *notifications.Choices) error {
		if err := in.holds(*c); err != nil {
			return err
		}
		return in.Onto(c)
	}))
}

func (r routes) listNotices(ctx context.Context, in *Page) (*Answer[List[notifications.LogEntry]], error) {
	return Listed(*in, func(l notifications.LogEntry) string { return l.ID }, func(before string, limit int) ([]notifications.LogEntry, error) {
		return r.Inbox.NoticeLog(ctx, caller(ctx), before, limit)
	})
}

type noticeTest struct {
	Way string `json:"way" enum:"email,push,text"`
}

func (r routes) testNotice(ctx context.Context, in *JSON) (*Answer[noticeTest], error) {
	var wanted noticeTest
	if err := in.Onto(&wanted); err != nil {
		return nil, err
	}
	return Answered(wanted, r.Inbox.TestNotice(ctx, caller(ctx), wanted.Way))
}

func (r routes) addDevice(ctx context.Context, in *JSON) (*Answer[notifications.Device], error) {
	var s notifications.Subscription
	if err := in.Onto(&s); err != nil {
		return nil, err
	}
	return Answered(r.Inbox.AddDevice(ctx, caller(ctx), s))
}

type devicePath struct {
	ID string `path:"device"`
}

func (r routes) deleteDevice(ctx context.Context, in *devicePath) (*Nothing, error) {
	return nil, r.Inbox.RemoveDevice(ctx, caller(ctx), in.ID)
}
