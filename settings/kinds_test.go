package settings_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/settings"
)

// lists are where the kinds of senders are named once more, as a struct's tag or a list
// of Go's cannot be made of settings.SenderKinds: what stands there, and which kinds are
// left out.
var lists = map[string]struct {
	list    *regexp.Regexp
	without []channels.Kind
}{
	"webhooks/api/senders.go":      {enum, nil},
	"webhooks/api/tickets.go":      {enum, nil},
	"gateway/inbox/ticket.go":      {enum, nil},
	"gateway/inbox/tickets.go":     {enum, nil},
	"gateway/inbox/trial_event.go": {enum, []channels.Kind{channels.Voice}}, // nobody writes by phone
	"webhooks/console/tickets.go":  {literal, nil},
	"webhooks/console/try.go":      {literal, []channels.Kind{channels.Voice}},
}

var (
	enum    = regexp.MustCompile(`enum:"([^"]*\bwebchat\b[^"]*)"`)
	literal = regexp.MustCompile(`\[\]string\{([^}]*"webchat"[^}]*)\}`)
)

// TestEachListNamesEachKind: whoever adds a kind of sender is told where else it is
// named, and a list that names kinds is known here.
func TestEachListNamesEachKind(t *testing.T) {
	var faults []string
	for file, of := range lists {
		source, err := os.ReadFile(filepath.Join("..", file))
		require.NoError(t, err)
		found := of.list.FindAllStringSubmatch(string(source), -1)
		require.NotEmpty(t, found, file)
		for _, match := range found {
			named := regexp.MustCompile(`\w+`).FindAllString(match[1], -1)
			for _, kind := range settings.SenderKinds {
				if !slices.Contains(of.without, kind) && !slices.Contains(named, string(kind)) {
					faults = append(faults, file+": lacks "+string(kind)+" in "+match[0])
				}
			}
		}
	}
	require.Empty(t, faults, strings.Join(faults, "\n"))
	for _, folder := range []string{"webhooks", "gateway"} {
		require.NoError(t, filepath.WalkDir(filepath.Join("..", folder), func(name string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			source, err := os.ReadFile(name)
			_, known := lists[filepath.ToSlash(strings.TrimPrefix(name, ".."+string(filepath.Separator)))]
			require.True(t, known || !enum.Match(source) && !literal.Match(source), "%s names kinds of senders and is not among the lists", name)
			return err
		}))
	}
}

// TestEachKindIsReadByPeople: its name, and what its owner has to enter elsewhere.
func TestEachKindIsReadByPeople(t *testing.T) {
	names, words := phrases(t, "web/i18n/codes/names.json"), phrases(t, "console/phrases/senders.json")
	for _, kind := range settings.SenderKinds {
		require.NotEmpty(t, names["channel."+string(kind)], "names.json lacks channel.%s", kind)
		pasted := settings.Sender{Kind: kind}.Paste("https://texts.example.com")
		require.NotEmpty(t, pasted, "%s: its provider has to learn where we are", kind)
		for _, p := range pasted {
			require.NotEmpty(t, words["paste."+string(kind)+"."+p.What], "senders.json lacks paste.%s.%s", kind, p.What)
		}
	}
}

func phrases(t *testing.T, file string) map[string]json.RawMessage {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "webhooks", file))
	require.NoError(t, err)
	var all map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(raw, &all))
	return all
}
