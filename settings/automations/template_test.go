package automations

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const sid = "HX0123456789abcdef0123456789abcdef"

func TestTemplatesAreRead(t *testing.T) {
	for option, want := range map[string][]Template{
		"": nil, " ; \n": nil,
		"done":                               {{Name: "done"}},
		"en_US: done | {{link}}, message":    {{Name: "done", Language: "en_US", Values: []string{"link", "message"}}},
		"en: done; pl: sprawa | link\nother": {{Name: "done", Language: "en"}, {Name: "sprawa", Language: "pl", Values: []string{"link"}}, {Name: "other"}},
		sid + " | customer_name":             {{Name: sid, Values: []string{"customer_name"}}},
	} {
		got, err := ReadTemplates(option)
		require.NoError(t, err, option)
		require.Equal(t, want, got, option)
	}
	for option, words := range map[string]string{
		"Done": "template_name", "a b": "template_name", "../x": "template_name", "HX12": "template_name", "english: done": "template_language", "EN: done": "template_language",
		"done | nickname": "template_value", "done |": "template_value", "done; other": "template_twice", "en: done; en: other": "template_twice",
	} {
		_, err := ReadTemplates(option)
		require.ErrorContains(t, err, words, option)
	}
}

func TestTemplatesAreChosenByLanguage(t *testing.T) {
	s := Setting{Key: AskIssueResolved, Options: map[string]any{WhatsAppTemplate: "en_US: done; pt_BR: pronto; pl: sprawa"}}
	for language, want := range map[string]string{"pl": "sprawa", "pt-BR": "pronto", "en": "done", "de": "done"} {
		got, found := s.Template(language, false, func(Template) bool { return false })
		require.True(t, found)
		require.Equal(t, want, got.Name, language)
	}
	s.Options[WhatsAppTemplate] = "pl: sprawa; any"
	got, _ := s.Template("de", false, func(Template) bool { return false })
	require.Equal(t, "any", got.Name)
	s.Options[WhatsAppTemplate] = "done; " + sid
	got, _ = s.Template("de", true, func(Template) bool { return false })
	require.Equal(t, sid, got.Name, "each road has its own")
	s.Options[WhatsAppTemplate] = "pl: sprawa"
	_, found := s.Template("de", false, func(Template) bool { return false })
	require.False(t, found, "nobody reads a language that is neither theirs nor English")
	_, found = Setting{Key: AskIssueResolved}.Template("en", false, func(Template) bool { return false })
	require.False(t, found)
	require.Equal(t, []string{"whole", "-", "LINK"}, Template{Values: []string{"message", "amount", "link"}}.Fill("whole", func(name string) string {
		return map[string]string{"link": "LINK"}[name]
	}))
}
