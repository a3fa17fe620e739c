package cmd_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestATicketHasOneWord: the staff read of the same thing by the same name on every page,
// in every letter and fault. Languages that say "ticket" themselves are not here.
func TestATicketHasOneWord(t *testing.T) {
	others := map[string]*regexp.Regexp{
		"pl":    regexp.MustCompile(`(?i)\btickets?\b`),             // zgłoszenie
		"de":    regexp.MustCompile(`(?i)\btickets?\b`),             // Vorgang
		"es":    regexp.MustCompile(`(?i)\b(tickets?|tiques?)\b`),   // caso
		"pt-BR": regexp.MustCompile(`(?i)\b(tickets?|tíquetes?)\b`), // chamado
	}
	placeholder := regexp.MustCompile(`\{[^{}]*\}`)
	looked := 0
	for _, room := range []string{"../gateway", "../settings", "../webhooks"} {
		require.NoError(t, filepath.WalkDir(room, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".json" {
				return err
			}
			raw, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			var catalog map[string]map[string]json.RawMessage
			if json.Unmarshal(raw, &catalog) != nil {
				return nil // no catalog
			}
			for key, said := range catalog {
				for language, other := range others {
					if said["en"] != nil && said[language] != nil {
						looked++
						require.NotRegexp(t, other, placeholder.ReplaceAllString(string(said[language]), ""), "%s %s %s", path, key, language)
					}
				}
			}
			return nil
		}))
	}
	require.Greater(t, looked, 4000)
}
