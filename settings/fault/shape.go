package fault

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Shape is what of a struct's values breaks the bounds that stand in its tags
// (minLength, maxLength, minItems, maxItems, minimum, maximum, enum), of which
// the API's description is drawn too. Texts are counted in characters. What may
// be left out (omitempty, or required:"false") may be empty.
func Shape(v any) []Fault {
	return shapeOf("", reflect.Indirect(reflect.ValueOf(v)))
}

func shapeOf(prefix string, v reflect.Value) []Fault {
	var wrong []Fault
	for n := range v.NumField() {
		field := v.Type().Field(n)
		if !field.IsExported() {
			continue
		}
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		value := v.Field(n)
		if field.Anonymous && name == "" && value.Kind() == reflect.Struct {
			wrong = append(wrong, shapeOf(prefix, value)...)
			continue
		}
		optional := strings.Contains(options, "omitempty") || field.Tag.Get("required") == "false"
		if name == "-" || optional && value.IsZero() || field.Tag.Get("readOnly") == "true" {
			continue
		}
		wrong = append(wrong, shapeIn(prefix+name, field.Tag, reflect.Indirect(value))...)
	}
	return wrong
}

// shapeIn checks one value, and what it is made of.
func shapeIn(name string, tag reflect.StructTag, v reflect.Value) []Fault {
	switch v.Kind() {
	case reflect.String:
		return text(name, tag, v.String())
	case reflect.Int, reflect.Int64:
		return within(name, tag, int(v.Int()), "minimum", "too_low", "maximum", "too_high", "Limit")
	case reflect.Slice:
		wrong := within(name, tag, v.Len(), "minItems", "too_few", "maxItems", "too_many", "Count")
		for n := range v.Len() {
			if item := v.Index(n); item.Kind() == reflect.Struct {
				wrong = append(wrong, shapeOf(fmt.Sprintf("%s[%d].", name, n), item)...)
			}
		}
		return wrong
	case reflect.Struct:
		return shapeOf(name+".", v)
	}
	return nil
}

// Storable reports whether Postgres keeps a text: its letters are whole, and none
// is a NUL.
func Storable(said string) bool { return utf8.ValidString(said) && !strings.ContainsRune(said, 0) }

func text(name string, tag reflect.StructTag, said string) []Fault {
	if !Storable(said) {
		return []Fault{New(name, "unstorable")}
	}
	if choices := tag.Get("enum"); choices != "" {
		if list := strings.Split(choices, ","); !slices.Contains(list, said) {
			return []Fault{New(name, "not_one_of", "List", list)}
		}
	}
	return within(name, tag, utf8.RuneCountInString(said), "minLength", "too_short", "maxLength", "too_long", "Count")
}

// within compares a number with the two bounds that the tag may have.
func within(name string, tag reflect.StructTag, n int, low, below, high, above, param string) []Fault {
	if limit, err := strconv.Atoi(tag.Get(low)); err == nil && n < limit {
		return []Fault{New(name, below, param, limit)}
	}
	if limit, err := strconv.Atoi(tag.Get(high)); err == nil && n > limit {
		return []Fault{New(name, above, param, limit)}
	}
	return nil
}
