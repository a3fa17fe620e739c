package cmd_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// notScripted are the commands of the docs that no script can run, and why.
var notScripted = map[string]string{
	"git clone":          "needs the place where the repository is kept",
	"git tag":            "makes a release of this very repository",
	"make demo":          "is ringback demo, after an installation",
	"make test":          "is what runs this",
	"make race":          "is what runs this, under the race detector",
	"make test-hours":    "is what runs this, six times",
	"make build":         "every test builds the program",
	"make tunnel":        "builds the program with ngrok; .ci/test tests that build",
	"make sim":           "takes minutes; its package plays a few seeds each time",
	"make sim-mutants":   "takes minutes, and builds faults",
	"go run cmd/sim":     "takes minutes; its package plays a few seeds each time",
	"make alerts":        "needs Prometheus, and tests its rules alone",
	"make bench":         "takes minutes, and measures",
	"make bench-large":   "takes an hour, and measures; its package plays it in short",
	"make bench-inbox":   "takes an hour, and measures; its package plays it in short",
	"make release":       "wants a tag, and builds for every platform",
	"make fuzz":          "takes hours; every test plays the seeds",
	"make proxies":       "needs nginx, Caddy and HAProxy, and tries what stands in front",
	"go run cmd/bench":   "takes minutes, and measures",
	"make chaos":         "takes minutes; its package plays a short campaign each time",
	"make chaos-plants":  "takes minutes, and builds faults",
	"go run cmd/chaos":   "takes minutes; its package plays a short campaign each time",
	"make cluster":       "needs root, Patroni and etcd, and takes minutes",
	"go run cmd/cluster": "needs root, Patroni and etcd, and takes minutes",
}

// Every command that the docs tell somebody to type is typed in a script under
// cmd/ringback, with all its flags, or stands above with the reason.
func TestEveryCommandInTheDocsRuns(t *testing.T) {
	scripts, err := filepath.Glob("ringback/testdata/script/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, scripts)
	run := map[string]bool{}
	for _, file := range scripts {
		for line := range strings.Lines(read(t, file)) {
			if typed := scripted.ReplaceAllString(strings.TrimSpace(line), ""); ours.MatchString(typed) {
				run[shape(typed)] = true
			}
		}
	}
	documents, err := filepath.Glob("../docs/*.md")
	require.NoError(t, err)
	used := map[string]bool{}
	for _, file := range append(documents, "../README.md") {
		for _, typed := range commands(read(t, file)) {
			wanted := shape(typed)
			_, excused := notScripted[wanted]
			used[wanted] = true
			if !excused && !covers(run, wanted) {
				t.Errorf("%s: no script in cmd/ringback/testdata/script runs %q (%s)", file, typed, wanted)
			}
		}
	}
	require.Greater(t, len(used), 40, "the commands were found")
	for excused := range notScripted {
		require.True(t, used[excused], "no document names %q any more", excused)
	}
}

var (
	block    = regexp.MustCompile("(?ms)^ *```[a-z]*\n(.*?)^ *```")
	inline   = regexp.MustCompile("`([^`\n]+)`")
	ours     = regexp.MustCompile(`^(bin/ringback|ringback|go run \./cmd/\w+|make|curl|api|git)\b [^.]`)
	scripted = regexp.MustCompile(`^(exits \d+ |exec |! )+| &\w*&?$`)
	assigned = regexp.MustCompile(`^([A-Z_]+=\S* +)+`)
	id       = regexp.MustCompile(`^(\$\w+|.*…|[A-Z_]+|[0-9a-f-]{36})$`)
)

// commands are what a document tells somebody to type, in a block or in a
// sentence. In a block it may follow a $, and go on after a backslash.
func commands(document string) []string {
	var all []string
	for _, b := range block.FindAllStringSubmatch(document, -1) {
		for line := range strings.Lines(strings.ReplaceAll(b[1], "\\\n", " ")) {
			line = strings.TrimPrefix(strings.TrimSpace(line), "$ ")
			for one := range strings.SplitSeq(line, " && ") {
				all = append(all, assigned.ReplaceAllString(one, ""))
			}
		}
	}
	for _, typed := range inline.FindAllStringSubmatch(block.ReplaceAllString(document, ""), -1) {
		all = append(all, typed[1])
	}
	return slices.DeleteFunc(all, func(s string) bool { return !ours.MatchString(s) })
}

// shape is what of a command has to be the same in a script: the subcommand and
// the names of its flags, or a request's method and path.
func shape(typed string) string {
	typed, _, _ = strings.Cut(typed, "  #")
	words := strings.Fields(typed)
	switch {
	case words[0] == "curl" || words[0] == "api":
		return requested(typed)
	case words[0] == "go" && words[2] == "./cmd/ringback":
		words = append([]string{"ringback"}, words[3:]...)
	case words[0] == "go":
		return "go run cmd/" + filepath.Base(words[2])
	case words[0] == "make" || words[0] == "git":
		return strings.Join(words[:2], " ")
	}
	command, flags := []string{"ringback"}, []string(nil)
	for _, w := range words[1:] {
		name, _, _ := strings.Cut(w, "=")
		name, _, _ = strings.Cut(name, "|")
		switch {
		case strings.HasPrefix(w, "--"):
			flags = append(flags, name)
		case len(flags) == 0:
			command = append(command, id.ReplaceAllString(w, "{id}"))
		}
	}
	slices.Sort(flags)
	return strings.Join(append(command, flags...), " ")
}

var (
	apiPath = regexp.MustCompile(`/api/v1(/[^\s"'?]*)`)
	method  = regexp.MustCompile(`-X ([A-Z]+)`)
)

func requested(typed string) string {
	verb := http.MethodGet
	if strings.Contains(typed, " -d ") || strings.Contains(typed, " --data-binary ") {
		verb = http.MethodPost
	}
	if m := method.FindStringSubmatch(typed); m != nil {
		verb = m[1]
	}
	path := ""
	if a := apiPath.FindStringSubmatch(typed); a != nil {
		path = a[1]
	}
	steps := strings.Split(path, "/")
	for n, step := range steps {
		steps[n] = id.ReplaceAllString(step, "{id}")
	}
	return fmt.Sprintf("%s %s", verb, strings.Join(steps, "/"))
}

// covers tells whether a script runs the command, with these flags and perhaps
// more.
func covers(run map[string]bool, wanted string) bool {
	if run[wanted] {
		return true
	}
	command, flags := apart(wanted)
	for other := range run {
		c, f := apart(other)
		if c == command && !slices.ContainsFunc(flags, func(one string) bool { return !slices.Contains(f, one) }) {
			return true
		}
	}
	return false
}

// apart takes a shape's flags from its command.
func apart(shape string) (command string, flags []string) {
	for word := range strings.FieldsSeq(shape) {
		if strings.HasPrefix(word, "--") {
			flags = append(flags, word)
		} else {
			command = strings.TrimSpace(command + " " + word)
		}
	}
	return command, flags
}

// The parsing has to find what it is for.
func TestCommandsAreFound(t *testing.T) {
	document := "Type `bin/ringback doctor --fix`, see `ringback.go` and `ringback`.\n\n" +
		"   ```\n   export A=b\n   $ B=c bin/ringback serve --tunnel ngrok\n   made by make\n   ```\n\n" +
		"```sh\nmake build && bin/ringback --help   # all of it\ncurl -X POST \\\n  \"$B/api/v1/teams/$T/senders?x=y\"\n```\n"
	var shapes []string
	for _, one := range commands(document) {
		shapes = append(shapes, shape(one))
	}
	require.Equal(t, []string{
		"ringback serve --tunnel", "make build", "ringback --help", "POST /teams/{id}/senders", "ringback doctor --fix",
	}, shapes)
	run := map[string]bool{"ringback simulate sms --body --from": true}
	require.True(t, covers(run, "ringback simulate sms --from"))
	require.False(t, covers(run, "ringback simulate sms --to"))
	require.False(t, covers(run, "ringback simulate"))
}
