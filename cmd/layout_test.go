// Package cmd_test holds the whole module to the layout it is meant to keep. It
// parses the sources instead of asking `go list`, whose answer go test would go on
// believing after a file has changed.
package cmd_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "ringback"

// line is the order of the folders: one may import itself and what stands left of it.
var line = []string{"channels", "settings", "gateway", "webhooks", "cmd"}

// only says in which folders a dependency may be imported, and why in no others;
// their tests may not either, except where a test measures against it.
var only = []struct {
	imported string // and all that stands below it
	folders  []string
	tests    bool // may be imported by any test
	why      string
}{
	{
		module + "/migrations",
		[]string{"migrations", "cmd"},
		true,
		"because the schema is there before anything runs: who migrates is who starts the program",
	},
	{
		"github.com/twilio/twilio-go",
		[]string{"channels"},
		false,
		"because what a provider calls things ends at its channel: all else knows Event and Outgoing, and a second provider changes nothing there",
	},
	{
		"net/http",
		[]string{"channels", "gateway", "webhooks", "cmd"},
		false,
		"because what can be chosen, and by whom, is the same from whatever door it is asked: who comes is a staff.Visit there, and cookies, headers and requests are webhooks/web/session's",
	},
	{
		"github.com/gin-gonic", doors, true,
		"because an HTTP server is a door and stands in webhooks: what is decided behind it is called by the API, the console, the chat and tests alike",
	},
	{
		"github.com/gin-contrib", doors, true,
		"because it extends gin, and an HTTP server is a door and stands in webhooks",
	},
	{
		"github.com/danielgtaylor/huma",
		[]string{"webhooks"},
		true,
		"because what the API's documents say of a field is the API's: a use case has Go types and faults with codes, and no HTTP status",
	},
	{
		"html/template", doors, true,
		"because pages stand with their doors, where their words are translated: what is below returns values, and the few lines of an e-mail are escaped by html.EscapeString",
	},
	{
		"text/template", nil, false,
		"because it escapes nothing, and runs what a user has written: texts with placeholders are settings/text's, pages html/template's",
	},
	{
		"github.com/jmoiron/sqlx",
		[]string{"settings", "gateway", "webhooks", "cmd", "migrations"},
		false,
		"because a provider's channel is told all it needs and returns what came of it: what is kept is written by who asked it",
	},
	{
		"database/sql", append([]string{"channels/clock"}, stores...), true,
		"because a door reads what was asked and shows what came of it: the statements are the use case's, which the API, the pages and the chat share",
	},
	{
		"github.com/lib/pq", stores, true,
		"because a door reads what was asked and shows what came of it: the statements are the use case's, which the API, the pages and the chat share",
	},
	{
		module + "/settings/transaction", stores, true,
		"because what happens together is said by the use case, not by the door that calls it",
	},
	{
		"go.opentelemetry.io/otel",
		[]string{"gateway/traces"},
		false,
		"because it is twenty modules, and what is traced is few steps with few facts: who tells of one calls traces.Span",
	},
	{
		"golang.ngrok.com",
		[]string{"cmd/tunnel"},
		false,
		"because it weighs 16 MB that only a build with the tag ngrok pays for",
	},
}

// doors speak HTTP to the outside, or play somebody who does.
var doors = []string{"webhooks", "cmd/demo", "cmd/bench"}

// stores know the database's statements; doors hold it, and hand it on.
var stores = []string{"settings", "gateway", "cmd", "migrations"}

// statements are the methods by which the database is asked.
var statements = []string{
	"BeginTxx", "Beginx", "BeginTx", "ExecContext", "MustExec", "GetContext", "SelectContext", "NamedExecContext",
	"QueryContext", "QueryRowContext", "QueryxContext", "QueryRowxContext", "PreparexContext", "PrepareContext",
}

// pure folders decide from what they are given: no I/O, no clock, no chance.
var pure = []string{"gateway/rules", "gateway/effects", "settings/schedule"}

var impure = []string{
	"context", "crypto/rand", "database", "io/ioutil", "log", "math/rand", "net", "os", "syscall",
	"github.com/jmoiron/sqlx", "github.com/lib/pq", "golang.org/x/net", "golang.org/x/sys", module + "/channels/clock",
}

// address packages only take names apart, though they stand under net.
var address = []string{"net/mail", "net/netip", "net/url"}

var clock = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker", "Local"}

// pages show what use cases say and ask nobody over HTTP, least of all our own API.
var (
	pages = []string{"webhooks/console", "webhooks/pages", "webhooks/contact"}
	asks  = []string{"Client", "DefaultClient", "NewRequest", "NewRequestWithContext", "Get", "Post"}
)

// wallClocks are the tests that read the real time, and why. In a synctest bubble
// time is the test's own.
var wallClocks = map[string]string{
	"channels/channeltest/acme_test.go": "a channel reads a Retry-After that is dated by the real time",
	"channels/oidc/oidc_test.go":        "the library compares what a provider signed with the real time",
	"cmd/e2e/payment_test.go":           "Stripe's library compares a signature with the real time",
}

// entries may stand at the top, the last ones being made by builds and runs.
var entries = []string{
	"channels", "settings", "gateway", "webhooks", "cmd", "migrations", "docs",
	"go.mod", "go.sum", "README.md", "CHANGELOG.md", "LICENSE", "CONTRIBUTING.md", "SECURITY.md", "Makefile", "Dockerfile",
	".ci", ".github", ".golangci.yml", ".git", ".gitignore", ".gitattributes", ".dockerignore", ".editorconfig",
	"bin", "data", ".cache", "node_modules",
}

func TestLayout(t *testing.T) {
	var faults []string
	documented := map[string]bool{}
	files := sources(t, "..")
	require.Greater(t, len(files), 10, "the sources were found")
	for _, name := range files {
		text, err := os.ReadFile(filepath.Join("..", name))
		require.NoError(t, err)
		faults = append(faults, check(t, name, text)...)
		if !strings.HasSuffix(name, "_test.go") {
			documented[path.Dir(name)] = documented[path.Dir(name)] || hasDoc(t, name, text)
		}
	}
	for dir, ok := range documented {
		if !ok {
			faults = append(faults, dir+": no file says in a package comment what the package is for")
		}
	}
	require.Empty(t, faults, "\n"+strings.Join(faults, "\n"))
}

func TestTopLevel(t *testing.T) {
	found, err := os.ReadDir("..")
	require.NoError(t, err)
	for _, entry := range found {
		require.Contains(t, entries, entry.Name(), "at the top of the repository")
	}
}

// sources are the module's Go files, as slash paths from its root.
func sources(t *testing.T, root string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if entry.IsDir() && rel != "." && passOver(entry.Name()) {
			return fs.SkipDir
		}
		if !entry.IsDir() && strings.HasSuffix(rel, ".go") {
			names = append(names, filepath.ToSlash(rel))
		}
		return err
	})
	require.NoError(t, err)
	return names
}

func passOver(folder string) bool {
	return strings.HasPrefix(folder, ".") || slices.Contains([]string{"testdata", "bin", "data", "node_modules"}, folder)
}

// check returns what is wrong with one file.
func check(t *testing.T, name string, text []byte) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
	require.NoError(t, err)
	test := strings.HasSuffix(name, "_test.go")
	dir := path.Dir(name)
	var faults []string
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		require.NoError(t, err)
		if why := refuse(dir, imported, test); why != "" {
			faults = append(faults, name+": imports "+imported+", "+why)
		}
	}
	if test && wallClocks[name] == "" {
		for _, use := range realTimes(file) {
			faults = append(faults, name+": "+use+", but tests play at the time of channels/clock/clocktest")
		}
	}
	if within(dir, pure) && !test {
		for _, call := range clockUses(file) {
			faults = append(faults, name+": uses time."+call+", but knows no clock")
		}
	}
	if first(dir) == "webhooks" && !test {
		for _, call := range methods(file, statements) {
			faults = append(faults, name+": calls "+call+", but a door asks a use case, which asks the database")
		}
	}
	if within(dir, pages) && !test {
		for _, use := range calls(file, "http", asks) {
			faults = append(faults, name+": uses http."+use+", but a page calls the use case that the API calls")
		}
	}
	return faults
}

// refuse says why a folder may not import a package, or nothing.
func refuse(dir, imported string, test bool) string {
	if rest, ok := strings.CutPrefix(imported, module+"/"); ok {
		here, there := slices.Index(line, first(dir)), slices.Index(line, first(rest))
		if there > here {
			return "which stands right of it"
		}
	}
	for _, o := range only {
		if within(imported, []string{o.imported}) && !within(dir, o.folders) && (!test || !o.tests) {
			who := "nobody"
			if len(o.folders) > 0 {
				who = "only " + strings.Join(o.folders, ", ")
			}
			return "which " + who + " may, " + o.why
		}
	}
	if within(dir, pure) && !test && within(imported, impure) && !slices.Contains(address, imported) {
		return "but does no I/O and knows no clock"
	}
	return ""
}

func first(dir string) string {
	top, _, _ := strings.Cut(dir, "/")
	return top
}

// within tells whether the path is one of the folders or inside one.
func within(name string, folders []string) bool {
	return slices.ContainsFunc(folders, func(f string) bool {
		return name == f || strings.HasPrefix(name, f+"/")
	})
}

func clockUses(file *ast.File) []string { return calls(file, "time", clock) }

// calls are the names of a package that a file uses.
func calls(file *ast.File, pkg string, names []string) []string {
	var uses []string
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && x.Name == pkg && slices.Contains(names, s.Sel.Name) {
				uses = append(uses, s.Sel.Name)
			}
		}
		return true
	})
	return uses
}

// methods are the calls of any of these names, whatever they are called on.
func methods(file *ast.File, names []string) []string {
	var found []string
	ast.Inspect(file, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if s, ok := call.Fun.(*ast.SelectorExpr); ok && slices.Contains(names, s.Sel.Name) {
				found = append(found, s.Sel.Name)
			}
		}
		return true
	})
	return found
}

// realTimes are the places where a test reads the real time, or starts something
// that does.
func realTimes(file *ast.File) []string {
	if slices.ContainsFunc(file.Imports, func(i *ast.ImportSpec) bool { return i.Path.Value == `"testing/synctest"` }) {
		return nil
	}
	var uses []string
	for _, use := range clockUses(file) {
		if slices.Contains([]string{"Now", "Since", "Until", "Sleep"}, use) {
			uses = append(uses, "uses time."+use)
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		made, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		kind, ok := made.Type.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		switch of, _ := kind.X.(*ast.Ident); {
		case of == nil:
		case of.Name == "clock" && kind.Sel.Name == "Clock":
			uses = append(uses, "makes a clock of the real time")
		case of.Name == "app" && kind.Sel.Name == "Config" && !slices.ContainsFunc(made.Elts, isClock):
			uses = append(uses, "starts a gateway without a Clock")
		}
		return true
	})
	return uses
}

func isClock(element ast.Expr) bool {
	field, ok := element.(*ast.KeyValueExpr)
	if !ok {
		return false
	}
	name, ok := field.Key.(*ast.Ident)
	return ok && name.Name == "Clock"
}

func hasDoc(t *testing.T, name string, text []byte) bool {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments|parser.PackageClauseOnly)
	require.NoError(t, err)
	return file.Doc != nil && strings.TrimSpace(file.Doc.Text()) != ""
}

// The rules themselves have to catch what they are for.
func TestLayoutRulesCatch(t *testing.T) {
	for _, c := range []struct{ file, code, fault string }{
		{"channels/twilio/send.go", `import "ringback/settings"`, "stands right of it"},
		{"gateway/handle_test.go", `import "ringback/webhooks"`, "stands right of it"},
		{"migrations/migrations.go", `import "ringback/channels"`, "stands right of it"},
		{"settings/team.go", `import "ringback/migrations"`, "only migrations, cmd may"},
		{"settings/team_test.go", `import "ringback/migrations/testdb"`, ""},
		{"cmd/app/app.go", `import "ringback/migrations/pg"`, ""},
		{"gateway/send.go", `import "github.com/twilio/twilio-go/client"`, "only channels may"},
		{"gateway/send.go", `import "github.com/gin-gonic/gin"`, "only webhooks"},
		{"gateway/send.go", `import "github.com/gin-gonic/gin"`, "because an HTTP server is a door"},
		{"channels/simulator/twilio/rest.go", `import "github.com/gin-gonic/gin"`, "because an HTTP server is a door"},
		{"settings/team.go", `import "github.com/danielgtaylor/huma/v2"`, "no HTTP status"},
		{"settings/staff/sign_in.go", `import "net/http"`, "webhooks/web/session"},
		{"settings/staff/sign_in_test.go", `import "net/http/httptest"`, "webhooks/web/session"},
		{"webhooks/web/session/cookie.go", `import "net/http"`, ""},
		{"gateway/notifications/letter.go", `import "html/template"`, "html.EscapeString"},
		{"webhooks/pages/page.go", `import "html/template"`, ""},
		{"webhooks/pages/page.go", `import "text/template"`, "which nobody may, because it escapes nothing"},
		{"cmd/ringback/serve.go", `import "golang.ngrok.com/ngrok/v2"`, "only cmd/tunnel may, because it weighs 16 MB"},
		{"cmd/bench/bench_test.go", `import "github.com/gin-gonic/gin"`, ""},
		{"webhooks/pages/page.go", `import ("github.com/gin-gonic/gin"; "ringback/gateway"; "ringback/webhooks")`, ""},
		{"gateway/rules/words.go", `import "os"`, "does no I/O"},
		{"gateway/rules/words.go", `import "log/slog"`, "does no I/O"},
		{"gateway/rules/words.go", `import "net/http"`, "does no I/O"},
		{"gateway/rules/words.go", `import "net/url"`, ""},
		{"gateway/rules/words_test.go", `import "os"`, ""},
		{"settings/schedule/next.go", `import "time"; var t = time.Now()`, "knows no clock"},
		{"settings/schedule/next.go", `import "time"; var t = time.UTC`, ""},
		{"gateway/send_test.go", `import "time"; var t = time.Now()`, "uses time.Now, but tests play"},
		{"gateway/send_test.go", `import ("testing/synctest"; "time"); var t = time.Now()`, ""},
		{"gateway/send_test.go", `import "ringback/channels/clock"; var c = &clock.Clock{}`, "a clock of the real time"},
		{"webhooks/console/senders.go", `import "net/http"; var c = http.DefaultClient`, "but a page calls the use case"},
		{"webhooks/console/senders_test.go", `import "net/http"; var c = http.DefaultClient`, ""},
		{"webhooks/console/senders.go", `import "net/http"; var c = http.StatusOK`, ""},
		{"channels/twilio/send.go", `import "github.com/jmoiron/sqlx"`, "a provider's channel is told all it needs"},
		{"webhooks/pages/pages.go", `import "github.com/jmoiron/sqlx"; type c struct { DB *sqlx.DB }`, ""},
		{"webhooks/pages/show.go", `import "database/sql"`, "the statements are the use case's"},
		{"webhooks/pages/show.go", `import "github.com/lib/pq"`, "the statements are the use case's"},
		{"webhooks/pages/show.go", `import "ringback/settings/transaction"`, "said by the use case"},
		{"webhooks/pages/show.go", `func f() { p.DB.GetContext(ctx, &v, q) }`, "calls GetContext, but a door asks a use case"},
		{"webhooks/pages/show.go", `func f() { sqlx.SelectContext(ctx, p.DB, &v, q) }`, "calls SelectContext, but a door asks"},
		{"webhooks/pages/show_test.go", `func f() { p.DB.MustExec(q) }`, ""},
		{"gateway/send.go", `func f() { g.DB.ExecContext(ctx, q) }`, ""},
		{"cmd/access_test.go", `import "ringback/cmd/app"; var c = app.Config{Listen: ":0"}`, "without a Clock"},
		{"cmd/access_test.go", `import "ringback/cmd/app"; var c = app.Config{Clock: clocktest.Stopped(t)}`, ""},
	} {
		faults := check(t, c.file, []byte("package x\n"+c.code+"\n"))
		if c.fault == "" {
			require.Empty(t, faults, c.file)
			continue
		}
		require.Len(t, faults, 1, "%s: %s", c.file, c.code)
		require.Contains(t, faults[0], c.fault)
	}
	require.False(t, hasDoc(t, "x.go", []byte("package x\n")))
	require.True(t, hasDoc(t, "x.go", []byte("// Package x is.\npackage x\n")))
}
