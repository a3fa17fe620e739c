package migrations_test

import (
	"io/fs"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/migrations"
)

// TestIndexesRefuseNobody: an index that is made while nobody may write stops every door
// for as long as a grown table takes. The steps up to 0108 have run, and may have done so.
func TestIndexesRefuseNobody(t *testing.T) {
	const begun = "0108"
	plain := regexp.MustCompile(`(?im)^\s*create (?:unique )?index (?:if not exists )?\w+ on (\w+)`)
	require.Equal(t, "grown", plain.FindStringSubmatch("create index more on grown (name);")[1])
	require.False(t, plain.MatchString("create index concurrently more on grown (name);"))
	names, err := fs.Glob(migrations.Files(), "*.sql")
	require.NoError(t, err)
	for _, name := range names {
		if name[:len(begun)] <= begun {
			continue
		}
		text, err := fs.ReadFile(migrations.Files(), name)
		require.NoError(t, err)
		for _, index := range plain.FindAllStringSubmatch(string(text), -1) {
			require.Regexp(t, `(?i)create table (if not exists )?`+index[1]+`\b`, string(text), "%s: %s is there already: make its index concurrently, in a step of its own", name, index[1])
		}
	}
}
