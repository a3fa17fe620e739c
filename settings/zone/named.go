package zone

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// of a place: what else stands in the tables are abbreviations and old names.
var place = regexp.MustCompile(`^(Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)/.`)

// Names are the zones of places, by name, and UTC.
var Names = sync.OnceValue(func() []string {
	all, err := files()
	if err != nil {
		panic(err) // they are part of the program
	}
	names := []string{"UTC"}
	for name, file := range all {
		if place.MatchString(name) && !file.FileInfo().IsDir() {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
})

// City is the place that a zone is named for, as people write it.
func City(name string) string {
	return strings.ReplaceAll(name[strings.LastIndexByte(name, '/')+1:], "_", " ")
}

// Named is the zone that somebody means who types its name or its city in letters of
// any size: "new york". What names none is as it was typed.
func Named(typed string) string {
	typed = strings.TrimSpace(typed)
	var found []string
	for _, name := range Names() {
		if strings.EqualFold(name, typed) {
			return name
		}
		if strings.EqualFold(City(name), strings.ReplaceAll(typed, "_", " ")) {
			found = append(found, name)
		}
	}
	if len(found) == 0 {
		return typed
	}
	return slices.MinFunc(found, func(a, b string) int { // America/Indianapolis goes before America/Indiana/Indianapolis
		return cmp.Or(cmp.Compare(strings.Count(a, "/"), strings.Count(b, "/")), cmp.Compare(a, b))
	})
}
