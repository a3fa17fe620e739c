package cmd_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/cmd/app"
	"ringback/gateway/rules"
	"ringback/settings/automations"
	"ringback/webhooks/console"
)

var update = flag.Bool("update", false, "write the tables that are drawn from the code into the documents")

// drawn are the tables that stand in a document between two comments and are
// made from the code: a new automation or reason cannot be forgotten there.
var drawn = []struct {
	file, name string
	table      func(*testing.T) string
}{
	{"README.md", "automations", automationsTable},
	{"docs/decisions.md", "reasons", reasonsTable},
	{"docs/provider-fields.md", "provider fields", providerFields},
}

func TestDrawnTables(t *testing.T) {
	for _, d := range drawn {
		t.Run(d.name, func(t *testing.T) {
			file := filepath.Join("..", d.file)
			text := read(t, file)
			begin, end := "<!-- "+d.name+" -->\n", "<!-- /"+d.name+" -->"
			before, rest, ok := strings.Cut(text, begin)
			require.True(t, ok, "%s has no line %s", d.file, begin)
			stands, after, ok := strings.Cut(rest, end)
			require.True(t, ok, "%s has no line %s", d.file, end)
			table := d.table(t)
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(before+begin+table+end+after), 0o600))
				return
			}
			require.Equal(t, table, stands, "%s is behind the code: go test ./cmd -run TestDrawnTables -update", d.file)
		})
	}
}

// The help for admins is read in the console and in docs/; it is one text.
func TestManuals(t *testing.T) {
	manuals, err := console.Manuals()
	require.NoError(t, err)
	for language, text := range manuals {
		file := filepath.Join("..", "docs", "help."+language+".md")
		if *update {
			require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
			continue
		}
		require.Equal(t, text, read(t, file), "%s is behind the console's: go test ./cmd -run TestManuals -update", file)
	}
}

func automationsTable(t *testing.T) string {
	var b strings.Builder
	b.WriteString("| # | message | when it goes out | channels | new team |\n| --- | --- | --- | --- | --- |\n")
	for i, d := range automations.All {
		on := "off"
		if d.On {
			on = "on"
		}
		require.True(t, slices.ContainsFunc(rules.All, func(r rules.Rule) bool { return r.Key == d.Key }), "%s has a rule, or it never goes out", d.Key)
		fmt.Fprintf(&b, "| %d | %s<br>`%s` | %s | %s | %s |\n", i+1, d.Title, d.Key, d.Doc, strings.Join(d.Channels, ", "), on)
	}
	return b.String()
}

// reasonsTable reads the reasons with the comments that stand beside them.
func reasonsTable(t *testing.T) string {
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "gateway", "rules", "decision.go"), nil, parser.ParseComments)
	require.NoError(t, err)
	var b strings.Builder
	b.WriteString("| reason | meaning |\n| --- | --- |\n")
	ast.Inspect(file, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || len(v.Values) != 1 {
			return true
		}
		if kind, ok := v.Type.(*ast.Ident); !ok || kind.Name != "Reason" {
			return true
		}
		word, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
		require.NoError(t, err)
		meaning := strings.TrimSpace(v.Comment.Text())
		if meaning == "" {
			meaning = "it was handed to the outbox"
		}
		fmt.Fprintf(&b, "| `%s` | %s |\n", word, meaning)
		return true
	})
	return b.String()
}

// Every variable that is read is told of, and none that is not read.
func TestEnvironmentIsDocumented(t *testing.T) {
	var read []string
	config := reflect.TypeFor[app.Config]()
	for i := range config.NumField() {
		if name := config.Field(i).Tag.Get("env"); name != "-" {
			read = append(read, name)
		}
	}
	require.Greater(t, len(read), 5)
	_, rest, _ := strings.Cut(readREADME(t), "## Configuration")
	section, _, _ := strings.Cut(rest, "\n## ")
	var told []string
	for _, row := range regexp.MustCompile("(?m)^\\| `([A-Z_]+)`").FindAllStringSubmatch(section, -1) {
		told = append(told, row[1])
	}
	require.ElementsMatch(t, read, told)
}

var (
	link    = regexp.MustCompile(`\]\(([^)#\s]+)?(#[^)\s]+)?\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.+)$`)
	fenced  = regexp.MustCompile("(?ms)^```.*?^```")
	unsaid  = regexp.MustCompile("[^a-z0-9 _-]")
)

// What a document links to is there, down to the heading.
func TestLinksLeadSomewhere(t *testing.T) {
	files, err := filepath.Glob("../docs/*.md")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	found := 0
	for _, file := range append(files, "../README.md", "../CHANGELOG.md") {
		for _, to := range link.FindAllStringSubmatch(fenced.ReplaceAllString(read(t, file), ""), -1) {
			if strings.Contains(to[1], "://") || strings.HasPrefix(to[1], "mailto:") {
				continue
			}
			found++
			target := file
			if to[1] != "" {
				target = filepath.Join(filepath.Dir(file), to[1])
			}
			_, err := os.Stat(target)
			require.NoError(t, err, "%s links to %s", file, to[1])
			if to[2] != "" {
				require.Contains(t, anchors(t, target), to[2], "%s links to %s%s", file, to[1], to[2])
			}
		}
	}
	require.Greater(t, found, 10, "the links were found")
}

// anchors are a document's headings as a browser addresses them.
func anchors(t *testing.T, file string) []string {
	t.Helper()
	var all []string
	for _, h := range heading.FindAllStringSubmatch(fenced.ReplaceAllString(read(t, file), ""), -1) {
		name := unsaid.ReplaceAllString(strings.ToLower(h[1]), "")
		all = append(all, "#"+strings.ReplaceAll(name, " ", "-"))
	}
	return all
}

func readREADME(t *testing.T) string {
	t.Helper()
	return read(t, "../README.md")
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	return string(text)
}

// pointed is a path in backticks, or a link to a file.
var pointed = regexp.MustCompile("`([\\w./-]+)`|\\]\\(([^)#:\\s]+)[^)]*\\)")

// A file or folder of the tree that a document names is there: from the top, or in a
// folder that the same line named before.
func TestPathsThatDocsNameAreThere(t *testing.T) {
	files, err := filepath.Glob("../docs/*.md")
	require.NoError(t, err)
	found := 0
	for _, file := range append(files, "../README.md", "../CONTRIBUTING.md") {
		for line := range strings.Lines(read(t, file)) {
			rooms := []string{".."}
			for _, one := range pointed.FindAllStringSubmatch(line, -1) {
				name, from := one[1], rooms
				if one[2] != "" {
					name, from = one[2], []string{filepath.Dir(file)} // TestLinksLeadSomewhere says if it does not
				} else if !ofTheTree(name) {
					continue
				}
				n := slices.IndexFunc(from, func(room string) bool { _, err := os.Stat(filepath.Join(room, name)); return err == nil })
				if one[2] == "" {
					found++
					require.NotEqual(t, -1, n, "%s names %s, which is not there:\n%s", file, name, line)
				}
				if n >= 0 {
					room := filepath.Join(from[n], name)
					if filepath.Ext(room) != "" {
						room = filepath.Dir(room)
					}
					rooms = append(rooms, room)
				}
			}
		}
	}
	require.Greater(t, found, 50, "the paths were found")
}

// ofTheTree reports whether a word means a file or a folder of ours.
func ofTheTree(name string) bool {
	first, _, deeper := strings.Cut(name, "/")
	return filepath.Ext(name) == ".go" || !filepath.IsAbs(name) && strings.HasSuffix(name, "/") ||
		deeper && slices.Contains([]string{"channels", "settings", "gateway", "webhooks", "cmd", "migrations"}, first)
}

var named = regexp.MustCompile("`((?:Test|Fuzz)[A-Z][A-Za-z0-9]*)`")

// A test that a document rests on is there.
func TestTestsThatDocsNameAreThere(t *testing.T) {
	var all strings.Builder
	for _, name := range sources(t, "..") {
		if strings.HasSuffix(name, "_test.go") {
			all.WriteString(read(t, filepath.Join("..", name)))
		}
	}
	files, err := filepath.Glob("../docs/*.md")
	require.NoError(t, err)
	found := 0
	for _, file := range files {
		for _, one := range named.FindAllStringSubmatch(read(t, file), -1) {
			found++
			require.Contains(t, all.String(), "\nfunc "+one[1]+"(", "%s rests on a test that is not there", file)
		}
	}
	require.Greater(t, found, 50, "the names were found")
}
