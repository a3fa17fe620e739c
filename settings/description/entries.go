package description

import (
	"fmt"
	"slices"

	"ringback/settings"
)

// kind is how one kind of entry is found, made, changed and deleted.
type kind[T any] struct {
	name, list string // schedule, schedules
	stored     []T
	match      func(stored T, said map[string]any) bool
	fresh      func() T
	shown      func(T) any    // as it is compared; nil: as it is
	named      func(T) string // as people call it
	over       func(path string, said map[string]any, onto *T) error
	add        func(path string, said map[string]any, one T) error
	save       func(path string, said map[string]any, before, after T) error
	hidden     func(path string, said map[string]any, before T) ([]Field, error) // what differs and cannot be shown; nil: nothing is hidden
	remove     func(T) error
}

// entries brings a list of the team's to what is said of it. The operations are
// those of the API: create-schedule, change-schedule, delete-schedule.
func entries[T any](t *teamRun, k kind[T], prune bool, operation string) error {
	if _, listed := t.said[k.list]; !listed {
		return nil
	}
	seen := make([]bool, len(k.stored))
	for n, said := range list(t.said, k.list) {
		path := fmt.Sprintf("%s.%s[%d]", t.path, k.list, n)
		at := slices.IndexFunc(k.stored, func(one T) bool { return k.match(one, said) })
		if at < 0 {
			if err := k.create(t, path, said, operation); err != nil {
				return err
			}
			continue
		}
		if seen[at] {
			t.fault(path, twice, "describes what an entry above describes already")
			continue
		}
		seen[at] = true
		if err := k.change(t, path, said, k.stored[at], operation); err != nil {
			return err
		}
	}
	for at, one := range k.stored {
		if seen[at] {
			continue
		}
		c := Change{Kind: k.name, Name: k.named(one), Does: Keep}
		if prune {
			c.Does = Delete
			if err := t.refuse(t.path, k.remove(one)); err != nil {
				return err
			}
		}
		if err := t.did(c, "delete-"+operation); err != nil {
			return err
		}
	}
	return nil
}

func (k kind[T]) create(t *teamRun, path string, said map[string]any, operation string) error {
	one := k.fresh()
	if err := k.over(path, said, &one); err != nil {
		return err
	}
	if err := t.refuse(path, k.add(path, said, one)); err != nil {
		return err
	}
	return t.did(Change{Kind: k.name, Name: k.named(one), Does: Create}, "create-"+operation)
}

func (k kind[T]) change(t *teamRun, path string, said map[string]any, before T, operation string) error {
	after := before
	if err := k.over(path, said, &after); err != nil {
		return err
	}
	c := Change{Kind: k.name, Name: k.named(after), Does: None}
	var err error
	if c.Fields, err = differ(k.shown(before), k.shown(after)); err != nil {
		return err
	}
	if k.hidden != nil {
		more, err := k.hidden(path, said, before)
		if err := t.refuse(path, err); err != nil {
			return err
		}
		c.Fields = append(c.Fields, more...)
	}
	if len(c.Fields) > 0 {
		c.Does = Alter
		if err := t.refuse(path, k.save(path, said, before, after)); err != nil {
			return err
		}
	}
	return t.did(c, "change-"+operation)
}

// prunes reports whether the file says so of that kind.
func (t *teamRun) prunes(kind string) bool { return prunes(t.said, kind) }

var twice = settings.Fault{Code: "twice"}

// same is what is compared of a kind that has nothing to hide.
func same[T any](one T) any { return one }
