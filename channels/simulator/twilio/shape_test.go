package twilio_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels/simulator/twilio"
)

func TestCreatedOnTheWire(t *testing.T) {
	s, base := start(t, twilio.Config{})
	status, _, body := create(t, base, customer, "We are <closed>.")
	require.Equal(t, http.StatusCreated, status)
	sid := s.Messages()[0].SID
	path := "/2010-04-01/Accounts/" + account + "/Messages/" + sid
	require.JSONEq(t, `{
		"sid": "`+sid+`", "account_sid": "`+account+`", "messaging_service_sid": null, "api_version": "2010-04-01",
		"from": "`+ours+`", "to": "`+customer+`", "body": "We are <closed>.", "direction": "outbound-api",
		"status": "queued", "error_code": null, "error_message": null,
		"num_segments": "1", "num_media": "0", "price": null, "price_unit": "USD",
		"date_created": "Mon, 01 Jun 2026 12:00:00 +0000", "date_updated": "Mon, 01 Jun 2026 12:00:00 +0000", "date_sent": null,
		"uri": "`+path+`.json", "subresource_uris": {"media": "`+path+`/Media.json"}
	}`, body)

	_, err := s.Deliver(t.Context())
	require.NoError(t, err)
	_, _, body = call(t, http.MethodGet, base+path+".json", nil)
	require.Contains(t, body, `"status":"delivered"`)
	require.Contains(t, body, `"date_sent":"Mon, 01 Jun 2026 12:00:00 +0000"`)
}

func TestErrorOnTheWire(t *testing.T) {
	_, base := start(t, twilio.Config{})
	_, _, body := create(t, base, "+15005550004", "hello")
	require.JSONEq(t, `{"code": 21610, "status": 400, "message": "Attempt to send to unsubscribed recipient",
		"more_info": "https://www.twilio.com/docs/errors/21610"}`, body)
}

// The provider's own samples have the same fields, where they are at hand.
func TestFieldsAreThoseOfTheSamples(t *testing.T) {
	folder := os.Getenv("RINGBACK_PAYLOADS")
	if folder == "" {
		t.Skip("RINGBACK_PAYLOADS names no folder")
	}
	_, base := start(t, twilio.Config{})
	_, _, created := create(t, base, customer, "hello")
	_, _, refused := create(t, base, "+15005550001", "hello")
	for file, body := range map[string]string{
		"message_201_create.json": created, "message_fetch_200_fetch.json": created, "error_http400_21211.json": refused,
	} {
		sample, err := os.ReadFile(filepath.Join(folder, "twilio", "responses", file))
		require.NoError(t, err)
		require.Equal(t, fields(t, string(sample)), fields(t, body), file)
	}
}

func fields(t *testing.T, body string) []string {
	var object map[string]any
	require.NoError(t, json.Unmarshal([]byte(body), &object))
	return slices.Sorted(maps.Keys(object))
}
