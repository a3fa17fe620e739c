package twilio

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Request is what a fault is matched with.
type Request struct {
	On             string // "create", "fetch" or "list"
	To, From, Body string
}

// Fault is one way in which a request goes wrong. Without Close and Hang it
// is an answer: Twilio's error for Code, or for Status what usually comes with
// it (502 an HTML page, 504 nothing at all).
type Fault struct {
	On    string             `json:"on"`   // "create" when empty, "fetch", "list" or "any"
	To    string             `json:"to"`   // empty: any
	From  string             `json:"from"` // empty: any
	Body  string             `json:"body"` // a part of the body; empty: any
	Match func(Request) bool `json:"-"`    // nil: any; must not call the simulator

	Times int `json:"times"` // how many requests; 0: all, until ClearFaults

	Status     int           `json:"status"`
	Code       int           `json:"code"`
	RetryAfter time.Duration `json:"-"`
	Close      bool          `json:"close"` // the connection is closed instead of an answer
	Hang       bool          `json:"hang"`  // no answer ever comes

	Taken bool `json:"taken"` // the request is carried out all the same
}

// Fault makes the requests that it matches go wrong from now on. The oldest
// fault that matches a request counts.
func (s *Simulator) Fault(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// ClearFaults lets requests go right again, but for the magic numbers.
func (s *Simulator) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// Down closes every connection of the API as soon as it asks for something,
// until it is lifted. Callbacks and texts go on.
func (s *Simulator) Down(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
}

func (s *Simulator) isDown() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.down
}

// fault is what goes wrong with a request, if anything does.
func (s *Simulator) fault(r Request) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.faults {
		if !f.matches(r) {
			continue
		}
		if f.Times == 1 {
			s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
		} else if f.Times > 1 {
			f.Times--
		}
		return *f, true
	}
	f, ok := magicFaults[bare(r.To)]
	return f, ok && r.On == "create"
}

func (f *Fault) matches(r Request) bool {
	on := f.On == "any" || f.On == r.On || f.On == "" && r.On == "create"
	return on && (f.To == "" || f.To == r.To) && (f.From == "" || f.From == r.From) &&
		strings.Contains(r.Body, f.Body) && (f.Match == nil || f.Match(r))
}

// goWrong answers, or does not.
func (s *Simulator) goWrong(w http.ResponseWriter, r *http.Request, f Fault) {
	s.config.Log.Debug("fault", "path", r.URL.Path, "status", f.Status, "code", f.Code, "taken", f.Taken)
	if f.Hang {
		select {
		case <-r.Context().Done():
		case <-s.life.Done():
		}
	}
	if f.Hang || f.Close {
		panic(http.ErrAbortHandler)
	}
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(f.RetryAfter.Seconds()))))
	}
	code, status := f.Code, f.Status
	if code == 0 {
		code = usualCodes[status]
	}
	if status == 0 {
		status = apiErrors[code].status
	}
	switch {
	case code != 0 && status != 0:
		writeErrorAs(w, status, code, strings.ReplaceAll(apiErrors[code].message, "{}", r.Form.Get("To")))
	case status == http.StatusGatewayTimeout:
		w.WriteHeader(status)
	default:
		writePage(w, status)
	}
}

// writePage is what a proxy in front of the API says.
func writePage(w http.ResponseWriter, status int) {
	if status == 0 {
		status = http.StatusInternalServerError
	}
	title := strconv.Itoa(status) + " " + http.StatusText(status)
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	_, _ = w.Write([]byte("<html><head><title>" + title + "</title></head><body><h1>" + title + "</h1></body></html>\n"))
}
