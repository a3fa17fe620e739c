package twilio

import (
	"encoding/json"
	"mime"
	"net/http"
	"time"
)

// control adds the switches for a demo page or a shell. Each takes a JSON
// object and answers 204:
//
//	POST   /simulator/faults    a Fault, with "retry_after" in seconds
//	DELETE /simulator/faults    none any more; takes nothing
//	POST   /simulator/down      {"down": true}
//	POST   /simulator/outcomes  {"to": "+1…", "steps": [{"status": "failed", "code": 30003, "after": 0.5, "times": 2, "lost": false, "early": false}]}
//	POST   /simulator/trial     {"on": true}
//	POST   /simulator/username  {"number": "+1…", "id": "US.1349", "hidden": false}; of a person on WhatsApp
//	POST   /simulator/content   {"sid": "HX…", "status": "paused", "reason": ""}; approved, rejected and disabled likewise
//
// after is in seconds; without "steps" the customer is an ordinary one again.
// The body has to be declared as application/json, which keeps other web sites
// from pressing the switches through a developer's browser.
func (s *Simulator) control() {
	s.mux.HandleFunc("POST /simulator/faults", control(func(in struct {
		Fault
		RetryAfter float64 `json:"retry_after"`
	},
	) {
		in.Fault.RetryAfter = seconds(in.RetryAfter)
		s.Fault(in.Fault)
	}))
	s.mux.HandleFunc("DELETE /simulator/faults", func(w http.ResponseWriter, _ *http.Request) {
		s.ClearFaults()
		w.WriteHeader(http.StatusNoContent)
	})
	s.mux.HandleFunc("POST /simulator/down", control(func(in struct{ Down bool }) { s.Down(in.Down) }))
	s.mux.HandleFunc("POST /simulator/trial", control(func(in struct{ On bool }) { s.Trial(in.On) }))
	s.mux.HandleFunc("POST /simulator/username", control(func(in struct {
		Number, ID string
		Hidden     bool
	},
	) {
		s.Username(in.Number, in.ID, in.Hidden)
	}))
	s.mux.HandleFunc("POST /simulator/content", control(func(in struct{ SID, Status, Reason string }) {
		s.Content(in.SID, in.Status, in.Reason)
	}))
	s.mux.HandleFunc("POST /simulator/outcomes", control(func(in struct {
		To    string
		Steps []struct {
			Step
			After float64
		}
	},
	) {
		var plan Plan
		if in.Steps != nil {
			plan = Plan{}
		}
		for _, step := range in.Steps {
			step.Step.After = seconds(step.After)
			plan = append(plan, step.Step)
		}
		s.Outcome(in.To, plan)
	}))
}

func control[In any](do func(In)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
			http.Error(w, "Content-Type must be application/json", http.StatusUnsupportedMediaType)
			return
		}
		var in In
		decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&in); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		do(in)
		w.WriteHeader(http.StatusNoContent)
	}
}

func seconds(n float64) time.Duration { return time.Duration(n * float64(time.Second)) }
