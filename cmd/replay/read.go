package replay

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"ringback/channels/twilio"
	"ringback/channels/whatsapp"
)

// Recorded is one request of a provider's, as a file has it.
type Recorded struct {
	File   string
	Method string
	Path   string // of the door, with its query
	Body   []byte
	Meta   bool // it is Meta's, not Twilio's
	Expect int  // the status that is right; 0: any of 2xx
}

// skipped are folders of what is no webhook: answers, and tables for tests.
var skipped = []string{"responses", "signature", "handshake"}

// Read reads a file, or all files of a folder in their order. What kind it is says
// its name: .form is a form's body, .query a query, .http a whole request, .jsonl a
// form in each line, .json a body of Meta's. FILE.status beside it holds the status
// that is right.
func Read(at string) ([]Recorded, error) {
	var all []Recorded
	err := filepath.WalkDir(at, func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && file != at && slices.Contains(skipped, entry.Name()):
			return filepath.SkipDir
		case entry.IsDir():
			return nil
		}
		found, err := readFile(file)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if found == nil && file == at {
			return fmt.Errorf("%s: is none of .form, .query, .http, .jsonl and .json", file)
		}
		all = append(all, found...)
		return nil
	})
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("%s: holds nothing that was recorded", at)
	}
	return all, err
}

// readFile is nothing for a file of another kind.
func readFile(file string) ([]Recorded, error) {
	kind := filepath.Ext(file)
	if !slices.Contains([]string{".form", ".query", ".http", ".jsonl", ".json"}, kind) {
		return nil, nil
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	expect, err := expected(file)
	if err != nil {
		return nil, err
	}
	content = bytes.TrimSuffix(content, []byte("\n"))
	one := Recorded{File: file, Method: http.MethodPost, Body: content, Expect: expect}
	switch kind {
	case ".json":
		one.Meta, one.Path = true, whatsapp.Path
		return []Recorded{one}, nil
	case ".query":
		one.Method, one.Body = http.MethodGet, nil
		one.Path = join(door(string(content)), string(content))
		return []Recorded{one}, nil
	case ".jsonl":
		return lines(one)
	case ".http":
		request, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(content)))
		if err != nil {
			return nil, err
		}
		one.Body, err = io.ReadAll(request.Body)
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) { // its length was counted before numbers were replaced
			return nil, err
		}
	}
	one.Path = door(string(one.Body))
	return []Recorded{one}, nil
}

func lines(one Recorded) (all []Recorded, err error) {
	for line := range bytes.Lines(one.Body) {
		var said map[string]string
		if err := json.Unmarshal(line, &said); err != nil {
			return nil, err
		}
		form := url.Values{}
		for name, value := range said {
			form.Set(name, value)
		}
		next := one
		next.Body = []byte(form.Encode())
		next.Path = door(form.Encode())
		all = append(all, next)
	}
	return all, nil
}

func expected(file string) (int, error) {
	raw, err := os.ReadFile(file + ".status")
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	status, err := strconv.Atoi(strings.TrimSpace(string(raw)))
	if err != nil {
		return 0, fmt.Errorf("%s.status: holds no status", filepath.Base(file))
	}
	return status, nil
}

// door is where Twilio brings a form, by what it says.
func door(body string) string {
	form, _ := url.ParseQuery(body) // what cannot be read is left out
	status := form.Get("MessageStatus")
	switch {
	case form.Has("CallSid") && form.Has("RecordingStatus"):
		return twilio.RecordingPath + "?at=recording"
	case form.Has("CallSid") && (form.Has("CallbackSource") || form.Has("SequenceNumber")):
		return twilio.CallsPath
	case form.Has("DialCallStatus"):
		return twilio.NextPath + "?at=dialed"
	case form.Has("RecordingUrl"):
		return twilio.NextPath + "?at=recording"
	case form.Has("CallSid") && form.Has("Digits"):
		return twilio.NextPath + "?at=menu"
	case form.Has("CallSid"):
		return twilio.VoicePath
	case status != "" && status != "received":
		return twilio.StatusPath
	}
	return twilio.MessagesPath
}

func join(path, query string) string {
	if strings.Contains(path, "?") {
		return path + "&" + query
	}
	return path + "?" + query
}
