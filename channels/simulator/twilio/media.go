package twilio

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"slices"
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
	media = strings.TrimSuffix(media, ".json")
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.Contains(s.deleted, media) {
		return file{}, "", false
	}
	if e, ok := s.bySID[sid]; ok {
		for _, f := range e.files {
			if f.sid == media {
				return f, e.Account, true
			}
		}
	}
	if s.auto.Load() && strings.HasPrefix(sid, "MM") && strings.HasPrefix(media, "ME") { // sent by another process, see newRecordingSID
		return file{media, "image/jpeg", Photo()}, s.config.AccountSID, true
	}
	return file{}, "", false
}

// Sent is a file that a customer sent, by the message's id and its own, as it lies
// on their own phone: there it stays, whatever of it the provider was told to delete.
func (s *Simulator) Sent(sid, media string) (content []byte, contentType string, found bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, ok := s.bySID[sid]; ok {
		for _, f := range e.files {
			if f.sid == media {
				return f.content, f.kind, true
			}
		}
	}
	return nil, "", false
}

// Photo is a picture to send: a red house on green ground, under a blue sky.
func Photo() []byte {
	p := image.NewRGBA(image.Rect(0, 0, 640, 480))
	for y := range 480 {
		for x := range 640 {
			c := color.RGBA{R: 0x8C, G: 0xC4, B: 0xEE, A: 0xFF}
			switch roof := y - 140; {
			case y > 380:
				c = color.RGBA{R: 0x5C, G: 0x9E, B: 0x4A, A: 0xFF}
			case x > 200 && x < 440 && y > 240, roof > 0 && y <= 240 && x > 320-roof*3/2 && x < 320+roof*3/2:
				c = color.RGBA{R: 0xB4, G: 0x4A, B: 0x3C, A: 0xFF}
			}
			p.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	_ = jpeg.Encode(&b, p, nil) // a buffer takes all
	return b.Bytes()
}
