package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/webhooks/api/apitest"
)

// described is the service's own description of its API, and what checks
// answers against it.
type described struct {
	*world
	document object
	compiler *jsonschema.Compiler
	schemas  map[string]*jsonschema.Schema // of answers, by their place in the document
	routes   []describedRoute
	ids      []string // of things that are there
}

type describedRoute struct {
	method, path string
	operation    object
}

// Signing in is throttled and links are used up: they have their own tests.
var notPlayed = []string{"sign-in", "use-link", "sign-out", "change-password"}

func describe(t *testing.T) *described {
	d := &described{world: called(t, whileOpen, answers)}
	raw := d.get("/api/v1/openapi.json")
	require.NoError(t, json.Unmarshal(raw, &d.document))
	whole, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	require.NoError(t, err)
	d.compiler, d.schemas = jsonschema.NewCompiler(), map[string]*jsonschema.Schema{}
	require.NoError(t, d.compiler.AddResource("https://ringback.test/openapi.json", whole))
	for path, item := range d.document["paths"].(object) {
		for method, operation := range item.(object) {
			if id := operation.(object)["operationId"].(string); !slices.Contains(notPlayed, id) {
				d.routes = append(d.routes, describedRoute{strings.ToUpper(method), path, operation.(object)})
			}
		}
	}
	slices.SortFunc(d.routes, func(a, b describedRoute) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	return d
}

func (d *described) get(path string) []byte {
	d.t.Helper()
	response, err := http.Get(d.URL() + path)
	require.NoError(d.t, err)
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	require.NoError(d.t, err)
	return raw
}

// schema is the one at a place in the document, checked against the rules for
// schemas of JSON Schema 2020-12, which are OpenAPI 3.1's.
func (d *described) schema(place ...string) *jsonschema.Schema {
	d.t.Helper()
	for n, name := range place {
		place[n] = strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(name)
	}
	pointer := strings.Join(place, "/")
	if d.schemas[pointer] == nil {
		compiled, err := d.compiler.Compile("https://ringback.test/openapi.json#/" + pointer)
		require.NoError(d.t, err, pointer)
		d.schemas[pointer] = compiled
	}
	return d.schemas[pointer]
}

func TestTheDescriptionIsValid(t *testing.T) {
	d := describe(t)
	require.Equal(t, "3.1.0", d.document["openapi"])
	require.NotEmpty(t, d.document["info"].(object)["title"])
	ids := map[string]bool{}
	for _, route := range d.routes {
		id := route.operation["operationId"].(string)
		require.False(t, ids[id], "%s is there twice", id)
		ids[id] = true
		require.NotEmpty(t, route.operation["summary"], id)
		method, path := strings.ToLower(route.method), route.path
		named := map[string]bool{}
		parameters, _ := route.operation["parameters"].([]any)
		for n, one := range parameters {
			p := one.(object)
			if p["in"] == "path" {
				named["{"+p["name"].(string)+"}"] = true
			}
			d.schema("paths", path, method, "parameters", strconv.Itoa(n), "schema")
		}
		for _, part := range strings.FieldsFunc(path, func(r rune) bool { return r == '/' || r == '.' }) {
			require.Equal(t, strings.HasPrefix(part, "{"), named[part], "%s %s", id, part)
		}
		if body, there := route.operation["requestBody"].(object); there {
			for kind := range body["content"].(object) {
				d.schema("paths", path, method, "requestBody", "content", kind, "schema")
			}
		}
		for status, answer := range route.operation["responses"].(object) {
			content, _ := answer.(object)["content"].(object)
			for kind := range content {
				d.schema("paths", path, method, "responses", status, "content", kind, "schema")
			}
		}
	}
}

// Whatever is sent, right or wrong by the description: never a fault of ours,
// a problem that names the field when it is theirs, and an answer that is as
// it was described.
func TestTheAPIIsAsItIsDescribed(t *testing.T) {
	d := describe(t)
	client := apitest.Serve(t, d.Router, bootstrapKey)
	for n := range 3 { // something to find
		d.text("+1312555013"+string(rune('0'+n)), "Anybody?")
	}
	d.settle()
	for _, path := range []string{"/teams", "/teams/T/contacts", "/teams/T/tickets", "/teams/T/decisions", "/teams/T/history", "/teams/T/schedules", "/teams/T/senders", "/deliveries", "/staff"} {
		for _, item := range apitest.Items(client.Must(http.StatusOK, "GET", strings.Replace(path, "/T/", "/"+d.team.ID+"/", 1), nil)) {
			d.ids = append(d.ids, item["id"].(string))
		}
	}
	played := map[string]int{}
	rapid.Check(t, func(r *rapid.T) {
		seed := rapid.Uint64().Draw(r, "seed")
		g := &generator{Rand: rand.New(rand.NewPCG(seed, 1)), described: d}
		for range 8 {
			route := d.routes[g.IntN(len(d.routes))]
			status := g.play(r, route)
			if status < 300 {
				played[route.operation["operationId"].(string)]++
			}
		}
	})
	t.Logf("%d of %d routes did what they were asked for at least once", len(played), len(d.routes))
}

// play sends one request and judges the answer.
func (g *generator) play(t require.TestingT, route describedRoute) int {
	request, sent := g.request(route)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	about := request.Method + " " + request.URL.String() + "\n" + sent + "\n" + response.Status + " " + string(raw[:min(len(raw), 2000)])
	require.Less(t, response.StatusCode, 500, about)
	if response.StatusCode >= 400 {
		var problem struct {
			Type, Title, Detail string
			Status              int
			Errors              []struct{ Field, Detail string }
		}
		require.Equal(t, "application/problem+json", response.Header.Get("Content-Type"), about)
		require.NoError(t, json.Unmarshal(raw, &problem), about)
		require.Equal(t, response.StatusCode, problem.Status, about)
		require.NotEmpty(t, problem.Detail, about)
		if response.StatusCode == http.StatusUnprocessableEntity && !strings.Contains(problem.Detail, "NUL") {
			require.NotEmpty(t, problem.Errors, about)
		}
		return response.StatusCode
	}
	if !strings.Contains(response.Header.Get("Content-Type"), "application/json") {
		return response.StatusCode
	}
	answer, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	require.NoError(t, err, about)
	described := g.schema("paths", route.path, strings.ToLower(route.method), "responses", strconv.Itoa(response.StatusCode), "content", "application/json", "schema")
	require.NoError(t, described.Validate(answer), about)
	return response.StatusCode
}

// generator makes requests from schemas, most of them right.
type generator struct {
	*rand.Rand
	*described
}

func (g *generator) seldom() bool { return g.IntN(8) == 0 }

func oneOf[T any](g *generator, all ...T) T { return all[g.IntN(len(all))] }

func (g *generator) request(route describedRoute) (*http.Request, string) {
	path, query := route.path, url.Values{}
	parameters, _ := route.operation["parameters"].([]any)
	header := http.Header{"Authorization": {"Bearer " + bootstrapKey}}
	for _, one := range parameters {
		p := one.(object)
		name, schema := p["name"].(string), g.resolve(p["schema"])
		switch p["in"] {
		case "path":
			path = strings.Replace(path, "{"+name+"}", url.PathEscape(g.named(name)), 1)
		case "query":
			if oneOf(g, true, false, false) || p["required"] == true {
				query.Set(name, asText(g.value(schema, name)))
			}
		case "header":
			if name == "If-Match" {
				header.Set(name, oneOf(g, "*", "*", `"x"`))
			} else if oneOf(g, true, false) {
				header.Set(name, newSID())
			}
		}
	}
	address := g.URL() + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	body := g.body(route, header)
	request, err := http.NewRequest(route.method, address, strings.NewReader(body))
	require.NoError(g.t, err)
	request.Header = header
	return request, body
}

func (g *generator) named(name string) string {
	if g.seldom() {
		return oneOf(g, "01940000-0000-7000-8000-000000000000", "x", "%", "\u2603")
	}
	switch name {
	case "team":
		return g.team.ID
	case "key":
		return oneOf(g, "after_hours_text", "customer_hangs_up", "after_successful_call")
	case "sid":
		return "CA1"
	}
	return g.ids[g.IntN(len(g.ids))]
}

func (g *generator) body(route describedRoute, header http.Header) string {
	described, there := route.operation["requestBody"].(object)
	if !there {
		return ""
	}
	content := described["content"].(object)
	json, there := content["application/json"].(object)
	if !there {
		for kind := range content {
			header.Set("Content-Type", kind)
		}
		return oneOf(g, "phone,name\n+12025550101,Ann\n", "phone\n12\n", "\x00", "", "a\n\"b")
	}
	header.Set("Content-Type", "application/json")
	if g.seldom() {
		return oneOf(g, "", "{", "null", "[]", `"x"`, `{"\u0000": 1}`, `{"a": 1e999}`, strings.Repeat("[", 5000))
	}
	return asText(g.value(g.resolve(json["schema"]), ""))
}

func asText(v any) string {
	if text, plain := v.(string); plain {
		return text
	}
	raw, _ := json.Marshal(v) // made of what JSON can hold
	return string(raw)
}

func (g *generator) resolve(schema any) object {
	s, _ := schema.(object)
	if ref, there := s["$ref"].(string); there {
		return g.document["components"].(object)["schemas"].(object)[ref[strings.LastIndex(ref, "/")+1:]].(object)
	}
	return s
}

// value is one that the schema allows, or now and then one that it does not.
func (g *generator) value(s object, name string) any {
	if g.IntN(25) == 0 {
		return oneOf[any](g, nil, true, -1.5, "x", "a\x00b", strings.Repeat("ü", 3000), []any{}, object{}, "{{nobody}}", 1e300, "0000-01-01T00:00:00Z")
	}
	if examples, there := s["examples"].([]any); there && oneOf(g, true, false) {
		return examples[0]
	}
	if enum, there := s["enum"].([]any); there {
		return enum[g.IntN(len(enum))]
	}
	kind, _ := s["type"].(string)
	if kinds, several := s["type"].([]any); several {
		kind = kinds[g.IntN(len(kinds))].(string)
	}
	switch kind {
	case "object":
		return g.object(s)
	case "array":
		items := []any{}
		for range g.IntN(3) {
			items = append(items, g.value(g.resolve(s["items"]), name))
		}
		return items
	case "boolean":
		return oneOf(g, true, false)
	case "integer":
		least, _ := s["minimum"].(float64)
		return int(least) + g.IntN(20)
	case "number":
		return float64(g.IntN(100)) / 4
	case "string":
		return g.text(s, name)
	}
	return nil
}

func (g *generator) object(s object) any {
	made := object{}
	required, _ := s["required"].([]any)
	properties, _ := s["properties"].(object)
	names := make([]string, 0, len(properties))
	for name := range properties {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if (slices.Contains(required, any(name)) && g.IntN(15) > 0) || oneOf(g, true, false, false) {
			made[name] = g.value(g.resolve(properties[name]), name)
		}
	}
	if g.IntN(20) == 0 {
		made["colour"] = "red"
	}
	return made
}

func (g *generator) text(s object, name string) string {
	if s["format"] == "date-time" {
		return oneOf(g, "2026-06-01T08:00:00Z", "2026-06-01T08:00:00+02:00", "9999-12-31T23:59:59Z")
	}
	switch name {
	case "time_zone":
		return oneOf(g, "America/Chicago", "UTC", "Mars/Base")
	case "starts_at":
		return oneOf(g, "2026-01-05T08:00", "2026-01-05")
	case "ends_at":
		return oneOf(g, "2026-01-05T17:00", "2026-01-05T07:00")
	case "rrule":
		return oneOf(g, "FREQ=WEEKLY;BYDAY=MO", "FREQ=SECONDLY", "FREQ=DAILY;COUNT=0", "x")
	case "address", "phone", "contact":
		return oneOf(g, "+12025550101", "+13125550131", "+1", "green")
	case "language":
		return oneOf(g, "en", "pl", "tlh")
	case "email":
		return oneOf(g, "ann"+newSID()+"@example.com", "ann")
	case "scopes":
		return oneOf(g, "settings:read", "tickets:write")
	case "from":
		return oneOf(g, "2026-06-01", g.ids[g.IntN(len(g.ids))])
	case "team", "teams", "advisor", "advisors", "into", "assignee", "sender", "id", "event":
		return g.ids[g.IntN(len(g.ids))]
	case "cursor":
		return oneOf(g, "", "x")
	}
	return oneOf(g, "", "Ann", "Grüße {{customer_name}}", "a,b;c", "<b>", "%_\\")
}
