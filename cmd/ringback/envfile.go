package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"
)

// loadEnvironment takes from a file what the environment does not say already, so that
// a command in a shell is told what the service is told.
func loadEnvironment(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("--env-file: %w", err)
	}
	all, err := readEnvironment(string(text))
	if err != nil {
		return fmt.Errorf("--env-file %s: %w", file, err)
	}
	for _, v := range all {
		if _, said := os.LookupEnv(v.name); said {
			continue
		}
		if err := os.Setenv(v.name, v.value); err != nil {
			return fmt.Errorf("--env-file %s: %s: %w", file, v.name, err)
		}
	}
	return nil
}

// variable is one line of a file with an environment.
type variable struct{ name, value string }

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// readEnvironment reads NAME=value lines as systemd does (systemd.exec(5),
// EnvironmentFile=), because it is the service's own file that is read: no $ stands for
// anything, and a # within a value is a letter of it. A shell reads them otherwise. An
// error names the line.
func readEnvironment(text string) ([]variable, error) {
	var all []variable
	for rest := text; ; {
		rest = strings.TrimLeft(rest, " \t\r\n")
		if rest == "" {
			return all, nil
		}
		if rest[0] == '#' || rest[0] == ';' {
			_, rest, _ = strings.Cut(rest, "\n")
			continue
		}
		line := 1 + strings.Count(text[:len(text)-len(rest)], "\n")
		name, _, is := strings.Cut(rest, "=")
		if !is || !variableName.MatchString(strings.TrimSpace(name)) {
			return nil, fmt.Errorf("line %d is not NAME=value", line)
		}
		var value string
		if value, rest, is = readValue(rest[len(name)+1:]); !is {
			return nil, fmt.Errorf("line %d: a quote is not closed", line)
		}
		all = append(all, variable{strings.TrimSpace(name), value})
	}
}

// readValue reads up to the end of the line, or further within quotes or behind a
// backslash. False: a quote is not closed.
func readValue(text string) (value, rest string, closed bool) {
	var b strings.Builder
	kept := 0        // white space up to there stood in quotes or behind a backslash
	mayQuote := true // within a bare value a quote is a letter of it
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\n':
			return trimmed(b.String(), kept), text[i+1:], true
		case mayQuote && strings.IndexByte(" \t\r", c) >= 0:
		case mayQuote && (c == '\'' || c == '"'):
			length := readQuoted(&b, text[i+1:], c)
			if length < 0 {
				return "", "", false
			}
			i += 1 + length
			kept = b.Len()
		case c == '\\' && i+1 < len(text):
			if i++; text[i] != '\n' {
				b.WriteByte(text[i])
			}
			kept, mayQuote = b.Len(), false
		default:
			b.WriteByte(c)
			mayQuote = false
		}
	}
	return trimmed(b.String(), kept), "", true
}

// readQuoted writes what stands before the closing quote, and returns where that is; -1:
// nowhere.
func readQuoted(b *strings.Builder, text string, quote byte) int {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == quote:
			return i
		case quote == '"' && c == '\\' && i+1 < len(text) && strings.IndexByte("\"\\`$\n", text[i+1]) >= 0:
			if i++; text[i] != '\n' {
				b.WriteByte(text[i])
			}
		default:
			b.WriteByte(c)
		}
	}
	return -1
}

func trimmed(value string, kept int) string {
	return value[:kept] + strings.TrimRight(value[kept:], " \t\r")
}
