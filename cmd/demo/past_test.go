package demo_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"ringback/cmd/demo"
	"ringback/cmd/progress"
)

// The month before the demo began was played through the gateway: every message and
// call of it has its decision, the inbox has what still waits, and time goes on from
// where it was.
func TestThePast(t *testing.T) {
	p := newPlayed(t)
	before := p.config.Clock.Now()
	var said strings.Builder
	p.run(func(d *demo.Demo) {
		require.NoError(t, d.Past(t.Context(), progress.To(&said, false)))
		require.Contains(t, said.String(), "0 of 30 days\n")
		require.WithinDuration(t, before, d.Clock.Now(), 10*time.Minute)
		for what, query := range map[string]string{
			"texts after hours":        `select count(*) > 8 from decisions where event_kind = 'message' and facts ->> 'open' = 'false'`,
			"missed calls":             `select count(*) > 8 from calls where outcome in ('missed', 'hung_up')`,
			"answered calls":           `select count(*) > 6 from calls where outcome = 'answered'`,
			"voicemails":               `select count(*) > 2 from calls where outcome = 'voicemail'`,
			"ratings":                  `select count(*) > 10 from requests where kind = 'rating' and state = 'answered'`,
			"payments":                 `select count(*) > 2 from requests where kind = 'payment' and state = 'answered'`,
			"photos":                   `select count(*) > 2 from requests where kind = 'photo_video' and state = 'answered'`,
			"chats":                    `select count(*) > 2 from deliveries where kind = 'webchat'`,
			"WhatsApp":                 `select count(*) > 2 from deliveries where kind = 'whatsapp_cloud' and state = 'read'`,
			"an opt-out":               `select count(*) > 0 from consents where opted_out`,
			"holidays":                 `select count(*) = 2 from holidays`,
			"what waits":               `select count(*) between 3 and 20 from tickets where status = 'open'`,
			"since when":               `select count(*) > 15 and bool_and(c.created_at <= m.at) from contacts c join messages m on m.contact_id = c.id`,
			"nothing failed":           `select count(*) = 0 from events where fault is not null`,
			"everything arrived":       `select count(*) = 0 from deliveries where state in ('failed', 'undelivered', 'unknown', 'expired')`,
			"no budget was in the way": `select count(*) = 0 from decisions where reason in ('contact_budget', 'team_budget', 'loop_guard', 'expired')`,
		} {
			var holds bool
			require.NoError(t, d.DB.Get(&holds, query), what)
			assert.True(t, holds, what)
		}
	})
}

// A demo that has begun empty, or was there before, has no past to play.
func TestThePastIsPlayedOnce(t *testing.T) {
	p := newPlayed(t)
	for _, played := range []bool{true, false} {
		begun := false
		ctx, stop := context.WithCancel(t.Context())
		require.NoError(t, demo.Run(ctx, p.config, slog.New(slog.DiscardHandler), demo.Beginning{Past: progress.To(told(func() {
			begun = true
			stop() // a past that is left is left as it is
		}), false)}, func(*demo.Demo) error {
			stop()
			return nil
		}))
		require.Equal(t, played, begun)
	}
}

// told is called whenever something is written.
type told func()

func (t told) Write(words []byte) (int, error) {
	t()
	return len(words), nil
}
