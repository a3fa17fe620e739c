package text_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings/text"
)

// What telephones make of a gesture, and what people write who quote us.
func TestTapback(t *testing.T) {
	for body, want := range map[string]string{
		"Liked “Hello there”":                          "Hello there",
		"Loved “We open at 8.”":                        "We open at 8.",
		"Disliked “Hello”":                             "Hello",
		"Laughed at “Hello”":                           "Hello",
		"Emphasized “Hello”":                           "Hello",
		"Questioned “Is it ok?”":                       "Is it ok?",
		"Removed a heart from “Hello”":                 "Hello",
		"Removed a like from “Hello”":                  "Hello",
		"Removed an exclamation from “Hello”":          "Hello",
		"Reacted 😂 to “Hello”":                         "Hello",
		"👍 to “Hello”":                                 "Hello",
		" \u200a\u200b👍\u200b to “\u200aHello\u200a” ": "Hello",
		"Removed 👍 from “Hello”":                       "Hello",
		`Liked "Hello"`:                                "Hello",
		"Liked “He said “no” to us”":                   "He said “no” to us",
		"Gefällt „Hallo“":                              "Hallo",
		"Hat „Hallo“ mit „Gefällt mir“ markiert":       "",
		"Hat auf „Hallo“ mit 👍 reagiert":               "Hallo",
		"Polubiono „Cześć”":                            "Cześć",
		"A aimé « Bonjour »":                           "Bonjour",
		"Le gusta “Hola”":                              "Hola",
		"Le encantó “Hola”":                            "Hola",
		"Ha messo mi piace a “Ciao”":                   "Ciao",
		"Piace “Ciao”":                                 "Ciao",
		"Curtiu “Olá”":                                 "Olá",
		"❤️ na „Cześć”":                                "Cześć",
	} {
		quote, ok := text.Tapback(body)
		if want == "" { // two quotations: nobody can say which is ours
			require.False(t, text.SaysSame(quote, "Hallo"), "%q", body)
			continue
		}
		require.True(t, ok, "%q", body)
		require.True(t, text.SaysSame(quote, want), "%q: %q", body, quote)
	}
	for _, file := range []string{"Loved an image", "Liked a photo", "Removed a heart from an image", "👍 to an image", "Reacted 😂 to a video", "Le encantó una imagen", "A aimé une image"} {
		quote, ok := text.Tapback(file)
		require.True(t, ok, "%q", file)
		require.Empty(t, quote)
	}
	for _, body := range []string{
		"", "👍", "Hello", "Liked it", "Loved the pump, thanks", "an image", "“Hello”", "What does “Hello” mean", "“Hello” no", "yes “Hello”",
		"Liked “Hello” but when do you come. Call me", "I loved how you did it", "Removed the old pump", "here is a photo", "👍 thanks", "5 to “Hello”",
		"I said I liked the one that you called “Hello” yesterday",
	} {
		_, ok := text.Tapback(body)
		require.False(t, ok, "%q", body)
	}
	require.True(t, text.SaysSame("Green Valley - Service: Thanks for…", "Green Valley - Service: Thanks for your message."))
	require.False(t, text.SaysSame("Green Valley", "Green Valley - Service: Thanks for your message."))
	require.False(t, text.SaysSame("", ""))
	kept := "Approve: https://texts.example.com/r:AaIhPaKefH-AZEw7l9LukA Thanks." // with what stands for the link
	require.True(t, text.SaysSame("Approve: https://texts.example.com/r/vGnD2ZkQx7mT4bWc9yHsLA Thanks.", kept))
	require.True(t, text.SaysSame("Approve: https://texts.example.com/r/vGnD2…", kept))
}
