package twilio

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Twilio's codes for what goes wrong with a document.
const (
	codeRetrieval   = 11200 // no answer, or not a good one
	codeRedirects   = 11215 // documents that only lead to each other
	codeTooLarge    = 11750
	codeXML         = 12100
	codeGrammar     = 12200
	codeContentType = 12300
)

// node is one element of a TwiML document.
type node struct {
	name     string
	attrs    map[string]string
	text     string // what stands in it, without what stands in its children
	children []*node
}

// attr is an attribute's value, or the default of one that is not there.
func (n *node) attr(name, otherwise string) string {
	if value, ok := n.attrs[name]; ok {
		return value
	}
	return otherwise
}

func (n *node) yes(name string) bool { return n.attrs[name] == "true" }

// number is an attribute that says how many. Twilio takes the default for one
// that is none; the grammar finds fault with it.
func (n *node) number(name string, otherwise int) int {
	return number(n.attrs[name], otherwise)
}

// words is the text of an element as it is spoken.
func (n *node) words() string { return strings.Join(strings.Fields(n.text), " ") }

// parse reads a document: well-formed XML with the one root Response. What
// the grammar has against the elements is left to check.
func parse(document string) (*node, error) {
	decoder := xml.NewDecoder(strings.NewReader(document))
	holder := &node{}
	open := []*node{holder}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		inner := open[len(open)-1]
		switch token := token.(type) {
		case xml.StartElement:
			child, err := element(token)
			if err != nil {
				return nil, err
			}
			inner.children = append(inner.children, child)
			open = append(open, child)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			inner.text += string(token)
		case xml.Directive:
			return nil, fmt.Errorf("a document type: <!%s>", token)
		}
	}
	if len(holder.children) != 1 || strings.TrimSpace(holder.text) != "" || holder.children[0].name != "Response" {
		return nil, errors.New("not one <Response>")
	}
	return holder.children[0], nil
}

func element(start xml.StartElement) (*node, error) {
	n := &node{name: start.Name.Local, attrs: map[string]string{}}
	if start.Name.Space != "" {
		return nil, fmt.Errorf("<%s> is in the name space %s", n.name, start.Name.Space)
	}
	for _, a := range start.Attr {
		if _, twice := n.attrs[a.Name.Local]; twice || a.Name.Space != "" {
			return nil, fmt.Errorf("<%s> has %s twice, or in a name space", n.name, a.Name.Local)
		}
		n.attrs[a.Name.Local] = a.Value
	}
	return n, nil
}
