package model

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/textproto"

	"ringback/channels/fit"
)

// Recording is somebody's voice.
type Recording struct {
	io.Reader
	Size        int64
	ContentType string // audio/wav, audio/mpeg, audio/ogg…
	Name        string // of a file of that type: recording.wav
}

// MaxTranscript is how many characters of a transcript are kept: more than can be said
// in half an hour.
const MaxTranscript = 20_000

// Transcribe returns what a recording says, in lines; empty: nothing that was heard.
func (s *Server) Transcribe(ctx context.Context, r Recording) (string, error) {
	body, contentType, size, err := s.form(r)
	if err != nil {
		return "", fmt.Errorf("the form: %w", err)
	}
	var heard struct {
		Text string `json:"text"`
	}
	if err := s.ask(ctx, "/audio/transcriptions", contentType, body, size, &heard); err != nil {
		return "", err
	}
	return fit.Lines(heard.Text, MaxTranscript), nil
}

// form is the recording between what stands before and after it, so that it is read
// while it is sent, and its length is known before.
func (s *Server) form(r Recording) (io.Reader, string, int64, error) {
	var around bytes.Buffer
	w := multipart.NewWriter(&around)
	for _, field := range [][2]string{{"model", s.Model}, {"response_format", "json"}} {
		if err := w.WriteField(field[0], field[1]); err != nil {
			return nil, "", 0, err
		}
	}
	head := textproto.MIMEHeader{}
	head.Set("Content-Disposition", `form-data; name="file"; filename="`+r.Name+`"`)
	head.Set("Content-Type", r.ContentType)
	if _, err := w.CreatePart(head); err != nil {
		return nil, "", 0, err
	}
	before := around.Len()
	if err := w.Close(); err != nil {
		return nil, "", 0, err
	}
	all := around.Bytes()
	return io.MultiReader(bytes.NewReader(all[:before]), r, bytes.NewReader(all[before:])), w.FormDataContentType(), int64(len(all)) + r.Size, nil
}
