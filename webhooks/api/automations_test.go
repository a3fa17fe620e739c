package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings"
	"ringback/settings/automations"
)

// automations reads the list and its ETag.
func (w world) automations() (list []any, tag string) {
	a := w.Do("GET", w.team+"/automations", nil)
	return a.JSON["automations"].([]any), a.Header.Get("ETag")
}

func TestAutomationsGoRound(t *testing.T) {
	w := newWorld(t)
	list, tag := w.automations()
	require.Regexp(t, `^"[^"]+"$`, tag)
	require.Len(t, list, 14)
	for n, item := range list {
		one := item.(object)
		require.Equal(t, automations.All[n].Key, one["key"])
		for _, field := range []string{"title", "default_message", "doc", "preview"} {
			require.NotEmpty(t, one[field], "%s of %s", field, one["key"])
		}
		require.NotEmpty(t, one["channels"])
		require.Contains(t, []any{"calls", "texts", "requests"}, one["group"])
		require.Contains(t, one["placeholders"], "customer_name")
		require.Equal(t, one["key"] == "request_payment", slices.Contains(one["placeholders"].([]any), any("amount")))
		require.Len(t, one["choices"], len(one["options"].(object)))
		for _, c := range one["choices"].([]any) {
			require.Equal(t, c.(object)["default"], one["options"].(object)[c.(object)["name"].(string)])
		}
		require.NotContains(t, one["preview"], "{{")
		require.True(t, strings.HasPrefix(one["preview"].(string), "Green Valley Equipment - GVE Service: "))
		require.Equal(t, one["key"] != "after_hours_text" && one["key"] != "after_hours_ticket", one["enabled"])
	}
	a := w.Do("PUT", w.team+"/automations", object{"automations": list}, "If-Match", tag)
	require.Equal(t, http.StatusOK, a.Status, a.Text)
	require.Equal(t, list, a.JSON["automations"])
	require.Equal(t, tag, a.Header.Get("ETag"), "nothing changed")
}

func TestSavingAllAutomations(t *testing.T) {
	w := newWorld(t)
	list, tag := w.automations()
	for _, item := range list {
		item.(object)["enabled"] = true
		item.(object)["include_team_name"] = false
	}
	list[12].(object)["message"] = "Closed, {{customer_name}}. {{opens_at}}"
	list[9].(object)["options"] = object{"delay_seconds": 30}
	slices.Reverse(list) // the order does not matter
	a := w.Do("PUT", w.team+"/automations", object{"automations": list}, "If-Match", tag)
	require.Equal(t, http.StatusOK, a.Status, a.Text)
	next := a.Header.Get("ETag")
	require.NotEqual(t, tag, next)
	saved, now := w.automations()
	require.Equal(t, next, now)
	require.Equal(t, saved, a.JSON["automations"])
	require.Equal(t, "Closed, {{customer_name}}. {{opens_at}}", saved[12].(object)["message"])
	require.Equal(t, 30.0, saved[9].(object)["options"].(object)["delay_seconds"])
	for _, item := range saved {
		require.Equal(t, true, item.(object)["enabled"])
		require.Equal(t, false, item.(object)["include_team_name"])
	}
	cleared := object{"key": "customer_call_missed", "options": object{}}
	for n, item := range saved {
		if item.(object)["key"] == cleared["key"] {
			saved[n] = cleared
		}
	}
	a = w.Do("PUT", w.team+"/automations", object{"automations": saved}, "If-Match", next)
	require.Equal(t, http.StatusOK, a.Status, a.Text)
	one := a.JSON["automations"].([]any)[9].(object)
	require.Equal(t, 0.0, one["options"].(object)["delay_seconds"], "options are replaced")
	require.Equal(t, true, one["enabled"], "fields left out stay")
}

func TestSavingNeedsTheETag(t *testing.T) {
	w := newWorld(t)
	list, tag := w.automations()
	body := object{"automations": list}
	w.Refused(http.StatusPreconditionRequired, "PUT", w.team+"/automations", body)
	for _, stale := range []string{`"x"`, strings.Trim(tag, `"`), "W/" + tag, `"` + w.teamID + `-99"`} {
		w.Refused(http.StatusPreconditionFailed, "PUT", w.team+"/automations", body, "If-Match", stale)
		w.Refused(http.StatusPreconditionFailed, "PATCH", w.team+"/automations/after_hours_text", object{"enabled": true}, "If-Match", stale)
	}
	a := w.Do("PATCH", w.team+"/automations/after_hours_text", object{"enabled": true}, "If-Match", `"x", `+tag)
	require.Equal(t, http.StatusOK, a.Status, a.Text)
	require.Equal(t, true, a.JSON["enabled"])
	require.Equal(t, a.Header.Get("ETag"), w.Do("GET", w.team+"/automations/after_hours_ticket", nil).Header.Get("ETag"))
	w.Refused(http.StatusPreconditionFailed, "PUT", w.team+"/automations", body, "If-Match", tag)
	w.Must(http.StatusOK, "PUT", w.team+"/automations", body, "If-Match", "*")
	_, before := w.automations()
	w.Must(http.StatusOK, "PATCH", w.team, object{"name": "Other"})
	_, after := w.automations()
	require.Equal(t, before, after, "the ETag is of the automations alone")
}

func TestOfTwoSavesWithOneETagOneWins(t *testing.T) {
	w := newWorld(t)
	list, tag := w.automations()
	statuses := make([]int, 8)
	var all sync.WaitGroup
	for n := range statuses {
		mine := slices.Clone(list)
		mine[5] = object{"key": "customer_first_chat", "message": fmt.Sprintf("Saved by %d", n)}
		all.Go(func() {
			statuses[n] = w.Do("PUT", w.team+"/automations", object{"automations": mine}, "If-Match", tag).Status
		})
	}
	all.Wait()
	won := slices.Index(statuses, http.StatusOK)
	require.GreaterOrEqual(t, won, 0, "%v", statuses)
	for n, status := range statuses {
		if n != won {
			require.Equal(t, http.StatusPreconditionFailed, status, "%v", statuses)
		}
	}
	saved, _ := w.automations()
	require.Equal(t, fmt.Sprintf("Saved by %d", won), saved[5].(object)["message"])
}

func TestASaveIsAllOrNothing(t *testing.T) {
	w := newWorld(t)
	for _, one := range []struct {
		field  string
		detail string
		change func(list []any) []any
	}{
		{"automations", "after_hours_ticket", func(list []any) []any { return list[:13] }},
		{"automations", "customer_hangs_up", func([]any) []any { return []any{} }},
		{"automations[14].key", "twice", func(list []any) []any { return append(list, list[0]) }},
		{"automations[3].key", "not the key", set(3, "key", "unknown")},
		{"automations[3].key", "", func(list []any) []any { delete(list[3].(object), "key"); return list }},
		{"automations[3].colour", "", set(3, "colour", "red")},
		{"automations[3].enabled", "", set(3, "enabled", "yes")},
		{"automations[3].enabled", "null", set(3, "enabled", nil)},
		{"automations[3].message", "{{nobody}}", set(3, "message", "Hello {{nobody}}")},
		{"automations[3].message", "", set(3, "message", "Hello {{customer_name")},
		{"automations[3].message", "1600", set(3, "message", strings.Repeat("x", 1601))},
		{"automations[3].extra_message", "", set(3, "extra_message", "{{x}}")},
		{"automations[0].options.delay_seconds", "300", set(0, "options", object{"delay_seconds": 301})},
		{"automations[0].options.delay_seconds", "whole", set(0, "options", object{"delay_seconds": "1"})},
		{"automations[0].options.include_opening_time", "not an option", set(0, "options", object{"include_opening_time": true})},
		{"automations[0].options", "", set(0, "options", []any{})},
		{"automations[3]", "", func(list []any) []any { list[3] = "text"; return list }},
	} {
		list, tag := w.automations()
		list[1].(object)["message"] = "This is right."
		fields := w.Refused(http.StatusUnprocessableEntity, "PUT", w.team+"/automations", object{"automations": one.change(list)}, "If-Match", tag)
		require.Contains(t, fields, one.field)
		require.Contains(t, fields[one.field], one.detail)
	}
	saved, _ := w.automations()
	require.Empty(t, saved[1].(object)["message"])
	_, tag := w.automations()
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "PUT", w.team+"/automations", object{}, "If-Match", tag), "automations")
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "PUT", w.team+"/automations", object{"automations": nil}, "If-Match", tag), "automations")
}

func set(n int, field string, value any) func([]any) []any {
	return func(list []any) []any {
		list[n].(object)[field] = value
		return list
	}
}

func TestChangingOneAutomation(t *testing.T) {
	w := newWorld(t)
	path := w.team + "/automations/customer_hangs_up"
	changed := w.Must(http.StatusOK, "PATCH", path, object{"message": "Sorry, {{customer_name}}!", "options": object{"delay_seconds": 20}})
	require.Equal(t, true, changed["enabled"])
	require.Contains(t, changed["preview"], "Sorry, ")
	require.Equal(t, changed, w.Must(http.StatusOK, "GET", path, nil))
	require.Equal(t, changed, w.Must(http.StatusOK, "PATCH", path, changed), "what GET answers can be sent back")
	for field, value := range map[string]any{"message": "{{x}}", "key": "after_hours_text", "enabled": nil, "colour": 1} {
		require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "PATCH", path, object{field: value}), field)
	}
	require.Equal(t, changed, w.Must(http.StatusOK, "GET", path, nil))
}

func TestTheDefaultMessageIsInTheTeamsLanguage(t *testing.T) {
	w := newWorld(t)
	w.Must(http.StatusOK, "PATCH", w.team, object{"language": "pl"})
	one := w.Must(http.StatusOK, "GET", w.team+"/automations/customer_hangs_up", nil)
	require.Contains(t, one["default_message"], "Przepraszamy")
	require.Contains(t, one["preview"], "Przepraszamy")
}

func TestPreviewOfUnsavedValues(t *testing.T) {
	w := newWorld(t)
	path := w.team + "/automations/after_hours_text/preview"
	p := w.Must(http.StatusOK, "POST", path, object{"message": "Zażółć gęślą jaźń.", "include_company_name": false, "options": object{"include_opening_time": false}})
	require.Equal(t, "GVE Service: Zażółć gęślą jaźń.", p["text"])
	require.Equal(t, "UCS-2", p["encoding"])
	require.Equal(t, 31.0, p["characters"])
	require.Equal(t, 1.0, p["segments"])
	require.Equal(t, object{"text": "GVE Service: Zazolc gesla jazn.", "encoding": "GSM-7", "characters": 31.0, "segments": 1.0}, p["plain"])
	require.Empty(t, p["warnings"])
	w.Must(http.StatusOK, "PATCH", w.team, object{"plain_letters": false})
	require.NotEmpty(t, w.Must(http.StatusOK, "POST", path, object{"message": "Zażółć"})["warnings"])
	require.NotEmpty(t, w.Must(http.StatusOK, "POST", path, object{"message": strings.Repeat("long ", 100)})["warnings"])
	require.Contains(t, w.Must(http.StatusOK, "POST", path, object{"message": "Closed."})["text"], "We open again")
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", path, object{"message": "{{x}}"}), "message")
	require.Empty(t, w.Must(http.StatusOK, "GET", w.team+"/automations/after_hours_text", nil)["message"], "nothing was saved")
	snapshot := w.snapshot(t, settings.NewCache())
	require.Empty(t, snapshot.Automations["after_hours_text"].Message)
}
