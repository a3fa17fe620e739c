package gateway_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway"
	"ringback/gateway/health"
	"ringback/settings"
)

// registry is a Meta that says of every number whether its business is its own.
type registry struct {
	channels.Channel
	says  error
	asked int
}

func (r *registry) Kinds() []channels.Kind { return []channels.Kind{channels.WhatsAppCloud} }
func (r *registry) CheckBusiness(context.Context, channels.Account, string) error {
	r.asked++
	return r.says
}

// TestABusinessThatWasEnteredBefore: of a business account that nobody asked Meta about
// when it was entered, Meta is asked by and by. What it says no to is believed no more,
// and the admins hear of it; a Meta that does not answer changes nothing, either way.
func TestABusinessThatWasEnteredBefore(t *testing.T) {
	playOutbox(t, 1, func(w *outbox) {
		const business = "900000000000001"
		team := w.team(channels.WhatsAppCloud)
		_, err := w.db.Exec(`update senders set created_at = $1, account = '100000000000001', settings = settings || '{"business_account_id": "900000000000001"}'`, w.clock.Now())
		require.NoError(t, err)
		meta := &registry{Channel: w.provider}
		g := gateway.New(gateway.Config{
			DB: w.db, Clock: w.clock, Settings: settings.NewCache(), Channels: []channels.Channel{meta}, Log: slog.New(slog.DiscardHandler),
			Accounts: settings.Accounts{Vault: &settings.Vault{}, DB: w.db}, PublicURL: func() string { return "https://texts.example.com" },
		})
		day := func(says error, believed bool, notices int) *settings.SenderCheck {
			t.Helper()
			w.jump(25 * time.Hour)
			asked := meta.asked
			meta.says = says
			for range 2 { // the second time nobody's turn has come
				require.NoError(t, g.CheckSenders(t.Context()))
			}
			require.Equal(t, asked+1, meta.asked)
			found, err := settings.BusinessNumbers(t.Context(), w.db, []string{business})
			require.NoError(t, err)
			require.Equal(t, believed, len(found[business]) == 1)
			state, err := health.Look(t.Context(), w.db)
			require.NoError(t, err)
			require.Equal(t, []int{0, map[bool]int{false: 1}[believed]}, []int{state.Unwired, state.Disowned})
			var told int
			require.NoError(t, w.db.Get(&told, `select count(*) from notices where kind = 'sender_silent' and about ->> 'word' = 'business'`))
			require.Equal(t, notices, told)
			check, err := settings.CheckOf(t.Context(), w.db, team.CompanyID, team.SenderID)
			require.NoError(t, err)
			require.Equal(t, !believed, check.Disowns(business))
			require.False(t, check.Disowns("another"))
			return check
		}
		away := &channels.SendError{Reason: channels.ReasonUnavailable, Retry: channels.Later, Err: errors.New("away")}
		ended := &channels.SendError{Reason: channels.ReasonCredentials, Code: "190", Err: errors.New("expired")}
		no := &channels.SendError{Reason: channels.ReasonCredentials, Err: channels.ErrOtherBusiness}
		require.Equal(t, "provider_unavailable", day(away, true, 0).Fault)
		require.Equal(t, "credentials", day(ended, true, 0).Fault)
		require.True(t, day(nil, true, 0).Right())
		require.False(t, day(no, false, 1).Right())
		require.Equal(t, "provider_unavailable", day(away, false, 1).Fault, "what was said stands")
		day(no, false, 1)
		require.True(t, day(nil, true, 1).Right(), "it is right again by itself")
		day(no, false, 2)
	})
}
