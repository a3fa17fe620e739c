package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// begun is a line of the runtime on what a package made before main began.
var begun = regexp.MustCompile(`(?m)^init (ringback/\S+) .* (\d+) bytes, \d+ allocs$`)

// TestNothingIsMadeBeforeItIsAskedFor: tables, templates and what is packed for browsers
// are made by whoever first needs them, so that a command that needs none of them answers
// at once. What a package makes is told by its bytes, which are the same on any machine.
func TestNothingIsMadeBeforeItIsAskedFor(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	require.NoError(t, err)
	command := filepath.Join(t.TempDir(), "ringback")
	require.NoError(t, os.Symlink(self, command))
	run := exec.Command(command, "version")
	run.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	var told strings.Builder
	run.Stderr = &told
	require.NoError(t, run.Run())
	found := begun.FindAllStringSubmatch(told.String(), -1)
	require.NotEmpty(t, found, told.String())
	for _, one := range found {
		made, err := strconv.Atoi(one[2])
		require.NoError(t, err)
		require.Less(t, made, 1_000_000, "bytes made by %s before anything was asked for", one[1])
	}
}
