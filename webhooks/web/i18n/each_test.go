package i18n

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestOneOfEachLanguageIsMadeWhenItIsRead, once, however often that is.
func TestOneOfEachLanguageIsMadeWhenItIsRead(t *testing.T) {
	c := catalog(t)
	var made []string
	pages, err := MakeEach(c, func(l *Language) (string, error) {
		made = append(made, l.Tag)
		if l.Tag == "fr" {
			return "", errors.New("no page")
		}
		return "page in " + l.Tag, nil
	})
	require.NoError(t, err)
	require.Equal(t, []string{"en"}, made, "by which it is known at once whether any can be")
	for range 2 {
		page, err := pages.In(c.Match("pl", ""))
		require.NoError(t, err)
		require.Equal(t, "page in pl", page)
	}
	_, err = pages.In(c.Match("fr", ""))
	require.ErrorContains(t, err, "no page")
	require.Equal(t, []string{"en", "pl", "fr"}, made)
	_, err = MakeEach(c, func(*Language) (int, error) { return 0, errors.New("none at all") })
	require.ErrorContains(t, err, "none at all")
}
