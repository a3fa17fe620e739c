package i18n

import (
	"embed"
	"fmt"
	"io/fs"
	"reflect"
	"strings"
	"sync"

	"ringback/settings"
)

//go:embed faults/*.json
var faultFiles embed.FS

// Faults are the words of what is wrong with a field, by the fault's code.
var Faults = sync.OnceValue(func() *Catalog {
	files, err := fs.Sub(faultFiles, "faults")
	if err != nil {
		panic(err) // the folder stands in the pattern above
	}
	catalog, err := Load(files)
	if err != nil {
		panic(err) // a test reads them all
	}
	return catalog
})

// Fault says what is wrong with a field, in the language of the tag.
func Fault(tag string, f settings.Fault) string {
	var pairs []any
	for name, value := range f.Params {
		pairs = append(pairs, name, plain(value))
	}
	return Faults().Match(tag, "").T(f.Code, pairs...)
}

// Refusal says what is wrong with all of the fields, each by its name.
func Refusal(tag string, wrong settings.Invalid) string {
	said := make([]string, 0, len(wrong))
	for _, f := range wrong {
		words := strings.TrimSuffix(Fault(tag, f), ".")
		if f.Field != "" {
			words = f.Field + ": " + words
		}
		said = append(said, words)
	}
	return strings.Join(said, "; ")
}

// plain writes a value as programs do: a limit is compared with what was sent.
func plain(value any) string {
	if said, ok := value.(fmt.Stringer); ok {
		return said.String()
	}
	list := reflect.ValueOf(value)
	if list.Kind() != reflect.Slice {
		return fmt.Sprint(value)
	}
	items := make([]string, list.Len())
	for n := range items {
		items[n] = fmt.Sprint(list.Index(n))
	}
	return strings.Join(items, ", ")
}
