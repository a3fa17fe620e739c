package settings

import (
	"strings"

	"ringback/settings/text"
)

// languageExists reports whether there are texts in the language of the tag;
// the region does not matter: en-GB is served by en, pt by pt-BR.
func languageExists(tag string) bool {
	return tag != "" && strings.EqualFold(primary(tag), primary(text.Match(tag)))
}

func primary(tag string) string {
	language, _, _ := strings.Cut(tag, "-")
	return language
}

// CheckLanguage is Invalid unless there are texts in the language.
func CheckLanguage(field, tag string) error {
	var wrong Invalid
	wrong.Add(!languageExists(tag), field, "not_one_of", "List", text.Languages())
	return wrong.Err()
}
