package i18n_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings/fault"
	"ringback/webhooks/web/i18n"
)

// makes says at which place each function that makes a fault takes its code.
var makes = map[string]int{"New": 1, "Refuse": 1, "NewConflict": 1, "Add": 2, "ruleError": 0, "templateFault": 0, "refuse": 0, "faulty": 1, "Deny": 0}

var code = regexp.MustCompile(`^[a-z][a-z0-9_]+$`)

// Every code that is written out where a fault is made has words.
func TestEveryCodeHasWords(t *testing.T) {
	seen := 0
	for _, room := range []string{"settings", "gateway", "webhooks/api"} {
		err := filepath.WalkDir(filepath.Join("../../..", room), func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if found := codeOf(n); found != "" {
					seen++
					require.True(t, i18n.Faults().Has(found), "%s: the code %s has no words", path, found)
				}
				return true
			})
			return nil
		})
		require.NoError(t, err)
	}
	require.Greater(t, seen, 150, "the test looks at the wrong places")
}

// codeOf is the code of a call that makes a fault, or empty.
func codeOf(n ast.Node) string {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return ""
	}
	name := ""
	switch f := call.Fun.(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		name = f.Sel.Name
		if of, ok := f.X.(*ast.Ident); name == "New" && (!ok || of.Name != "fault") {
			return ""
		}
	}
	at, known := makes[name]
	if !known || len(call.Args) <= at {
		return ""
	}
	literal, ok := call.Args[at].(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return ""
	}
	text, _ := strconv.Unquote(literal.Value) // it was parsed
	if !code.MatchString(text) {
		return ""
	}
	return text
}

var placeholder = regexp.MustCompile(`\{\{\.\w+\}\}`)

// The six translations name the same things, and nothing that English does not;
// English alone also names what is for those who program. Why a library could
// not read something is in English and may be left out.
func TestFaultsNameTheSameInEveryLanguage(t *testing.T) {
	for _, key := range i18n.Faults().Keys() {
		english := placeholder.FindAllString(i18n.Faults().English(key), -1)
		var pairs []any
		for _, name := range english {
			pairs = append(pairs, strings.Trim(name, "{.}"), name)
		}
		said := func(tag string) []string {
			text := i18n.Fault(tag, fault.New("", key, pairs...))
			require.NotContains(t, text, "<no value>", "%s in %s", key, tag)
			names := slices.DeleteFunc(placeholder.FindAllString(text, -1), func(name string) bool { return name == "{{.Why}}" })
			slices.Sort(names)
			return slices.Compact(names)
		}
		for _, tag := range i18n.Tags[1:] {
			require.Subset(t, english, said(tag), "%s in %s", key, tag)
			require.Equal(t, said(i18n.Tags[1]), said(tag), "%s in %s", key, tag)
		}
	}
}
