package console_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

// wiring is a provider of numbers that sends nothing; asked, it says what is wrong until
// it was set.
type wiring struct {
	channels.Channel

	answers bool
	set     []string // numbers
}

func (*wiring) Kinds() []channels.Kind { return nil }

func (w *wiring) SetWiring(_ context.Context, _ channels.Account, number, _ string, _, _ bool) error {
	w.set = append(w.set, number)
	return nil
}

func (w *wiring) CheckWiring(_ context.Context, _ channels.Account, _, base string, _, _ bool) ([]channels.WiringFinding, error) {
	if !w.answers {
		return nil, &channels.SendError{Reason: channels.ReasonMisconfigured, Err: errors.New("it cannot be asked")}
	}
	found := channels.WiringFinding{What: "messages", Needs: base + "/webhooks/twilio/messages"}
	if len(w.set) > 0 {
		found.Is = found.Needs
	}
	return []channels.WiringFinding{found}, nil
}

// The tick in the form of a number has it connected at the provider, and nothing else has.
func TestANumberIsConnectedAtItsProviderWhereThatIsTicked(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	b.wiring.answers = true
	path := "/teams/" + b.team + "/senders"
	require.Contains(t, b.get(path+"/new?kind=sms").text, `name="set" value="true"`)
	b.post(path, "kind", "sms", "address", "+13125550102", "account_sid", sid, "auth_token", token).leadsTo(t, path)
	require.Empty(t, b.wiring.set)
	require.Contains(t, b.get(path).text, "is empty")
	_, err := b.db.Exec(`insert into sender_health (company_id, sender_id, last_webhook_at) select company_id, id, now() from senders`)
	require.NoError(t, err)
	require.NotContains(t, b.get(path).text, `<span class="tag good">`, "what it was told once says nothing about now")
	b.post(path, "kind", "voice", "address", "+13125550103", "account_sid", sid, "auth_token", token, "set", "true").leadsTo(t, path)
	require.Equal(t, []string{"+13125550103"}, b.wiring.set)
}
