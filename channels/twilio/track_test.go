package twilio

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

// TestTrack: what Twilio says of a message is what its callback would have said.
func TestTrack(t *testing.T) {
	message := channels.Outgoing{Delivery: "018f", Kind: channels.WhatsAppTwilio, From: "+15550001111", To: "US.1349"}
	for body, want := range map[string]channels.Status{
		`{"status": "delivered"}`: {State: channels.Delivered, Word: "delivered"},
		`{"status": "sent"}`:      {State: channels.Sent, Word: "sent"},
		`{"status": "new"}`:       {Word: "new"},
		`{"status": "undelivered", "error_code": 30008, "error_message": "Unknown error"}`: {
			State: channels.Undelivered, Word: "undelivered", Code: "30008", Detail: "Unknown error", Reason: channels.ReasonCarrier,
			Again: &channels.Again{After: 10 * time.Minute, Times: 1},
		},
	} {
		base, last := fakeAPI(t, 200, body)
		e, err := New(Config{BaseURL: base}).Track(context.Background(), testAccount, message, "SM1")
		require.NoError(t, err, body)
		require.Equal(t, "GET", last.method)
		require.Equal(t, "/2010-04-01/Accounts/"+testSid+"/Messages/SM1.json", last.path)
		want.Delivery, want.ProviderID = "018f", "SM1"
		require.Equal(t, channels.Event{
			Kind: channels.DeliveryMoved, ProviderID: "SM1/" + want.Word, Account: testSid, Sender: channels.WhatsAppTwilio,
			SenderAddress: "+15550001111", CustomerAddress: "US.1349", Status: &want,
		}, e)
	}
	for status, body := range map[int]string{404: `{"code": 20404}`, 500: "", 401: "{}", 200: "{}"} {
		base, _ := fakeAPI(t, status, body)
		_, err := New(Config{BaseURL: base}).Track(context.Background(), testAccount, message, "SM1")
		var refused *channels.SendError
		require.ErrorAs(t, err, &refused, body)
	}
	for _, sid := range []string{"", "SM1/../../Calls"} {
		_, err := New(Config{}).Track(context.Background(), testAccount, message, sid)
		require.Error(t, err)
	}
}
