package twilio

import (
	"encoding/json"
	"net/http"
	"strings"
)

const (
	apiVersion = "2010-04-01"
	accounts   = "/" + apiVersion + "/Accounts/"
	maxBody    = 1 << 20
)

// routes is every URL that the simulator serves.
func (s *Simulator) routes() {
	s.mux = http.NewServeMux()
	s.mux.HandleFunc("POST "+accounts+"{account}/Messages.json", s.api("create", s.createMessage))
	s.mux.HandleFunc("GET "+accounts+"{account}/Messages.json", s.api("list", s.listMessages))
	s.mux.HandleFunc("GET "+accounts+"{account}/Messages/{file}", s.api("fetch", s.fetchMessage))
	s.mux.HandleFunc("GET "+accounts+"{account}/Messages/{sid}/Media/{media}", s.api("fetch", s.fetchMedia))
	s.mux.HandleFunc("DELETE "+accounts+"{account}/Messages/{sid}/Media/{media}", s.api("delete", s.deleteMedia))
	s.mux.HandleFunc("DELETE "+accounts+"{account}/Recordings/{file}", s.api("delete", s.deleteRecording))
	s.mux.HandleFunc("GET "+kept+"{sid}/{media}", s.fetchKept)
	s.mux.HandleFunc("POST "+accounts+"{account}/Calls.json", s.api("call", s.createCall))
	s.mux.HandleFunc("GET "+accounts+"{account}/Calls/{file}", s.api("fetch", s.fetchCall))
	s.mux.HandleFunc("GET "+accounts+"{account}/Recordings/{file}", s.api("fetch", s.fetchRecording))
	s.mux.HandleFunc("GET "+accounts+"{account}/IncomingPhoneNumbers.json", s.api("numbers", s.listIncoming))
	s.mux.HandleFunc("GET "+accounts+"{account}/IncomingPhoneNumbers/{file}", s.api("numbers", s.changeIncoming))
	s.mux.HandleFunc("POST "+accounts+"{account}/IncomingPhoneNumbers/{file}", s.api("numbers", s.changeIncoming))
	s.mux.HandleFunc("GET "+accounts+"{file}", s.api("account", s.whoAmI))
	s.mux.HandleFunc("GET /v2/PhoneNumbers/{number}", s.api("lookup", s.lookUp))
	s.mux.HandleFunc("GET /v1/Services", s.api("services", s.listServices))
	s.mux.HandleFunc("GET /v1/Services/{sid}", s.api("services", s.changeService))
	s.mux.HandleFunc("POST /v1/Services/{sid}", s.api("services", s.changeService))
	s.mux.HandleFunc("GET /v1/Services/{sid}/PhoneNumbers", s.api("services", s.listServiceNumbers))
	s.mux.HandleFunc("GET /v1/Services/{sid}/Compliance/Usa2p", s.api("compliance", s.listCampaigns))
	s.mux.HandleFunc("GET /v1/Tollfree/Verifications", s.api("compliance", s.listVerifications))
	s.mux.HandleFunc("POST /v1/Content", s.api("contents", s.createContent))
	s.mux.HandleFunc("GET /v2/Content", s.api("contents", s.listContents))
	s.mux.HandleFunc("GET /v1/Content/{sid}/ApprovalRequests", s.api("content", s.fetchApproval))
	s.mux.HandleFunc(accounts, s.api("", func(w http.ResponseWriter, _ *http.Request, _ string) {
		writeError(w, 20404, "")
	}))
	s.control()
}

// ServeHTTP serves Twilio's API, and under /simulator/ the switches that make
// it go wrong.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mux.ServeHTTP(w, r)
}

// api is what every resource has in common: being down, credentials, a form
// of bounded size and faults on demand. A fault that takes the request all the
// same is left to the resource.
func (s *Simulator) api(on string, next func(http.ResponseWriter, *http.Request, string)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if s.isDown() {
			panic(http.ErrAbortHandler) // net/http's way to close the connection without a word
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		if err := r.ParseForm(); err != nil {
			writeError(w, 20001, err.Error())
			return
		}
		caller, byKey := s.caller(r)
		account := r.PathValue("account")
		if caller == "" || byKey && on == "account" {
			w.Header().Set("WWW-Authenticate", `Basic realm="Twilio API"`)
			writeError(w, 20003, "")
			return
		}
		if account != "" && account != caller {
			writeError(w, 20404, "")
			return
		}
		r.SetBasicAuth(caller, "") // what follows asks whose request it is, not how that was shown
		fault, wrong := s.fault(Request{On: on, To: r.Form.Get("To"), From: r.Form.Get("From"), Body: r.Form.Get("Body")})
		switch {
		case !wrong:
			next(w, r, account)
		case fault.Taken:
			next(&unsent{header: http.Header{}}, r, account)
			s.goWrong(w, r, fault)
		default:
			s.goWrong(w, r, fault)
		}
	}
}

// unsent is an answer that its client never sees.
type unsent struct{ header http.Header }

func (u *unsent) Header() http.Header         { return u.header }
func (u *unsent) Write(b []byte) (int, error) { return len(b), nil }
func (u *unsent) WriteHeader(int)             {}

func write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.Header().Set("Twilio-Request-Id", newSID("RQ"))
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(body) // the client went away
}

// uri is the path of one of an account's resources.
func uri(account string, parts ...string) string {
	return accounts + account + "/" + strings.Join(parts, "/") + ".json"
}
