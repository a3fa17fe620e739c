package gateway_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway/calls"
	"ringback/gateway/notifications"
	"ringback/gateway/requests"
	"ringback/settings"
	"ringback/settings/automations"
)

// stored is every type that stands as JSON in a column, by the file that shows
// it as an earlier version wrote it. Those that a package keeps to itself are
// tested there.
var stored = map[string]func() any{
	"event_message":      func() any { return new(channels.Event) }, // events.payload, unrouted events
	"event_status":       func() any { return new(channels.Event) },
	"event_call":         func() any { return new(channels.Event) },
	"call_entry":         func() any { return new(calls.Entry) },         // calls.journal
	"message_media":      func() any { return new([]channels.Media) },    // messages.media, media.source
	"delivery_template":  func() any { return new(channels.Template) },   // deliveries.template
	"delivery_choices":   func() any { return new([]channels.Choice) },   // deliveries.choices
	"notice_about":       func() any { return new(notifications.About) }, // notices.about
	"notice_choices":     func() any { return new(notifications.Choices) },
	"request_answer":     func() any { return new(requests.Answer) },
	"sender_settings":    func() any { return new(settings.SenderSettings) },
	"automation_setting": func() any { return new(automations.Setting) },
	"voice":              func() any { return new(settings.Voice) },
	"call_hours":         func() any { return new(channels.CallHours) }, // call_hours.wanted, told
}

// TestStoredShapes: what is stored is read, with every field, and written as it
// was. A field that is renamed in Go without its JSON name is noticed here,
// before rows of earlier versions are misread.
func TestStoredShapes(t *testing.T) {
	files, err := filepath.Glob("testdata/stored/*.json")
	require.NoError(t, err)
	require.Len(t, files, len(stored))
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		require.Contains(t, stored, name)
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		raw = bytes.TrimSpace(raw)
		value := stored[name]()
		strict := json.NewDecoder(bytes.NewReader(raw))
		strict.DisallowUnknownFields()
		require.NoError(t, strict.Decode(value), name)
		again, err := json.Marshal(value)
		require.NoError(t, err, name)
		require.Equal(t, string(raw), string(again), name)
	}
}
