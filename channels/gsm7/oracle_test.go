package gsm7_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels/gsm7"
)

// Twilio publishes its own calculator as an npm package; ours must agree with
// it. The texts are random but the same in every run, and hold no sequences of
// several code points that show as one sign: there the calculator never cuts
// such a sign in two, which no network promises.
func TestCountAgainstTwilio(t *testing.T) {
	folder := installOracle(t)
	texts := randomTexts(800)
	input, err := json.Marshal(texts)
	require.NoError(t, err)

	node := exec.CommandContext(t.Context(), "node", "count.js")
	node.Dir = folder
	node.Stdin = bytes.NewReader(input)
	var complaint bytes.Buffer
	node.Stderr = &complaint
	output, err := node.Output()
	require.NoError(t, err, complaint.String())

	var costs []struct {
		Encoding gsm7.Encoding `json:"encoding"`
		Segments int           `json:"segments"`
	}
	require.NoError(t, json.Unmarshal(output, &costs))
	require.Len(t, costs, len(texts))
	seen := map[gsm7.Encoding]int{}
	for i, want := range costs {
		got := gsm7.Count(texts[i])
		require.Equal(t, want.Encoding, got.Encoding, "%q", texts[i])
		require.Equal(t, want.Segments, got.Segments, "%q", texts[i])
		seen[got.Encoding]++
	}
	require.Greater(t, seen[gsm7.GSM7], 200)
	require.Greater(t, seen[gsm7.UCS2], 200)
}

// randomTexts are texts of 0 to 480 letters: cheap, with extensions, and costly.
func randomTexts(n int) []string {
	random := rand.New(rand.NewPCG(7, 160))
	alphabets := [][]rune{
		[]rune("abcdefgh ABC 0123.,!?\n\r"),
		[]rune("abc €[]{}~^|\\ éèüñÇ£¥ΔΩß"),
		[]rune("zażółć gęślą jaźń – „tak”"),
		[]rune("ab ż😀🚜👍Жд€{"),
	}
	texts := make([]string, n)
	for i := range texts {
		alphabet := alphabets[random.IntN(len(alphabets))]
		var text strings.Builder
		for range random.IntN(480) {
			text.WriteRune(alphabet[random.IntN(len(alphabet))])
		}
		texts[i] = text.String()
	}
	return texts
}

// installOracle returns a folder in which the calculator is installed, from
// the npm registry and pinned by the lock file's hashes; the user's cache
// keeps it for the next run. Without npm or network the test is skipped, but
// not under CI.
func installOracle(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	const version = "1.3.0-1" // the package's, and ours of the files beside it
	folder := filepath.Join(cache, "ringback", "segments-oracle-"+version)
	_, err = exec.LookPath("node")
	if _, missing := os.Stat(filepath.Join(folder, "node_modules")); err == nil && missing != nil {
		err = install(t, folder)
	}
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	// Always today's script, whenever the packages were installed.
	work := t.TempDir()
	require.NoError(t, os.CopyFS(work, os.DirFS("testdata/oracle")))
	require.NoError(t, os.Symlink(filepath.Join(folder, "node_modules"), filepath.Join(work, "node_modules")))
	return work
}

// install puts the packages beside their place first and moves them in one
// step: another test process may be doing the same.
func install(t *testing.T, folder string) error {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(folder), 0o755))
	beside, err := os.MkdirTemp(filepath.Dir(folder), "installing-")
	require.NoError(t, err)
	defer os.RemoveAll(beside)
	require.NoError(t, os.CopyFS(beside, os.DirFS("testdata/oracle")))

	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	npm := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=20000")
	npm.Dir = beside
	if output, err := npm.CombinedOutput(); err != nil {
		return fmt.Errorf("cannot install Twilio's segment calculator with npm: %w\n%s", err, output)
	}
	if err := os.Rename(beside, folder); err != nil && !os.IsExist(err) {
		return err
	}
	return nil
}
