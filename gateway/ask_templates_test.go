package gateway_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/settings"
)

// TestATemplateOfWhichNobodyCanBeAskedIsTriedAgainAfterADay, whether its provider has no
// words for it or gives an error. Each word of it that comes begins another day.
func TestATemplateOfWhichNobodyCanBeAskedIsTriedAgainAfterADay(t *testing.T) {
	for name, refused := range map[string]error{
		"no word": nil, "a refusal": &channels.SendError{Reason: channels.ReasonCredentials, Retry: channels.Never, Err: errors.New("no right to that")},
	} {
		t.Run(name, func(t *testing.T) {
			playOutbox(t, 1, func(w *outbox) {
				out := w.team(channels.WhatsAppTwilio)
				tx, err := w.db.Beginx()
				require.NoError(t, err)
				held, err := settings.TemplateState{Name: "HX1", State: settings.TemplatePaused, At: w.clock.Now().Truncate(time.Second)}.Save(t.Context(), tx, out.CompanyID, "")
				require.NoError(t, err)
				require.True(t, held)
				require.NoError(t, tx.Commit())
				asks := func(after time.Duration, want int) {
					t.Helper()
					for range int(after / time.Hour) {
						w.jump(time.Hour)
						require.NoError(t, w.replicas[0].AskTemplates(t.Context()))
					}
					var left int
					require.NoError(t, w.db.Get(&left, `select count(*) from template_states`))
					require.Equal(t, want, left)
				}
				w.provider.template = func() (string, error) { return "", refused }
				asks(23*time.Hour, 1)
				w.provider.template = func() (string, error) { return "PAUSED", nil }
				asks(time.Hour, 1)
				w.provider.template = func() (string, error) { return "", refused }
				asks(24*time.Hour, 1)
				asks(2*time.Hour, 0)
			})
		})
	}
}
