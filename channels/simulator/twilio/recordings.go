package twilio

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
)

// fetchRecording serves GET Recordings/{sid} as .wav, .mp3 and .json; Twilio
// takes no suffix for .wav.
func (s *Simulator) fetchRecording(w http.ResponseWriter, r *http.Request, account string) {
	kind := path.Ext(r.PathValue("file"))
	sid := strings.TrimSuffix(r.PathValue("file"), kind)
	re, call, ok := s.recording(sid)
	if !ok && s.auto.Load() && kind != ".json" {
		re, ok = recordedElsewhere(sid)
	} else if ok {
		ok = call.plan.account == account
	}
	if !ok || s.isDeleted(sid) {
		writeError(w, 20404, "")
		return
	}
	switch kind {
	case "", ".wav":
		stream(w, "audio/x-wav", wavHead(re.Seconds), tone(), re.Seconds)
	case ".mp3":
		stream(w, "audio/mpeg", nil, silence(), re.Seconds)
	case ".json":
		write(w, http.StatusOK, map[string]any{
			"sid": re.SID, "account_sid": account, "call_sid": call.sid, "api_version": apiVersion, "duration": strconv.Itoa(re.Seconds),
			"channels": 1, "source": "RecordVerb", "status": "completed", "error_code": nil, "media_url": re.URL,
			"date_created": rfc2822(call.started), "uri": uri(account, "Recordings", re.SID),
		})
	default:
		writeError(w, 20404, "")
	}
}

// newRecordingSID is an id that tells how long the recording is: `ringback
// simulate` plays a call in one process, and the demo's provider, which is
// another, is asked for what was recorded.
func newRecordingSID(seconds int) string {
	sid := newSID("RE")
	return fmt.Sprintf("%s%04x", sid[:len(sid)-4], min(seconds, 0xFFFF))
}

func recordedElsewhere(sid string) (CallRecording, bool) {
	if len(sid) != 34 || !strings.HasPrefix(sid, "RE") {
		return CallRecording{}, false
	}
	seconds, err := strconv.ParseUint(sid[30:], 16, 16)
	return CallRecording{SID: sid, Seconds: int(seconds)}, err == nil
}

func (s *Simulator) recording(sid string) (CallRecording, *Call, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.calls {
		if at := slices.IndexFunc(c.state.Recordings, func(re CallRecording) bool { return re.SID == sid }); at >= 0 {
			return c.state.Recordings[at], c, true
		}
	}
	return CallRecording{}, nil, false
}

// base is where the simulator's API is reached.
func (s *Simulator) base() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.url == "" {
		return "https://api.twilio.com"
	}
	return strings.TrimSuffix(s.url, "/")
}

// stream writes a head and a second's sound as often as there are seconds.
func stream(w http.ResponseWriter, kind string, head, second []byte, seconds int) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(head)+seconds*len(second)))
	_, err := w.Write(head)
	for range seconds {
		if err != nil {
			return // the client went away
		}
		_, err = w.Write(second)
	}
}

// wavRate is samples a second, of one byte each: a telephone's.
const wavRate = 8000

// wavHead is the head of so many seconds of 8-bit mono PCM.
func wavHead(seconds int) []byte {
	var head bytes.Buffer
	size := uint32(seconds * wavRate) //nolint:gosec // a recording has at most four hours
	head.WriteString("RIFF")
	for _, field := range []any{
		36 + size, []byte("WAVEfmt "), uint32(16), uint16(1), uint16(1), uint32(wavRate), uint32(wavRate), uint16(1), uint16(8),
		[]byte("data"), size,
	} {
		_ = binary.Write(&head, binary.LittleEndian, field) // a buffer takes all
	}
	return head.Bytes()
}

// tone is a second of a quiet hum.
func tone() []byte {
	second := make([]byte, wavRate)
	for i := range second {
		second[i] = byte(128 + 12*math.Sin(2*math.Pi*220*float64(i)/wavRate))
	}
	return second
}

// silence is about a second of MP3: frames of MPEG-2 layer III, mono, 16 kHz,
// 8 kbit/s, of 36 bytes and 36 ms each, in which all is zero but the head.
func silence() []byte {
	frame := make([]byte, 36)
	copy(frame, []byte{0xFF, 0xF3, 0x18, 0xC0})
	return bytes.Repeat(frame, 28)
}
