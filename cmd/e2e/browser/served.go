package browser

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
)

// house is where stories are played: a browser, and the script that plays them in it,
// each with cookies and pages of its own. It ends when its input does. One is there for
// all stories of this process: starting it takes longer than most of them.
type house struct {
	mu     sync.Mutex // holds off all but one that writes
	input  io.Writer
	gone   chan struct{} // closed when it has ended
	ended  map[int]chan outcome
	number int
}

// asked is a story to play, or, with End, why one that is being played has to end.
type asked struct {
	Number int               `json:"number"`
	Story  string            `json:"story,omitempty"`
	Env    map[string]string `json:"env,omitempty"`
	End    string            `json:"end,omitempty"`
}

// outcome is how a story went.
type outcome struct {
	Number int    `json:"number"`
	Held   bool   `json:"held"`
	Said   string `json:"said"`
}

var errGone = errors.New("the browser has ended")

var served = sync.OnceValues(func() (*house, error) {
	found, err := find()
	if err != nil {
		return nil, err
	}
	node := exec.Command(found.node, "serve.mjs")
	node.Env, node.Stderr = found.env(), os.Stderr
	h := &house{gone: make(chan struct{}), ended: map[int]chan outcome{}}
	if h.input, err = node.StdinPipe(); err != nil {
		return nil, err
	}
	said, err := node.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := node.Start(); err != nil {
		return nil, err
	}
	lines := json.NewDecoder(bufio.NewReader(said))
	if err := lines.Decode(&outcome{}); err != nil {
		return nil, fmt.Errorf("the browser did not start: %w", err)
	}
	go h.listen(lines)
	return h, nil
})

// listen hands each outcome to whoever waits for it.
func (h *house) listen(lines *json.Decoder) {
	defer close(h.gone)
	for {
		var o outcome
		if lines.Decode(&o) != nil {
			return
		}
		h.mu.Lock()
		ended := h.ended[o.Number]
		delete(h.ended, o.Number)
		h.mu.Unlock()
		if ended != nil {
			ended <- o
		}
	}
}

// play begins a story, and returns its number and where it will say how it went.
func (h *house) play(story string, env map[string]string) (int, <-chan outcome, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.number++
	ended := make(chan outcome, 1)
	h.ended[h.number] = ended
	return h.number, ended, h.write(asked{Number: h.number, Story: story, Env: env})
}

// end has a story end that takes too long.
func (h *house) end(number int, why string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.write(asked{Number: number, End: why})
}

func (h *house) write(line asked) error { return json.NewEncoder(h.input).Encode(line) }

// env is what a script of ours has to know of the machine.
func (t tools) env() []string {
	return append(os.Environ(), "BROWSER_TOOLS="+t.tools, "BROWSER_CHROMIUM="+t.chromium, "FORCE_COLOR=0")
}
