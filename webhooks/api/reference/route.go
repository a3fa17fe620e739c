package reference

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// group is the routes about one kind of thing.
type group struct {
	Name   string
	ID     string
	Routes []route
}

// route is one operation as the page shows it.
type route struct {
	ID, Method, Path, Summary string
	Description               []string // paragraphs
	Parameters                []field
	Body, Answer              []field
	BodyKind                  string // its content type, when it is no JSON
	Status                    string
	Example                   string
}

// order is that of the groups; what is in none comes last, under its own name.
var order = []string{
	"company", "teams", "automations", "schedules", "hours", "senders", "history", "tickets", "contacts", "consents", "calls",
	"decisions", "dry-run", "week", "deliveries", "strays", "media", "staff", "keys", "session",
}

func groups(document *huma.OpenAPI, address string) []group {
	found := map[string]*group{}
	for path, item := range document.Paths {
		for method, op := range map[string]*huma.Operation{
			http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodPatch: item.Patch, http.MethodDelete: item.Delete,
		} {
			if op == nil {
				continue
			}
			name := about(path)
			if found[name] == nil {
				found[name] = &group{Name: strings.ToUpper(name[:1]) + strings.ReplaceAll(name[1:], "-", " "), ID: "about-" + name}
			}
			found[name].Routes = append(found[name].Routes, describe(document, method, path, op, address))
		}
	}
	all := make([]group, 0, len(found))
	for _, g := range found {
		slices.SortFunc(g.Routes, func(a, b route) int {
			return cmp.Or(strings.Compare(a.Path, b.Path), slices.Index(methods, a.Method)-slices.Index(methods, b.Method))
		})
		all = append(all, *g)
	}
	slices.SortFunc(all, func(a, b group) int { return cmp.Or(place(a)-place(b), strings.Compare(a.ID, b.ID)) })
	return all
}

var methods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

func place(g group) int {
	if n := slices.Index(order, strings.TrimPrefix(g.ID, "about-")); n >= 0 {
		return n
	}
	return len(order)
}

// about is the kind of thing that a path is about: the first of its words that
// follows the team.
func about(path string) string {
	words := strings.Split(strings.TrimPrefix(path, "/api/v1/"), "/")
	if len(words) > 2 && words[0] == "teams" {
		words = words[2:]
	}
	name, _, _ := strings.Cut(words[0], ".")
	return name
}

func describe(document *huma.OpenAPI, method, path string, op *huma.Operation, address string) route {
	r := route{ID: op.OperationID, Method: method, Path: path, Summary: op.Summary, Description: strings.Split(op.Description, "\n\n")}
	for _, p := range op.Parameters {
		f := fieldOf(document.Components.Schemas, p.Name, p.Schema, p.Required)
		f.Doc = cmp.Or(p.Description, f.Doc)
		f.In = p.In
		r.Parameters = append(r.Parameters, f)
	}
	var sample any
	if op.RequestBody != nil {
		for kind, content := range op.RequestBody.Content {
			if kind != "application/json" {
				r.BodyKind = kind
				continue
			}
			r.Body = fields(document.Components.Schemas, "", content.Schema, toServer, 0)
			sample = example(document.Components.Schemas, content.Schema, 0)
		}
	}
	for status, answer := range op.Responses {
		if status < "200" || status > "299" {
			continue
		}
		r.Status = status
		if content := answer.Content["application/json"]; content != nil {
			r.Answer = fields(document.Components.Schemas, "", content.Schema, fromServer, 0)
		}
	}
	r.Example = line(method, address+path, r.BodyKind, sample)
	return r
}

// line is what somebody types to try the route.
func line(method, url, kind string, sample any) string {
	words := []string{"curl", "-H 'Authorization: Bearer KEY'"}
	if method != http.MethodGet && (method != http.MethodPost || sample == nil && kind == "") {
		words = append(words, "-X "+method)
	}
	switch {
	case kind != "":
		words = append(words, "-H 'Content-Type: "+kind+"'", "--data-binary @file")
	case sample != nil:
		raw, err := json.Marshal(sample)
		if err == nil {
			words = append(words, "-H 'Content-Type: application/json'", fmt.Sprintf("-d '%s'", strings.ReplaceAll(string(raw), "'", `'\''`)))
		}
	}
	return strings.Join(append(words, "'"+url+"'"), " ")
}
