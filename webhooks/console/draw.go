package console

import (
	"html"
	"html/template"
	"net/http"
	"regexp"
	"strings"
)

// Show answers the whole page from a template.
func (v *View) Show(name string, data any) error { return v.show(http.StatusOK, name, data) }

// ShowFault answers the page of a form that was refused, with 422.
func (v *View) ShowFault(name string, data any) error {
	return v.show(http.StatusUnprocessableEntity, name, data)
}

func (v *View) show(status int, name string, data any) error {
	v.Page = data
	content, err := v.render(name, data)
	if err != nil {
		return err
	}
	v.heading = headingOf(content)
	body, err := v.render("layout.html", template.HTML(content)) // #nosec G203 -- our own template made it
	if err != nil {
		return err
	}
	if status >= http.StatusBadRequest {
		body = landing(body)
	}
	v.g.Data(status, "text/html; charset=utf-8", body)
	return nil
}

// Part answers a piece of a page, for htmx to put in its place.
func (v *View) Part(name string, data any) error { return v.partOf(http.StatusOK, name, data) }

func (v *View) partOf(status int, name string, data any) error {
	body, err := v.render(name, data)
	if err != nil {
		return err
	}
	v.g.Data(status, "text/html; charset=utf-8", body)
	return nil
}

// Title is whom or what the page is about, as its heading says it; empty: what its entry
// of the rail says.
func (v *View) Title() string {
	if v.Nav != "" && strings.HasPrefix(v.heading, v.T("nav."+v.Nav)) { // "Team: Service" as well
		return ""
	}
	return v.heading
}

var (
	heading = regexp.MustCompile(`(?s)<h1[^>]*>(.*?)</h1>`)
	tag     = regexp.MustCompile(`<[^>]*>`)
)

// headingOf is what a page calls itself, as plain words.
func headingOf(page []byte) string {
	found := heading.FindSubmatch(page)
	if found == nil {
		return ""
	}
	return strings.Join(strings.Fields(html.UnescapeString(tag.ReplaceAllString(string(found[1]), ""))), " ")
}

func (v *View) render(name string, data any) ([]byte, error) {
	return v.console.pages.Draw(v.Words, name, v.Of(data))
}

// Of is this view with other data: {{template "row" ($.Of .)}}.
func (v *View) Of(data any) *View {
	other := *v
	other.Data = data
	return &other
}
