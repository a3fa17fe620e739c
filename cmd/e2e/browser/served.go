package browser

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
)

// server is a browser that is asked over a socket. It ends when its input does.
type server struct {
	address string
	input   io.Closer
}

// served is the browser that all stories of this process are played in: each has
// cookies and pages of its own there, and starting one takes longer than most stories.
var served = sync.OnceValues(func() (s server, err error) {
	found, err := find()
	if err != nil {
		return s, err
	}
	node := exec.Command(found.node, "serve.mjs")
	node.Env = found.env()
	if s.input, err = node.StdinPipe(); err != nil {
		return s, err
	}
	said, err := node.StdoutPipe()
	if err != nil {
		return s, err
	}
	node.Stderr = os.Stderr
	if err := node.Start(); err != nil {
		return s, err
	}
	line, err := bufio.NewReader(said).ReadString('\n')
	if err != nil {
		return s, fmt.Errorf("the browser did not start: %w", err)
	}
	s.address = strings.TrimSpace(line)
	return s, nil
})

// env is what a script of ours has to know of the machine.
func (t tools) env() []string {
	return append(os.Environ(), "BROWSER_TOOLS="+t.tools, "BROWSER_CHROMIUM="+t.chromium, "FORCE_COLOR=0")
}
