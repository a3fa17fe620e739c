package templates_test

import (
	"html/template"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"ringback/webhooks/web/i18n"
	"ringback/webhooks/web/templates"
)

func functions(l *i18n.Language) template.FuncMap { return template.FuncMap{"t": l.T} }

func folder(page string) fstest.MapFS {
	return fstest.MapFS{
		"templates/page.html": {Data: []byte(page)},
		"phrases/page.json":   {Data: []byte(`{"hello":{"en":"Hello","pl":"Dzień dobry","de":"Hallo","fr":"Bonjour","es":"Hola","it":"Ciao","pt-BR":"Olá"}}`)},
	}
}

// TestAPageInItsLanguage: what somebody typed is text in it, whatever it is.
func TestAPageInItsLanguage(t *testing.T) {
	t.Parallel()
	set, err := templates.Load(folder(`{{t "hello"}}, {{.}}`), functions)
	require.NoError(t, err)
	for language, want := range map[string]string{"en": "Hello, &lt;b&gt;", "pl": "Dzień dobry, &lt;b&gt;"} {
		page, err := set.Draw(set.Words.Match(language, ""), "page.html", "<b>")
		require.NoError(t, err)
		require.Equal(t, want, string(page))
	}
	_, err = set.Draw(set.Words.Match("en", ""), "other.html", nil)
	require.ErrorContains(t, err, "other.html")
}

// TestAPageThatIsWrong is known before anybody asks for it.
func TestAPageThatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := templates.Load(folder(`{{if}}`), functions)
	require.ErrorContains(t, err, "page.html")
	_, err = templates.Load(fstest.MapFS{"templates/page.html": {}, "phrases/page.json": {Data: []byte(`{`)}}, functions)
	require.ErrorContains(t, err, "page.json")
}
