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
	joined  = regexp.MustCompile(`\.(?:id|contact_id) = \w+\.(?:id|contact_id) and (?:\w+\.)?(?:transcript_)?due_at <=`)
	inQueue = regexp.MustCompile(`\band (?:\w+\.)?(?:due_at|ask_at|close_at|lookup_at|transcript_due_at) is not null`)
)

// TestARowIsFoundByItsKey: a statement that changes one row and says of it that it stands in
// a queue lets Postgres read that queue's index from end to end. See docs/patterns.md.
func TestARowIsFoundByItsKey(t *testing.T) {
	require.True(t, leadsAstray("update deliveries set due_at = now()\nwhere company_id = $1 and id = $2 and due_at is not null"))
	require.True(t, leadsAstray("from room join deliveries d on d.company_id = room.company_id and d.id = room.id and d.due_at <= now()"))
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
					if strings.Contains(text.Value, "'-infinity') > '-infinity'") || strings.Contains(text.Value, "_at, 'infinity') <= ") {
						seen++
					}
					if leadsAstray(text.Value) {
						t.Errorf("%s: say coalesce(due_at, '-infinity') > '-infinity', or coalesce(due_at, 'infinity') <= …, of a row that is found by its key:\n%s", path, text.Value)
					}
				}
				return true
			})
			return nil
		}))
	}
	require.Greater(t, seen, 15)
}

// leadsAstray reports whether a piece of SQL finds a row by its key, and by its queue.
func leadsAstray(sql string) bool {
	_, where, _ := strings.Cut(sql, "where ")
	return joined.MatchString(sql) || strings.Contains(sql, "update ") && byKey.MatchString(where) && inQueue.MatchString(where) && !strings.Contains(sql, "on conflict") ||
		strings.HasPrefix(sql, "` where ") && byKey.MatchString(sql) && inQueue.MatchString(sql)
}
