package whatsapp

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
)

// exact takes the names in a body literally: encoding/json would let "TYPE" stand
// for "type", and the last of both would count. A name of ours that is written in
// another case is made one of nobody's; all else stays as it is.
func exact(body []byte) []byte {
	if !json.Valid(body) {
		return body
	}
	out := body
	for at := 0; at < len(body); at++ {
		if body[at] != '"' {
			continue
		}
		end := at + 1
		for body[end] != '"' {
			if body[end] == '\\' {
				end++
			}
			end++
		}
		if next := bytes.TrimLeft(body[end+1:], " \t\r\n"); len(next) > 0 && next[0] == ':' && variant(body[at:end+1]) {
			if &out[0] == &body[0] {
				out = bytes.Clone(body)
			}
			for i := at + 1; i < end; i++ {
				out[i] = '_'
			}
		}
		at = end
	}
	return out
}

// variant reports whether a quoted name is one of ours but for its case.
func variant(quoted []byte) bool {
	var name string
	if json.Unmarshal(quoted, &name) != nil || ourNames[name] {
		return false
	}
	for ours := range ourNames {
		if strings.EqualFold(name, ours) {
			return true
		}
	}
	return false
}

// ourNames are the names that are read anywhere in a body.
var ourNames = func() map[string]bool {
	all := map[string]bool{}
	for _, name := range []string{
		"object", "entry", "id", "changes", "time", "product_retailer_id", "quantity", "item_price", "currency",
		"name", "formatted_name", "phones", "phone", "previous", "current", "detail", "wa_id", "user_id", "timestamp",
	} {
		all[name] = true
	}
	for _, of := range []any{change{}, message{}, person{}, status{}, call{}} {
		names(reflect.TypeOf(of), all)
	}
	return all
}()

func names(of reflect.Type, all map[string]bool) {
	switch of.Kind() {
	case reflect.Pointer, reflect.Slice:
		names(of.Elem(), all)
	case reflect.Struct:
		for n := range of.NumField() {
			f := of.Field(n)
			if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
				all[name] = true
			}
			names(f.Type, all)
		}
	}
}
