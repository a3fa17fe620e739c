package browser

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// patience bounds a whole story. Each of its steps has bounds of its own, in
// stage.mjs, which say more. It is long, since nothing waits for it that goes well,
// and a machine may have much else to do.
const patience = 6 * time.Minute

// stages are how many stories are played at once: a browser computes, and many
// side by side would only keep each other beyond their patience.
var stages = make(chan struct{}, 2)

// Run plays a story, a file beside the test that calls it. The story finds the
// values given in its env. What it says is logged, and is what went wrong if
// it fails.
func Run(t *testing.T, story string, env map[string]string) {
	t.Helper()
	if _, err := find(); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	noticed(t)
	house, err := served()
	if err != nil {
		t.Fatal(err)
	}
	stages <- struct{}{}
	defer func() { <-stages }()
	number, ended, err := house.play(story, env)
	if err != nil {
		t.Fatalf("%s: %v", story, err)
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	for {
		select {
		case <-late.C: // it says what stands on its pages
			if err := house.end(number, fmt.Sprintf("it did not end within %s", patience)); err != nil {
				t.Fatalf("%s: %v", story, err)
			}
		case <-house.gone:
			t.Fatalf("%s: %v", story, errGone)
		case went := <-ended:
			if went.Said != "" {
				t.Logf("%s:\n%s", story, went.Said)
			}
			if !went.Held {
				t.Fatalf("%s failed", story)
			}
			return
		}
	}
}

// noticed lets go test see what a story may depend on, the scripts and more files: it
// would go on believing an earlier outcome after one of them has changed.
func noticed(t *testing.T, more ...string) {
	t.Helper()
	os.Getenv("RINGBACK_SHOTS")
	scripts, err := filepath.Glob("*.mjs")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(scripts, more...) {
		if _, err := os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
}

// tools are what plays a story.
type tools struct{ node, chromium, tools string }

func find() (tools, error) {
	var found tools
	var err error
	if found.tools, err = folder(); err != nil {
		return found, err
	}
	if found.node, err = exec.LookPath("node"); err != nil {
		return found, missing("no Node here")
	}
	for _, name := range []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"} {
		if found.chromium, err = exec.LookPath(name); err == nil {
			return found, nil
		}
	}
	return found, missing("no Chromium here")
}

// folder is where the npm packages are, with which the stories are played.
func folder() (string, error) {
	root, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; ; root = filepath.Dir(root) {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
		if root == filepath.Dir(root) {
			return "", errors.New("the module's root was not found")
		}
	}
	tools := filepath.Join(root, ".ci", "tools")
	if _, err := os.Stat(filepath.Join(tools, "node_modules", "playwright-core")); err != nil {
		return "", missing("playwright-core is not installed here")
	}
	return tools, nil
}

func missing(what string) error {
	return fmt.Errorf("%s, so nothing is seen in a browser: run .ci/setup browser", what)
}
