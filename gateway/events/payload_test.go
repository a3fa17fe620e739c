package events

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway/rules"
)

// TestStoredPayloads: the gateway's own events are read as earlier versions
// wrote them, each as its own type, and written the same.
func TestStoredPayloads(t *testing.T) {
	types := map[channels.EventKind]Internal{
		rules.TicketDone: TicketChanged{}, rules.TicketClosed: TicketChanged{}, rules.Requested: Request{}, rules.Shared: PageShared{},
		rules.TicketCreated: TicketCreated{}, askHeldKind: AskHeld{}, ticketLapseKind: TicketLapse{}, requestExpiredKind: RequestExpired{},
		plannedKind: MessagePlanned{}, callBackLapseKind: CallBackLapse{}, sendAgainKind: SendAgain{}, rules.CallSettled: CallSettled{}, callHeldKind: CallHeld{},
	}
	files, err := filepath.Glob("testdata/stored/*.json")
	require.NoError(t, err)
	require.Len(t, files, len(types))
	for _, file := range files {
		kind := channels.EventKind(strings.TrimSuffix(filepath.Base(file), ".json"))
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		raw = bytes.TrimSpace(raw)
		decoded, err := Event{Kind: kind, Payload: raw}.Decode()
		require.NoError(t, err, kind)
		require.IsType(t, types[kind], decoded, kind)
		require.Equal(t, kind, decoded.(Internal).Kind())
		again, err := encode(decoded.(Internal))
		require.NoError(t, err, kind)
		require.Equal(t, string(raw), string(again), kind)
	}
}

// TestWhatIsHeldIsWhatItWas: a question that was put off knows which of the
// three events it is.
func TestWhatIsHeldIsWhatItWas(t *testing.T) {
	about := Ask{Contact: "contact", Ticket: "ticket", For: rules.AskApproval}
	for _, of := range []Internal{
		TicketChanged{Ask: about, Staff: "staff"},
		TicketChanged{Ask: about, Closed: true},
		Request{Ask: about, Request: "request", Message: "May we?"},
		PageShared{Ask: about, Link: "https://example.com"},
	} {
		held := AskHeld{Held: Deferred{Kind: of.Kind(), Name: "name"}, Of: of}
		raw, err := encode(held)
		require.NoError(t, err)
		decoded, err := Event{Kind: held.Kind(), Payload: raw}.Decode()
		require.NoError(t, err)
		require.Equal(t, held, decoded)
	}
}

// TestAPayloadOfNoKind: what nobody handles is an error, and so is what is no
// JSON of its kind.
func TestAPayloadOfNoKind(t *testing.T) {
	for kind, payload := range map[channels.EventKind]string{"nonsense": `{"ask":{}}`, rules.Requested: `{"ask":1}`, channels.MessageReceived: `[]`} {
		_, err := Event{ID: "1", Kind: kind, Payload: []byte(payload)}.Decode()
		require.ErrorContains(t, err, "event 1: payload", kind)
	}
}
