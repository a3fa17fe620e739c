package console_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

// form is what a browser would send of a page's form that posts there.
func (p page) form(t *testing.T, id string) url.Values {
	t.Helper()
	document, err := html.Parse(strings.NewReader(p.text))
	require.NoError(t, err)
	for node := range document.Descendants() {
		if node.Data == "form" && attribute(node, "id") == id {
			return sent(node)
		}
	}
	require.Fail(t, "no form "+id, p.text)
	return nil
}

// focused is the id of what a browser goes to when the page is there.
func (p page) focused(t *testing.T) string {
	t.Helper()
	document, err := html.Parse(strings.NewReader(p.text))
	require.NoError(t, err)
	for node := range document.Descendants() {
		if _, goes := lookup(node, "autofocus"); goes {
			return attribute(node, "id")
		}
	}
	return ""
}

func sent(form *html.Node) url.Values {
	values := url.Values{}
	for node := range form.Descendants() {
		name := attribute(node, "name")
		_, ticked := lookup(node, "checked")
		_, disabled := lookup(node, "disabled")
		switch box := attribute(node, "type"); {
		case name == "" || disabled:
		case node.Data == "input" && (box == "checkbox" || box == "radio"):
			if ticked {
				values.Add(name, attribute(node, "value"))
			}
		case node.Data == "input":
			values.Add(name, attribute(node, "value"))
		case node.Data == "textarea":
			text := ""
			for inner := range node.Descendants() {
				text += inner.Data
			}
			values.Add(name, text)
		case node.Data == "select":
			values.Set(name, selected(node))
		}
	}
	return values
}

func selected(list *html.Node) (value string) {
	first := true
	for option := range list.Descendants() {
		if option.Data != "option" {
			continue
		}
		if _, chosen := lookup(option, "selected"); chosen || first {
			value, first = attribute(option, "value"), false
		}
	}
	return value
}

func attribute(node *html.Node, name string) string {
	value, _ := lookup(node, name)
	return value
}

func lookup(node *html.Node, name string) (string, bool) {
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}
