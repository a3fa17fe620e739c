package fault

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Bounds returns the fields of a struct that break what their tags say:
// minLength, maxLength, minimum, maximum, minItems, maxItems and enum, which the
// API's schema is drawn from as well. A form that never was JSON is held to the
// same bounds so. Structs within are looked into, items of lists are not.
func Bounds(of any) []Fault { return bounds("", reflect.ValueOf(of)) }

func bounds(prefix string, of reflect.Value) []Fault {
	var wrong []Fault
	for n := range of.NumField() {
		f, value := of.Type().Field(n), of.Field(n)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" || f.Tag.Get("readOnly") == "true" {
			continue
		}
		if value.Kind() == reflect.Struct {
			wrong = append(wrong, bounds(prefix+name+".", value)...)
			continue
		}
		if found := outside(f.Tag, value); found != nil {
			wrong = append(wrong, found.At(prefix+name))
		}
	}
	return wrong
}

func outside(tag reflect.StructTag, value reflect.Value) *Fault {
	var low, high, code, param string
	var size int
	switch value.Kind() {
	case reflect.String:
		if words := tag.Get("enum"); words != "" && !slices.Contains(strings.Split(words, ","), value.String()) {
			f := New("", "not_one_of", "List", strings.Split(words, ","))
			return &f
		}
		size, low, high, code, param = utf8.RuneCountInString(value.String()), tag.Get("minLength"), tag.Get("maxLength"), "too_short too_long", "Count"
	case reflect.Slice:
		size, low, high, code, param = value.Len(), tag.Get("minItems"), tag.Get("maxItems"), "too_few too_many", "Count"
	case reflect.Int:
		size, low, high, code, param = int(value.Int()), tag.Get("minimum"), tag.Get("maximum"), "too_low too_high", "Limit"
	default:
		return nil
	}
	below, above, _ := strings.Cut(code, " ")
	if limit, err := strconv.Atoi(low); err == nil && size < limit {
		f := New("", below, param, limit)
		return &f
	}
	if limit, err := strconv.Atoi(high); err == nil && size > limit {
		f := New("", above, param, limit)
		return &f
	}
	return nil
}
