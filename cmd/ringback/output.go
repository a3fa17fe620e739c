package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"ringback/cmd/progress"
	"ringback/settings"
	"ringback/settings/description"
	"ringback/settings/fault"
	"ringback/settings/staff"
	"ringback/webhooks/web/i18n"
)

// output is where a command answers: to a person in words, to a program that
// asks with --json in JSON and in nothing else. docs/cli.md is the contract.
type output struct {
	to   io.Writer
	errs io.Writer // where the log goes, and how far long work is
	json bool
}

// progress is where long work says how far it is; to a program it does not.
func (o output) progress() *progress.Line {
	if o.json {
		return nil
	}
	return progress.To(o.errs, progress.Terminal(o.errs))
}

// words is where the lines for people go; a program gets none of them.
func (o output) words() io.Writer {
	if o.json {
		return io.Discard
	}
	return o.to
}

// value is a line of JSON for a program; people have been told in words.
func (o output) value(v any) error {
	if !o.json {
		return nil
	}
	return writeJSON(o.to, v)
}

func writeJSON(to io.Writer, v any) error {
	e := json.NewEncoder(to)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// items is a list as the API answers it.
type items[T any] struct {
	Items []T `json:"items"`
}

// failure is how a command ended that could not be done.
type failure struct {
	Message string  `json:"message"`          // in words, English
	Exit    int     `json:"exit"`             // the exit status
	Errors  []wrong `json:"errors,omitempty"` // the values that were refused
}

// wrong is one value that was refused, as in the API's problems.
type wrong struct {
	Field  string `json:"field"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
	File   string `json:"file,omitempty"` // of a description, with the line
	Line   int    `json:"line,omitempty"`
}

// fail says on standard error what went wrong, and returns the exit status. See
// is what a person reads on in; empty: nothing.
func (o output) fail(errs io.Writer, status int, err error, see string) int {
	if o.json {
		f := failure{Message: inWords(err), Exit: status}
		for _, one := range faults(err) {
			f.Errors = append(f.Errors, wrong{Field: one.Field, Code: one.Code, Detail: i18n.Fault("en", one)})
		}
		var described description.Wrong
		if errors.As(err, &described) {
			f.Errors = inFile(described)
		}
		_ = writeJSON(errs, map[string]failure{"error": f})
		return status
	}
	_, _ = fmt.Fprintf(errs, "ringback: %s\n", inWords(err))
	if see != "" {
		_, _ = fmt.Fprintf(errs, "See: %s --help\n", see)
	}
	return status
}

// inWords is an error as a person reads it: faults are codes, and their words
// stand in the catalog.
func inWords(err error) string {
	var described description.Wrong
	if errors.As(err, &described) {
		var words strings.Builder
		words.WriteString("nothing was changed")
		for _, one := range inFile(described) {
			fmt.Fprintf(&words, "\n%s:%d: %s: %s", one.File, one.Line, one.Field, one.Detail)
		}
		return words.String()
	}
	if all := faults(err); len(all) > 0 {
		return i18n.Refusal("en", all)
	}
	var denied staff.Denied
	if errors.As(err, &denied) { // with where it was denied
		return strings.Replace(err.Error(), denied.Error(), i18n.Fault("en", denied.Fault), 1)
	}
	return err.Error()
}

// inFile are the faults of a description.
func inFile(described description.Wrong) []wrong {
	all := make([]wrong, 0, len(described))
	for _, f := range described {
		detail := f.Words
		if detail == "" {
			detail = i18n.Fault("en", f.Fault)
		}
		all = append(all, wrong{Field: f.Field, Code: f.Code, Detail: detail, File: f.File, Line: f.Line})
	}
	return all
}

// faults are the values that an error is about.
func faults(err error) []fault.Fault {
	var refused settings.Invalid
	var conflict *settings.Conflict
	switch {
	case errors.As(err, &refused):
		return refused
	case errors.As(err, &conflict):
		return []fault.Fault{conflict.Fault}
	}
	return nil
}

// inJSON is a value on one line.
func inJSON(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(raw)
}
