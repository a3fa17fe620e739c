package twilio

import (
	"net/http"
	"slices"
	"strings"
)

// deleteMedia serves DELETE Messages/{sid}/Media/{media}.
func (s *Simulator) deleteMedia(w http.ResponseWriter, r *http.Request, account string) {
	sid, media := r.PathValue("sid"), strings.TrimSuffix(r.PathValue("media"), ".json")
	if _, owner, ok := s.file(sid, media); !ok || owner != account {
		writeError(w, 20404, "")
		return
	}
	s.delete(media)
	w.WriteHeader(http.StatusNoContent)
}

// deleteRecording serves DELETE Recordings/{sid}.
func (s *Simulator) deleteRecording(w http.ResponseWriter, r *http.Request, account string) {
	sid := strings.TrimSuffix(r.PathValue("file"), ".json")
	_, call, ok := s.recording(sid)
	if ok = ok && call.plan.account == account; !ok && s.auto.Load() {
		_, ok = recordedElsewhere(sid)
	}
	if !ok || s.isDeleted(sid) {
		writeError(w, 20404, "")
		return
	}
	s.delete(sid)
	w.WriteHeader(http.StatusNoContent)
}

// Deleted are the files and recordings that the provider was asked to delete,
// in order.
func (s *Simulator) Deleted() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.deleted)
}

func (s *Simulator) delete(sid string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deleted = append(s.deleted, sid)
}

func (s *Simulator) isDeleted(sid string) bool { return slices.Contains(s.Deleted(), sid) }
