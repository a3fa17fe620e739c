package main

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

type manual struct{}

// Run prints the manual page, ringback(1), for a package to bring along.
func (manual) Run(model *kong.Application, out output) error {
	_, err := fmt.Fprint(out.to, page(model))
	return err
}

// page is the manual page in the language of troff, drawn from what --help says.
func page(model *kong.Application) string {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH RINGBACK 1\n.SH NAME\nringback \\- gateway between a company's teams and their customers\n")
	fmt.Fprintf(&b, ".SH SYNOPSIS\n.B ringback\n\\fIcommand\\fR [\\fIflags\\fR]\n.SH DESCRIPTION\n%s\n", plain(model.Help))
	options := func(flags []*kong.Flag) {
		for _, f := range flags {
			if !f.Hidden {
				fmt.Fprintf(&b, ".TP\n.B %s\n%s\n", plain(f.String()), plain(f.Help))
			}
		}
	}
	b.WriteString(".SH OPTIONS\n")
	options(model.Flags)
	b.WriteString(".SH COMMANDS\n")
	for _, c := range model.Leaves(true) {
		fmt.Fprintf(&b, ".SS %s\n%s\n", plain(strings.TrimPrefix(c.Summary(), "ringback ")), plain(c.Help))
		options(c.Flags)
	}
	b.WriteString(".SH ENVIRONMENT\nWhat the server is told stands in the environment; the file /etc/ringback/ringback.env names the variables.\n")
	b.WriteString(".SH EXIT STATUS\n0: it is done. 1: it could not be done, or the doctor found something wrong. 2: what was typed means nothing.\n")
	return b.String()
}

// plain is text that troff takes for nothing else.
func plain(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "\n", " ").Replace(text)
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	return text
}
