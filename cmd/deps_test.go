package cmd_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const deps = "ringback/deps.txt"

// TestDeps: what is linked into ringback is what deps.txt lists, each with its
// reason, so that a new dependency shows up where a change is looked over.
func TestDeps(t *testing.T) {
	linked, listed := linkedModules(t), listedModules(t)
	const what = "\n%s is linked into ringback and not in cmd/" + deps + ".\nDo without it, or add its line with the reason; `go mod why -m` says who imports it."
	for _, m := range linked {
		require.Contains(t, listed, m, what, m)
	}
	for m, why := range listed {
		require.Contains(t, linked, m, "\n%s is linked into ringback no more: take its line out of cmd/%s", m, deps)
		require.NotEmpty(t, why, "\n%s stands in cmd/%s without a reason", m, deps)
	}
}

// linkedModules asks go for one platform, so that everybody's answer is the same.
func linkedModules(t *testing.T) []string {
	t.Helper()
	dependOnSources(t)
	list := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}{{end}}{{end}}", "./ringback")
	list.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64", "GOFLAGS=-mod=readonly")
	list.Stderr = os.Stderr
	out, err := list.Output()
	require.NoError(t, err, "go list")
	modules := strings.Fields(string(out))
	slices.Sort(modules)
	return slices.Compact(modules)
}

// dependOnSources opens what go's answer comes from: go test then takes no earlier
// result for good after one of these has changed, which it does not learn from
// another program's reading.
func dependOnSources(t *testing.T) {
	t.Helper()
	for _, name := range append(sources(t, ".."), "go.mod", "go.sum") {
		_, err := os.ReadFile(filepath.Join("..", name))
		require.NoError(t, err)
	}
}

// listedModules are deps.txt's, with their reasons.
func listedModules(t *testing.T) map[string]string {
	t.Helper()
	file, err := os.Open(deps)
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	all, last := map[string]string{}, ""
	for lines := bufio.NewScanner(file); lines.Scan(); {
		module, why, _ := strings.Cut(lines.Text(), " ")
		if module == "" || module == "#" {
			continue
		}
		require.Less(t, last, module, "cmd/%s is in order, each module once", deps)
		all[module], last = strings.TrimSpace(why), module
	}
	return all
}
