package reference

import (
	"fmt"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// field is one field of a body, or one parameter.
type field struct {
	Name, Kind, Doc, In string
	Required            bool
	Limits              string
}

// Fields that only one side may write are shown on the other's alone.
type side int

const (
	toServer side = iota
	fromServer
)

// deepest bounds how far down a body is told field by field.
const deepest = 4

// fields are those of a schema, with those below them as a.b and a[].b.
func fields(known huma.Registry, prefix string, s *huma.Schema, to side, depth int) []field {
	s = resolve(known, s)
	if s == nil || depth > deepest {
		return nil
	}
	if s.Type == huma.TypeArray {
		return fields(known, prefix+"[]", s.Items, to, depth+1)
	}
	var all []field
	for _, name := range names(s) {
		below := resolve(known, s.Properties[name])
		if below == nil || to == toServer && s.Properties[name].ReadOnly || to == fromServer && s.Properties[name].WriteOnly {
			continue
		}
		full := strings.TrimPrefix(prefix+"."+name, ".")
		f := fieldOf(known, full, s.Properties[name], to == toServer && slices.Contains(s.Required, name))
		all = append(all, f)
		all = append(all, fields(known, full, below, to, depth+1)...)
	}
	return all
}

func resolve(known huma.Registry, s *huma.Schema) *huma.Schema {
	if s != nil && s.Ref != "" {
		return known.SchemaFromRef(s.Ref)
	}
	return s
}

// names are the schema's fields, in alphabetical order but for the id, which
// stands first.
func names(s *huma.Schema) []string {
	all := make([]string, 0, len(s.Properties))
	for name := range s.Properties {
		all = append(all, name)
	}
	slices.SortFunc(all, func(a, b string) int {
		if (a == "id") != (b == "id") {
			if a == "id" {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
	return all
}

func fieldOf(known huma.Registry, name string, s *huma.Schema, required bool) field {
	f := field{Name: name, Required: required}
	if s == nil {
		return f
	}
	f.Doc = s.Description
	s = resolve(known, s)
	f.Doc, f.Kind = first(f.Doc, s.Description), s.Type
	switch {
	case s.Format == "date-time":
		f.Kind = "time"
	case s.Type == huma.TypeArray && s.Items != nil:
		f.Kind = "list of " + first(resolve(known, s.Items).Type, "anything")
	case s.Type == "":
		f.Kind = "anything"
	}
	if s.Nullable {
		f.Kind += " or null"
	}
	f.Limits = limits(s)
	return f
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func limits(s *huma.Schema) string {
	var all []string
	if len(s.Enum) > 0 {
		words := make([]string, len(s.Enum))
		for n, one := range s.Enum {
			words[n] = fmt.Sprint(one)
		}
		all = append(all, "one of "+strings.Join(words, ", "))
	}
	if s.MaxLength != nil {
		all = append(all, fmt.Sprintf("at most %d characters", *s.MaxLength))
	}
	if s.MaxItems != nil {
		all = append(all, fmt.Sprintf("at most %d of them", *s.MaxItems))
	}
	if s.Minimum != nil && s.Maximum != nil {
		all = append(all, fmt.Sprintf("%v to %v", *s.Minimum, *s.Maximum))
	}
	if s.Default != nil {
		all = append(all, fmt.Sprintf("%v when left out", s.Default))
	}
	return strings.Join(all, "; ")
}

// example is a body with the required fields in it, or with the first few when
// none is.
func example(known huma.Registry, s *huma.Schema, depth int) any {
	s = resolve(known, s)
	if s == nil || depth > deepest {
		return nil
	}
	switch {
	case len(s.Examples) > 0:
		return s.Examples[0]
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.Format == "date-time":
		return "2026-06-01T08:00:00Z"
	}
	switch s.Type {
	case huma.TypeObject:
		return exampleObject(known, s, depth)
	case huma.TypeArray:
		return []any{example(known, s.Items, depth+1)}
	case huma.TypeBoolean:
		return true
	case huma.TypeInteger, huma.TypeNumber:
		return 1
	}
	return "…"
}

func exampleObject(known huma.Registry, s *huma.Schema, depth int) any {
	made := map[string]any{}
	for _, name := range names(s) {
		if slices.Contains(s.Required, name) && !s.Properties[name].ReadOnly {
			made[name] = example(known, s.Properties[name], depth+1)
		}
	}
	for _, name := range names(s) {
		if len(made) > 0 || depth > 0 {
			break
		}
		if !s.Properties[name].ReadOnly && name != "id" {
			made[name] = example(known, s.Properties[name], depth+1)
		}
	}
	return made
}
