package simulator

import (
	"net/http"
	"strconv"
	"strings"
)

// file is what came with a customer's message.
type file struct {
	sid, kind string
	content   []byte
}

// WithFile adds a file that the provider keeps for the gateway to fetch: at its
// API, with credentials, which points to where it lies, without.
func WithFile(content []byte, contentType string) TextOption {
	return func(t *text) { t.files = append(t.files, file{newSID("ME"), contentType, content}) }
}

// attach gives the message the addresses of its files.
func (s *Simulator) attach(t *text, m *Message) {
	for _, f := range t.files {
		t.types = append(t.types, f.kind)
		m.Media = append(m.Media, s.base()+accounts+m.Account+"/Messages/"+m.SID+"/Media/"+f.sid)
	}
}

// fetchMedia serves GET Messages/{sid}/Media/{media}: the way to the file.
func (s *Simulator) fetchMedia(w http.ResponseWriter, r *http.Request, account string) {
	sid, media := r.PathValue("sid"), r.PathValue("media")
	if _, owner, ok := s.file(sid, media); !ok || owner != account {
		writeError(w, 20404, "")
		return
	}
	w.Header().Set("Location", s.base()+kept+sid+"/"+media)
	w.WriteHeader(http.StatusTemporaryRedirect)
}

// kept is where files lie. Like the service that Twilio keeps them at, it knows
// no accounts and refuses a request that brings credentials.
const kept = "/kept/"

func (s *Simulator) fetchKept(w http.ResponseWriter, r *http.Request) {
	f, _, ok := s.file(r.PathValue("sid"), r.PathValue("media"))
	switch {
	case r.Header.Get("Authorization") != "":
		http.Error(w, "Only one auth mechanism allowed", http.StatusBadRequest)
	case !ok:
		http.NotFound(w, r)
	default:
		w.Header().Set("Content-Type", f.kind)
		w.Header().Set("Content-Length", strconv.Itoa(len(f.content)))
		_, _ = w.Write(f.content)
	}
}

// file is a message's file and the account that it belongs to.
func (s *Simulator) file(sid, media string) (file, string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, ok := s.bySID[sid]; ok {
		for _, f := range e.files {
			if f.sid == strings.TrimSuffix(media, ".json") {
				return f, e.Account, true
			}
		}
	}
	return file{}, "", false
}
