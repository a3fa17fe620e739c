package text_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings/text"
)

func TestWithoutLinks(t *testing.T) {
	t.Parallel()
	const token, nobodys = "vGnD2ZkQx7mT4bWc9yHs-_", "AAAAAAAAAAAAAAAAAAAAAA"
	for came, kept := range map[string]string{
		"Liked “Pay here: https://texts.example.com/r/" + token + "”":      "Liked “Pay here: https://texts.example.com/r:" + nobodys + "”",
		"/r/" + token + "/r/" + token + " twice":                           "/r:" + nobodys + "/r:" + nobodys + " twice",
		"Body=see+https%3A%2F%2Ftexts.example.com%2Fr%2F" + token + "&x=1": "Body=see+https%3A%2F%2Ftexts.example.com%2Fr:" + nobodys + "&x=1",
		`{"body":"https:\/\/texts.example.com\/r\/` + token + `"}`:         `{"body":"https:\/\/texts.example.com\/r:` + nobodys + `"}`,
		"HTTPS://TEXTS.EXAMPLE.COM/R/" + token:                             "HTTPS://TEXTS.EXAMPLE.COM/R:" + nobodys,
		"Body=https:%2f%2fx.example%2fr%2f" + token:                        "Body=https:%2f%2fx.example%2fr:" + nobodys,
		"Body=https:%2F%2Fx.example%2FR/" + token:                          "Body=https:%2F%2Fx.example%2FR:" + nobodys,
		"https:/\\/x.example/r\\/" + token:                                 "https:/\\/x.example/r:" + nobodys,
		"https:/\\/x.example/R%2F" + token:                                 "https:/\\/x.example/R:" + nobodys,
		"https://texts.example.com/r/short":                                "https://texts.example.com/r/short",
		"or/maybe, https://example.com/rest/of/it":                         "or/maybe, https://example.com/rest/of/it",
		"": "",
	} {
		require.Equal(t, kept, text.WithoutLinks(came))
		require.Equal(t, kept, text.WithoutLinks(text.WithoutLinks(came)), "twice is once")
		if strings.Contains(came, "/r/") { // as it stands in a text
			require.Equal(t, text.SameLinks(came), text.SameLinks(text.WithoutLinks(came)), "it still says the same")
		}
	}
}
