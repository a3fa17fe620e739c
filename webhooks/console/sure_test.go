package console

import (
	"io/fs"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings"
)

// takesFor are the words in which the path of a form ends that takes something away.
var takesFor = regexp.MustCompile(`/(delete|remove|end|revoke|erase)$`)

// TestWhatTakesAwayAsks: every form that takes something away asks once more, whatever
// the browser runs.
func TestWhatTakesAwayAsks(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, p := range pages {
		takes := takesFor.MatchString(p.path) || strings.HasPrefix(p.operation, "delete-") || strings.HasPrefix(p.operation, "erase-")
		if p.method == http.MethodPost && takes {
			require.Contains(t, takesAway, p.operation, p.path)
			seen++
		}
	}
	require.GreaterOrEqual(t, seen, 11)
	c, err := New(Config{})
	require.NoError(t, err)
	for operation := range takesAway {
		require.True(t, c.words.Has("sure."+operation), operation)
	}
	// Of the webhooks' one form the handler asks; a form that only says what to do
	// by a field is another.
	templates, err := fs.Glob(files, "templates/*.html")
	require.NoError(t, err)
	for _, name := range templates {
		raw, err := fs.ReadFile(files, name)
		require.NoError(t, err)
		if name != "templates/hook.html" {
			require.NotContains(t, string(raw), `value="delete"`, name)
		}
	}
}

// takesByName are the words with which the name of an operation begins that takes something away.
var takesByName = regexp.MustCompile(`^(delete|remove|erase|end|cancel|reset|disconnect|merge)-`)

// TestWhatTakesAwayByItsNameAsks, wherever its form is sent to.
func TestWhatTakesAwayByItsNameAsks(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, p := range pages {
		if p.method == http.MethodPost && takesByName.MatchString(p.operation) {
			require.Contains(t, takesAway, p.operation, p.path)
			seen++
		}
	}
	require.GreaterOrEqual(t, seen, 18)
}

// TestEveryQuestionHasItsOwnAnswer: what is not removed is not called so on the button.
func TestEveryQuestionHasItsOwnAnswer(t *testing.T) {
	t.Parallel()
	c, err := New(Config{})
	require.NoError(t, err)
	for operation := range takesAway {
		if strings.HasPrefix(operation, "delete-") || strings.HasPrefix(operation, "remove-") || strings.HasPrefix(operation, "erase-") {
			continue
		}
		for _, words := range []string{"sure.what.", "sure.yes."} {
			require.True(t, c.words.Has(words+operation), words+operation)
		}
	}
}

// takesForm is a form of a template that takes something away, up to its first field.
var takesForm = regexp.MustCompile(`<form [^>]*action="[^"]*(?:/(?:delete|remove|end|revoke|erase|planned|cancel|sessions|disconnect|merge|join)|}}/second-factor)(?:{{[^"]*)?"[^>]*>(?:<input[^>]*>)*`)

// TestTheQuestionNamesWhatIsTakenAway: of several alike one has to see which it is.
func TestTheQuestionNamesWhatIsTakenAway(t *testing.T) {
	t.Parallel()
	templates, err := fs.Glob(files, "templates/*.html")
	require.NoError(t, err)
	seen := 0
	for _, name := range templates {
		raw, err := fs.ReadFile(files, name)
		require.NoError(t, err)
		for _, form := range append(takesForm.FindAllString(string(raw), -1), takesByField.FindAllString(string(raw), -1)...) {
			if !strings.Contains(form, "/second-factor/remove") && !strings.Contains(form, `name="`+sureField+`"`) { // there is but one; it has asked
				require.Contains(t, form, `name="`+namedField+`"`, name)
			}
			seen++
		}
	}
	require.GreaterOrEqual(t, seen, 18)
}

// takesByField is such a form that says it by a field.
var takesByField = regexp.MustCompile(`<form [^>]*><input [^>]*value="delete">(?:<input[^>]*>)*`)

// inputTag is a field of a template that holds a secret.
var (
	inputTag    = regexp.MustCompile(`<input [^>]*(type="password"|autocomplete="one-time-code")[^>]*>`)
	nameOfInput = regexp.MustCompile(` name="([a-z_]+)"`)
)

// TestEverySecretOfAFormIsKnown: what browsers hide, or what is a code, is not repeated.
func TestEverySecretOfAFormIsKnown(t *testing.T) {
	t.Parallel()
	templates, err := fs.Glob(files, "templates/*.html")
	require.NoError(t, err)
	seen := 0
	for _, name := range templates {
		raw, err := fs.ReadFile(files, name)
		require.NoError(t, err)
		for _, input := range inputTag.FindAllString(string(raw), -1) {
			if found := nameOfInput.FindStringSubmatch(input); found != nil {
				require.Contains(t, secretFields, found[1], name)
				seen++
			}
		}
	}
	require.GreaterOrEqual(t, seen, 7)
	c, err := New(Config{})
	require.NoError(t, err)
	for field, label := range secretFields {
		require.True(t, label == "" || c.words.Has(label), field)
	}
}

// TestTheQuestionSaysWhatCanComeBack: what the page of changes puts back is not called
// gone for good.
func TestTheQuestionSaysWhatCanComeBack(t *testing.T) {
	t.Parallel()
	for operation, back := range takesAway {
		if what, ok := strings.CutPrefix(operation, "delete-"); ok {
			require.Equal(t, settings.Change{What: strings.ReplaceAll(what, "-", "_")}.Restorable(), back, operation)
		}
	}
}
