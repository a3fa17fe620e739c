package e2e

import (
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/settings"
)

// TestReplayCalls brings every voice sample, twice, to every voice door: the
// answer is TwiML or a 4xx, nothing fails behind it, and the team can be
// called afterwards.
func TestReplayCalls(t *testing.T) {
	t.Parallel()
	w := sampledWorld(t)
	w.phones(nobody)
	w.edit(func(e *settings.Edit) error {
		_, err := e.AddSender(t.Context(), settings.Sender{Kind: channels.Voice, Address: sampled})
		return err
	})
	doors := []string{
		voicePath, voicePath + "/next?at=menu", voicePath + "/next?at=option", voicePath + "/next?at=dialed", voicePath + "/next?at=accept&advisor=x",
		voicePath + "/next?at=nowhere&round=999&team=none", voicePath + "/next?at=ring&team=none", voicePath + "/recording?at=recording", callsPath, callsPath + "?step=ringing", callsPath + "?step=dancing",
	}
	answered := map[int]int{}
	for file, body := range samples(t, "voice/*.form", "voice/*.form") {
		for _, door := range doors {
			answered[w.replay(file, door, adopt(body))]++
		}
	}
	require.Greater(t, answered[http.StatusOK], 10, "%v", answered)
	for status := range answered {
		require.True(t, slices.Contains([]int{http.StatusOK, http.StatusBadRequest}, status), "%v", answered)
	}
	w.nothingFailed()
	w.later(300 * 1e9)
	w.nothingFailed()
	w.forget()
	w.ring("+13125550149")
	w.later(40 * 1e9)
	require.NotEmpty(t, w.decided())
}
