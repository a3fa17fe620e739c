package notifications

import (
	"fmt"
	"html"
	"strings"
)

// letter is the message as an e-mail: plain, and as HTML.
func (w written) letter() (plain, html string) { return w.plain(), w.html() }

func (w written) plain() string {
	var out strings.Builder
	for _, i := range w.Items {
		fmt.Fprintf(&out, "%s\n%s\n", i.Title, i.Where)
		if i.Text != "" {
			fmt.Fprintf(&out, "\n%s\n", i.Text)
		}
		if i.URL != "" {
			fmt.Fprintf(&out, "\n%s: %s\n", w.Open, i.URL)
		}
		out.WriteString("\n")
	}
	fmt.Fprintf(&out, "-- \n%s: %s\n", w.ChooseWords, w.Choose)
	return out.String()
}

const (
	letterHead = `<!doctype html>
<html lang="%s"><head><meta charset="utf-8"><title>%s</title></head>
<body style="margin:0;padding:24px;background:#f6f6f4;color:#1c1c1a;font:16px/1.5 system-ui,sans-serif">
<div style="max-width:560px;margin:0 auto">
`
	letterItem = `<div style="background:#fff;border:1px solid #dcdcd6;border-radius:8px;padding:16px 20px;margin:0 0 12px">
<p style="margin:0;font-weight:600">%s</p>
<p style="margin:4px 0 0;color:#5b5b55;font-size:14px">%s</p>
`
	letterText = `<p style="margin:12px 0 0;white-space:pre-wrap">%s</p>
`
	letterLink = `<p style="margin:12px 0 0"><a href="%s">%s</a></p>
`
	letterFoot = `<p style="color:#5b5b55;font-size:13px"><a href="%s">%s</a></p>
</div></body></html>
`
)

// html is the letter as a page of HTML. The addresses in it are our own, below
// PublicURL; all else may hold what a customer wrote.
func (w written) html() string {
	var out page
	out.write(letterHead, w.Language, w.Subject)
	for _, i := range w.Items {
		out.write(letterItem, i.Title, i.Where)
		if i.Text != "" {
			out.write(letterText, i.Text)
		}
		if i.URL != "" {
			out.write(letterLink, i.URL, w.Open)
		}
		out.write("</div>\n")
	}
	out.write(letterFoot, w.Choose, w.ChooseWords)
	return out.String()
}

// page is HTML as it grows.
type page struct{ strings.Builder }

// write adds a form with its blanks filled in, none of which can add markup.
func (p *page) write(form string, words ...string) {
	escaped := make([]any, len(words))
	for n, word := range words {
		escaped[n] = html.EscapeString(word)
	}
	fmt.Fprintf(p, form, escaped...)
}
