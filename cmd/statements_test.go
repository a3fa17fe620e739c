package cmd_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	byKey   = regexp.MustCompile(`\b(?:id|ticket_id|seq|address) = (?:\$\d|back\.)`)
	inQueue = regexp.MustCompile(`\band (?:\w+\.)?(?:due_at|ask_at|lookup_at|transcript_due_at) is not null`)
)

// TestARowIsFoundByItsKey: a statement that changes one row and says of it that it stands in
// a queue lets Postgres read that queue's index from end to end. See docs/patterns.md.
func TestARowIsFoundByItsKey(t *testing.T) {
	require.True(t, leadsAstray("update deliveries set due_at = now()\nwhere company_id = $1 and id = $2 and due_at is not null"))
	seen := 0
	for _, room := range []string{"app", "../gateway", "../settings", "../webhooks"} {
		require.NoError(t, filepath.WalkDir(room, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if text, is := n.(*ast.BasicLit); is && text.Kind == token.STRING {
					if strings.Contains(text.Value, "'-infinity') > '-infinity'") {
						seen++
					}
					if leadsAstray(text.Value) {
						t.Errorf("%s: say coalesce(due_at, '-infinity') > '-infinity' of a row that is found by its key:\n%s", path, text.Value)
					}
				}
				return true
			})
			return nil
		}))
	}
	require.Greater(t, seen, 10)
}

// leadsAstray reports whether a piece of SQL finds a row by its key, and by its queue.
func leadsAstray(sql string) bool {
	_, where, _ := strings.Cut(sql, "where ")
	return strings.Contains(sql, "update ") && byKey.MatchString(where) && inQueue.MatchString(where) && !strings.Contains(sql, "on conflict") ||
		strings.HasPrefix(sql, "` where ") && byKey.MatchString(sql) && inQueue.MatchString(sql)
}
