// Package templates draws pages in the language of who reads them: the staff's, the
// customers' and the contact page alike.
//
// The hard decision: a page is drawn whole before any of it goes out, so that a fault on its
// way is an answer of its own and no half of a page.
package templates

import (
	"bytes"
	"html/template"
	"io/fs"

	"ringback/webhooks/web/i18n"
)

// Set is the templates and the phrases of pages that belong together.
type Set struct {
	Words *i18n.Catalog
	each  i18n.Each[*template.Template]
}

// Load reads a set from a folder: templates/*.html, and phrases/*.json with more phrases
// beside. Functions are what the templates call in a language. It is done once a process:
// each language takes time and memory, and is made when somebody first reads it.
func Load(folder fs.FS, functions func(*i18n.Language) template.FuncMap, more ...fs.FS) (s Set, err error) {
	phrases, err := fs.Sub(folder, "phrases")
	if err != nil {
		return s, err
	}
	if s.Words, err = i18n.Load(append([]fs.FS{phrases}, more...)...); err != nil {
		return s, err
	}
	s.each, err = i18n.MakeEach(s.Words, func(l *i18n.Language) (*template.Template, error) {
		return template.New("").Funcs(functions(l)).ParseFS(folder, "templates/*.html")
	})
	return s, err
}

// Draw is a template with its data, in a language.
func (s Set) Draw(l *i18n.Language, name string, data any) ([]byte, error) {
	pages, err := s.each.In(l)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = pages.ExecuteTemplate(&out, name, data)
	return out.Bytes(), err
}
