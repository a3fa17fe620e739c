// Package overlay builds the program with a known fault in it: a line of the sources
// said otherwise, in a list that a test of tests goes through.
//
// The hard decision: a fault stands in a list and never in the sources, behind no
// switch and no tag. It is built with go build's -overlay, so that nothing is touched.
package overlay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Mutant is a fault to plant.
type Mutant struct {
	Name, File string
	From, To   []string
	More       map[string]string // what else the list says of it
}

// Read reads a list: blocks of lines "key: value" with an empty line between. Also are
// the keys that it may have beside name, file, from and to.
func Read(list string, also ...string) (all []Mutant, err error) {
	for block := range strings.SplitSeq(list, "\n\n") {
		m := Mutant{More: map[string]string{}}
		for line := range strings.Lines(block) {
			key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
			value = strings.ReplaceAll(value, "\\n", "\n")
			switch {
			case strings.HasPrefix(line, "#"), key == "":
			case key == "name":
				m.Name = value
			case key == "file":
				m.File = value
			case key == "from":
				m.From = append(m.From, value)
			case key == "to":
				m.To = append(m.To, value)
			case slices.Contains(also, key):
				m.More[key] = value
			default:
				return nil, fmt.Errorf("%q: neither name, file, from nor to", line)
			}
		}
		if m.Name == "" {
			continue
		}
		if len(m.From) == 0 || len(m.From) != len(m.To) {
			return nil, fmt.Errorf("%s: as many to as from", m.Name)
		}
		all = append(all, m)
	}
	return all, nil
}

// Plant is the file with the fault in it.
func (m Mutant) Plant(root string) (string, error) {
	source, err := os.ReadFile(filepath.Join(root, m.File))
	if err != nil {
		return "", err
	}
	text := string(source)
	for n, from := range m.From {
		if there := strings.Count(text, from); there != 1 {
			return "", fmt.Errorf("%s: %q stands there %d times: the sources have changed, and the list has to", m.File, from, there)
		}
		text = strings.Replace(text, from, m.To[n], 1)
	}
	return text, nil
}

// Build builds a package with the fault in it, in the folder where this runs, into a
// file of another folder.
func (m Mutant) Build(ctx context.Context, dir, name, pkg string) (binary string, err error) {
	text, err := m.Plant(".")
	if err != nil {
		return "", err
	}
	path, err := filepath.Abs(m.File)
	if err != nil {
		return "", err
	}
	planted, overlay := filepath.Join(dir, filepath.Base(m.File)), filepath.Join(dir, "overlay.json")
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{path: planted}})
	if err != nil {
		return "", err
	}
	if err := errors.Join(os.WriteFile(planted, []byte(text), 0o600), os.WriteFile(overlay, replace, 0o600)); err != nil {
		return "", err
	}
	binary = filepath.Join(dir, name)
	out, err := exec.CommandContext(ctx, "go", "build", "-ldflags", "-s -w", "-tags", "nomsgpack", "-overlay", overlay, "-o", binary, pkg).CombinedOutput() //nolint:gosec // our own sources
	if err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return binary, nil
}
