package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What Postgres cannot keep is refused with the name of the field or parameter that
// holds it, wherever a text can be sent.
func TestAZeroByteIsRefusedByItsField(t *testing.T) {
	w := newWorld(t)
	member := w.member("Ann", w.teamID)
	contact := w.Must(http.StatusCreated, "POST", w.team+"/contacts", object{"name": "Ann"})["id"].(string)
	ids := map[string]string{"/staff/{id}": member, "/contacts/{id}": contact}
	document := w.Must(http.StatusOK, "GET", "/openapi.json", nil)
	schemas := document["components"].(object)["schemas"].(object)
	asked := 0
	for path, item := range document["paths"].(object) {
		there := strings.TrimPrefix(path, "/api/v1")
		for of, id := range ids {
			if strings.HasSuffix(path, of) {
				there = strings.Replace(there, "{id}", id, 1)
			}
		}
		there = strings.NewReplacer("{team}", w.teamID, "{id}", nobody, "{key}", "after_hours_text").Replace(there)
		if strings.Contains(there, "{") || strings.HasPrefix(there, "/hooks") || there == "/session" {
			continue
		}
		for method, operation := range item.(object) {
			named := func(field string, body any, query string) {
				asked++
				a := w.Do(strings.ToUpper(method), there+query, body, "If-Match", "*")
				if a.Status != http.StatusUnprocessableEntity {
					require.Less(t, a.Status, 500, "%s %s %s: %s", method, path, field, a.Text)
					return // there is nothing of the id, or the key may not
				}
				require.NotEmpty(t, a.JSON["errors"], "%s %s %s: %s", method, path, field, a.Text)
			}
			parameters, _ := operation.(object)["parameters"].([]any)
			for _, one := range parameters {
				if p := one.(object); p["in"] == "query" && method == "get" {
					named(p["name"].(string), nil, "?"+p["name"].(string)+"=%00")
					named(p["name"].(string), nil, "?"+p["name"].(string)+"=%ff")
				}
			}
			for _, field := range textFields(schemas, operation.(object)) {
				named(field, object{field: "\x00"}, "")
				named(field, object{field: "a\x00b"}, "")
			}
		}
	}
	require.Greater(t, asked, 150)
	for _, message := range []string{"\x00", "a\x00b"} {
		fields := w.Refused(http.StatusUnprocessableEntity, "PATCH", w.team+"/automations/after_hours_text", object{"message": message})
		require.Contains(t, fields, "message")
	}
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "PATCH", "/staff/"+member, object{"phone": "\x00"}), "phone")
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "GET", "/teams?q=a%00", nil), "q")
}

// What takes a value in more than one form says so in people's words as well.
func TestOfNeitherForm(t *testing.T) {
	w := newWorld(t)
	for path, body := range map[string]object{
		w.team + "/tickets/" + nobody + "/requests": {"kind": "payment", "amount": object{"x": 1}},
		w.team + "/conversations":                   {"to": "+12025550188", "template": 5},
		w.team + "/calls/a-b/steps":                 {"step": "menu"},
	} {
		a := w.Do("POST", path, body)
		require.Equal(t, http.StatusUnprocessableEntity, a.Status, a.Text)
		found := a.JSON["errors"].([]any)[0].(object)
		require.Equal(t, "not_taken_here", found["code"], a.Text)
		require.Contains(t, found["detail"], "is nothing that this field takes")
	}
}

// textFields are the fields of an operation's body that take a text.
func textFields(schemas, operation object) []string {
	body, _ := operation["requestBody"].(object)
	content, _ := body["content"].(object)
	media, _ := content["application/json"].(object)
	schema, _ := media["schema"].(object)
	if ref, ok := schema["$ref"].(string); ok {
		schema, _ = schemas[ref[strings.LastIndex(ref, "/")+1:]].(object)
	}
	var texts []string
	fields, _ := schema["properties"].(object)
	for name, field := range fields {
		if one := field.(object); one["type"] == "string" && one["readOnly"] != true {
			texts = append(texts, name)
		}
	}
	return texts
}
