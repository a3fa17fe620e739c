package description

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"ringback/settings"
)

// File is a description as it was read.
type File struct {
	name  string
	said  map[string]any // by the API's names, of the types that they have there
	lines map[string]int // by path, such as teams[0].schedules[1].title
}

// Read reads a description in YAML. Its error is Wrong, with everything that can be
// known from the file alone.
func Read(name string, from io.Reader) (*File, error) {
	r := &reader{File: File{name: name, lines: map[string]int{}}}
	raw, err := io.ReadAll(io.LimitReader(from, mostBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(raw) > mostBytes {
		return nil, Wrong{{File: name, Fault: settings.Fault{Code: "too_large"}, Words: "is larger than 4 MB"}}
	}
	var root, second yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(raw))
	err = decoder.Decode(&root)
	switch {
	case errors.Is(err, io.EOF):
		r.wrong(1, "", "empty", "says nothing")
	case err != nil:
		r.wrong(lineOf(err), "", "yaml", strings.TrimPrefix(err.Error(), "yaml: "))
	case !errors.Is(decoder.Decode(&second), io.EOF):
		r.wrong(1, "", "yaml", "holds more than one document, or does not end as YAML does")
	default:
		r.said, _ = r.value("", root.Content[0], reflect.TypeFor[document]()).(map[string]any)
		r.named()
	}
	if len(r.found) > 0 {
		slices.SortStableFunc(r.found, func(a, b Fault) int { return cmp.Compare(a.Line, b.Line) })
		return nil, r.found
	}
	return &r.File, nil
}

const (
	mostBytes = 4 << 20
	mostNodes = 1 << 17 // with all that aliases repeat
	mostDepth = 500     // letters of a path: one that holds itself has no end
)

var yamlLine = regexp.MustCompile(`line (\d+)`)

func lineOf(err error) int {
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		line, _ := strconv.Atoi(m[1])
		return line
	}
	return 1
}

type reader struct {
	File
	found Wrong
	nodes int
	over  bool // it is too much
}

func (r *reader) wrong(line int, field, code, words string) {
	r.found = append(r.found, Fault{File: r.name, Line: line, Field: field, Fault: settings.Fault{Field: field, Code: code}, Words: words})
}

// value is what a node says where that type is expected.
func (r *reader) value(path string, n *yaml.Node, t reflect.Type) any {
	if r.nodes++; r.nodes > mostNodes || len(path) > mostDepth {
		if !r.over {
			r.over = true
			r.wrong(n.Line, path, "too_large", "repeats too much")
		}
		return nil
	}
	if _, there := r.lines[path]; !there {
		r.lines[path] = n.Line
	}
	if n.Kind == yaml.AliasNode {
		return r.value(path, n.Alias, t)
	}
	switch t.Kind() {
	case reflect.Pointer:
		if n.Tag == "!!null" {
			return nil
		}
		return r.value(path, n, t.Elem())
	case reflect.Struct, reflect.Map:
		return r.mapping(path, n, t)
	case reflect.Slice:
		if n.Kind != yaml.SequenceNode {
			r.wrong(n.Line, path, "wrong_type", "must be a list")
			return nil
		}
		list := []any{}
		for i, item := range n.Content {
			list = append(list, r.value(fmt.Sprintf("%s[%d]", path, i), item, t.Elem()))
		}
		return list
	}
	return r.scalar(path, n, t)
}

// scalar is a text, a number or a yes or no. A text need not stand in quotes, even
// if it looks like a number or a day.
func (r *reader) scalar(path string, n *yaml.Node, t reflect.Type) any {
	var into any
	words := ""
	switch t.Kind() {
	case reflect.String:
		switch {
		case strings.ContainsRune(n.Value, 0):
			r.wrong(n.Line, path, "unstorable", "holds a NUL character")
			return nil
		case n.Kind == yaml.ScalarNode && n.Tag != "!!null":
			return n.Value
		}
		words = "must be a text"
	case reflect.Bool:
		into, words = new(bool), "must be true or false"
	case reflect.Float64:
		into, words = new(float64), "must be a number"
	case reflect.Interface:
		if n.Tag == "!!timestamp" {
			return n.Value
		}
		into, words = new(any), "cannot be read"
	default:
		into, words = new(int64), "must be a whole number"
	}
	if into == nil || n.Kind != yaml.ScalarNode || n.Tag == "!!null" || n.Decode(into) != nil || lost(n, into) {
		r.wrong(n.Line, path, "wrong_type", words)
		return nil
	}
	return reflect.ValueOf(into).Elem().Interface()
}

// lost reports whether a number is not the one that was written, or none that the API
// has: YAML takes 1.5 for a whole number, and writes infinity.
func lost(n *yaml.Node, read any) bool {
	switch read := read.(type) {
	case *int64:
		return n.Tag != "!!int"
	case *float64:
		return math.IsNaN(*read) || math.IsInf(*read, 0)
	case *any:
		number, is := (*read).(float64)
		return is && lost(n, &number)
	}
	return false
}

// mapping is a value with fields, or with keys of any name.
func (r *reader) mapping(path string, n *yaml.Node, t reflect.Type) any {
	if n.Kind != yaml.MappingNode {
		r.wrong(n.Line, path, "wrong_type", "must be a mapping, of names to values")
		return nil
	}
	var fields map[string]reflect.Type
	if t.Kind() == reflect.Struct {
		fields = fieldsOf(t)
	}
	said := map[string]any{}
	for _, p := range r.pairs(path, n) {
		at := strings.TrimPrefix(path+"."+p.key.Value, ".")
		r.lines[at] = p.key.Line
		if path == "" && strings.HasPrefix(p.key.Value, "x-") {
			continue // a place for anchors
		}
		of := fields[p.key.Value]
		if t.Kind() == reflect.Map {
			of = t.Elem()
		}
		if of == nil {
			r.wrong(p.key.Line, at, "unknown_field", "is no field here; there are "+strings.Join(sorted(fields), ", "))
			continue
		}
		said[p.key.Value] = r.value(at, p.value, of)
	}
	return said
}

// pair is a key with its value.
type pair struct{ key, value *yaml.Node }

// pairs are a mapping's, with those that it merges (<<) and does not say itself.
func (r *reader) pairs(path string, n *yaml.Node) (all []pair) {
	var merged []*yaml.Node
	has := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Tag == "!!merge" && value.Kind == yaml.SequenceNode:
			merged = append(merged, value.Content...)
		case key.Tag == "!!merge":
			merged = append(merged, value)
		case has[key.Value]:
			r.wrong(key.Line, strings.TrimPrefix(path+"."+key.Value, "."), "twice", "stands here twice")
		default:
			has[key.Value] = true
			all = append(all, pair{key, value})
		}
	}
	for _, from := range merged {
		if from.Kind == yaml.AliasNode {
			from = from.Alias
		}
		if r.nodes++; from.Kind != yaml.MappingNode || r.nodes > mostNodes {
			r.wrong(from.Line, path, "wrong_type", "only a mapping can be merged")
			continue
		}
		for _, p := range r.pairs(path, from) {
			if !has[p.key.Value] {
				has[p.key.Value] = true
				all = append(all, p)
			}
		}
	}
	return all
}

// fieldsOf are a type's fields that can be chosen, by their names in JSON.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name != "" && name != "-" && f.Tag.Get("readOnly") != "true" {
			fields[name] = f.Type
		}
	}
	return fields
}

func sorted(fields map[string]reflect.Type) []string {
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
