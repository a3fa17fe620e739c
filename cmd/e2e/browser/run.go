package browser

import (
	"context"
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
// values given in its env. What it prints is logged, and is what went wrong if
// it fails.
func Run(t *testing.T, story string, env map[string]string) {
	t.Helper()
	found, err := find()
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	noticed(t, story, "stage.mjs", "serve.mjs")
	browser, err := served()
	if err != nil {
		t.Fatal(err)
	}
	stages <- struct{}{}
	defer func() { <-stages }()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	node := exec.CommandContext(ctx, found.node, story)
	// Interrupted, it closes its pages.
	node.Cancel = func() error { return node.Process.Signal(os.Interrupt) }
	node.WaitDelay = 5 * time.Second
	node.Env = append(found.env(), "BROWSER_ADDRESS="+browser.address)
	for name, value := range env {
		node.Env = append(node.Env, "STORY_"+name+"="+value)
	}
	said, err := node.CombinedOutput()
	if len(said) > 0 {
		t.Logf("%s:\n%s", story, said)
	}
	if ctx.Err() != nil {
		err = fmt.Errorf("did not end within %s: %w", patience, ctx.Err())
	}
	if err != nil {
		t.Fatalf("%s: %v", story, err)
	}
}

// noticed lets go test see what a story depends on: it would go on believing
// an earlier outcome after one of these has changed.
func noticed(t *testing.T, files ...string) {
	t.Helper()
	os.Getenv("RINGBACK_SHOTS")
	for _, name := range files {
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
