package main

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// What makes a shell ask `ringback __complete`.
var (
	//go:embed completion/ringback.bash
	forBash string
	//go:embed completion/ringback.zsh
	forZsh string
	//go:embed completion/ringback.fish
	forFish string
)

type completion struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Run prints the shell's script, which says in its first lines where it goes.
func (c completion) Run(out output) error {
	script := map[string]string{"bash": forBash, "zsh": forZsh, "fish": forFish}[c.Shell]
	_, _ = fmt.Fprint(out.words(), script)
	return out.value(map[string]string{"shell": c.Shell, "script": script})
}

type complete struct {
	Words []string `arg:"" optional:"" help:"What is typed after ringback, after a --; the last word is under the cursor."`
}

// Run prints what could stand for the last word, one a line with what it is
// after a tab. A shell asks for it, whatever else is typed.
func (c complete) Run(model *kong.Application, out output) error {
	words := c.Words
	if len(words) == 0 {
		words = []string{""}
	}
	typed, last := words[:len(words)-1], words[len(words)-1]
	if len(typed) > 0 && typed[0] == "help" {
		typed = typed[1:]
	}
	at, open := descend(model.Node, typed)
	for _, one := range candidates(at, open, last) {
		if strings.HasPrefix(one.name, last) {
			if _, err := fmt.Fprintf(out.to, "%s\t%s\n", one.name, one.about); err != nil {
				return err
			}
		}
	}
	return nil
}

// descend goes down to the command that the words name; open is the flag that
// still wants its value, if the last of them is one.
func descend(at *kong.Node, words []string) (_ *kong.Node, open *kong.Flag) {
	for _, word := range words {
		switch {
		case open != nil:
			open = nil
		case strings.HasPrefix(word, "-"):
			open = wantsValue(at, word)
		default:
			for _, child := range at.Children {
				if child.Name == word && !child.Hidden {
					at = child
					break
				}
			}
		}
	}
	return at, open
}

// wantsValue is the flag of that word, if its value is the next word.
func wantsValue(at *kong.Node, word string) *kong.Flag {
	for _, group := range at.AllFlags(true) {
		for _, flag := range group {
			if "--"+flag.Name == word && !flag.IsBool() {
				return flag
			}
		}
	}
	return nil
}

// candidate is a word that could follow.
type candidate struct{ name, about string }

func candidates(at *kong.Node, open *kong.Flag, last string) (all []candidate) {
	switch {
	case open != nil:
		return chosenFrom(open.Value)
	case strings.HasPrefix(last, "-"):
		for _, group := range at.AllFlags(true) {
			for _, flag := range group {
				all = append(all, candidate{"--" + flag.Name, flag.Help})
			}
		}
		return all
	}
	for _, child := range at.Children {
		if !child.Hidden {
			all = append(all, candidate{child.Name, child.Help})
		}
	}
	for _, argument := range at.Positional {
		all = append(all, chosenFrom(argument)...)
	}
	return all
}

// chosenFrom are the values that a flag or an argument takes, if they are few.
func chosenFrom(v *kong.Value) (all []candidate) {
	for _, one := range v.EnumSlice() {
		if one != "" {
			all = append(all, candidate{name: one})
		}
	}
	return all
}
