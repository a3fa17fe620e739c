package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// request is what is typed after curl, as far as the docs use it.
type request struct {
	method, url, body string
	headers           http.Header
	cookies, saveTo   string // -b and -c: files of cookies
	headersTo, bodyTo string // -D and -o
}

// curl makes one request and prints the answer, so that a script can hold the
// commands of the docs as they stand there. Like curl, it takes a refusal for an
// answer: the script says what has to be in it.
func curl(ts *testscript.TestScript, _ bool, args []string) {
	r := request{headers: http.Header{}}
	for len(args) > 0 {
		used := r.take(ts, args)
		args = args[used:]
	}
	answer, body := r.send(ts)
	if r.headersTo != "" {
		var head strings.Builder
		ts.Check(answer.Header.Write(&head))
		ts.Check(os.WriteFile(ts.MkAbs(r.headersTo), []byte(head.String()), 0o600))
	}
	if r.saveTo != "" && len(answer.Cookies()) > 0 {
		var jar strings.Builder
		for _, one := range answer.Cookies() {
			fmt.Fprintf(&jar, "%s=%s; ", one.Name, one.Value)
		}
		ts.Check(os.WriteFile(ts.MkAbs(r.saveTo), []byte(jar.String()), 0o600))
	}
	if r.bodyTo != "" {
		ts.Check(os.WriteFile(ts.MkAbs(r.bodyTo), body, 0o600))
		return
	}
	fmt.Fprintln(ts.Stdout(), string(body))
}

// api is the docs' shell function of that name: curl with the key.
func api(ts *testscript.TestScript, neg bool, args []string) {
	curl(ts, neg, append([]string{"-s", "-H", "Authorization: Bearer " + ts.Getenv("KEY"), "-H", "Content-Type: application/json"}, args...))
}

// take reads one option with its value, or the address; it returns how many
// words that were.
func (r *request) take(ts *testscript.TestScript, args []string) int {
	if args[0] == "-s" {
		return 1
	}
	if !strings.HasPrefix(args[0], "-") {
		r.url = args[0]
		return 1
	}
	if len(args) < 2 {
		ts.Fatalf("%s: nothing after it", args[0])
	}
	switch value := args[1]; args[0] {
	case "-X":
		r.method = value
	case "-d":
		r.body = value
	case "--data-binary":
		r.body = ts.ReadFile(strings.TrimPrefix(value, "@"))
	case "-H":
		name, value, _ := strings.Cut(value, ": ")
		r.headers.Set(name, value)
	case "-b":
		r.cookies = value
	case "-c":
		r.saveTo = value
	case "-D":
		r.headersTo = value
	case "-o":
		r.bodyTo = value
	default:
		ts.Fatalf("unknown option %s", args[0])
	}
	return 2
}

func (r *request) send(ts *testscript.TestScript) (*http.Response, []byte) {
	method := r.method
	switch {
	case method != "":
	case r.body != "":
		method = http.MethodPost
	default:
		method = http.MethodGet
	}
	sent, err := http.NewRequest(method, r.url, strings.NewReader(r.body))
	ts.Check(err)
	sent.Header = r.headers
	if r.cookies != "" {
		sent.Header.Set("Cookie", strings.TrimSuffix(ts.ReadFile(r.cookies), "; "))
	}
	answer, err := http.DefaultClient.Do(sent)
	ts.Check(err)
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	ts.Check(err)
	return answer, body
}

// keep puts the last answer into a variable, or a value in it such as items.0.id.
func keep(ts *testscript.TestScript, _ bool, args []string) {
	answer := ts.ReadFile("stdout")
	switch len(args) {
	case 1:
		ts.Setenv(args[0], strings.TrimSpace(answer))
	case 2:
		var whole any
		ts.Check(json.Unmarshal([]byte(answer), &whole))
		text, ok := find(whole, strings.Split(args[1], ".")).(string)
		if !ok {
			ts.Fatalf("no text at %s", args[1])
		}
		ts.Setenv(args[0], text)
	default:
		ts.Fatalf("usage: keep NAME [PATH]")
	}
}

// find goes down into what was read from JSON; nil: there is no such place.
func find(at any, path []string) any {
	for _, step := range path {
		switch here := at.(type) {
		case map[string]any:
			at = here[step]
		case []any:
			n, err := strconv.Atoi(step)
			if err != nil || n >= len(here) {
				return nil
			}
			at = here[n]
		default:
			return nil
		}
	}
	return at
}
