package twilio

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/channels"
)

// anyPlace draws a place of the given words.
func anyPlace(word *rapid.Generator[string], round *rapid.Generator[int]) *rapid.Generator[channels.Place] {
	return rapid.Custom(func(t *rapid.T) channels.Place {
		return channels.Place{
			At: word.Draw(t, "at"), Team: word.Draw(t, "team"), Round: round.Draw(t, "round"),
			Advisor: word.Draw(t, "advisor"), Option: word.Draw(t, "option"),
		}
	})
}

// readBack is the place that Twilio's request for our address is about.
func readBack(t require.TestingT, p channels.Place) channels.Place {
	address := document{base: publicURL}.address(NextPath, p)
	_, err := url.Parse(address)
	require.NoError(t, err)
	got, err := readPlace(channels.Request{URL: address})
	require.NoError(t, err, address)
	return got
}

func TestPlaceComesBack(t *testing.T) {
	places := anyPlace(rapid.StringMatching(`[a-zA-Z0-9_*#-]{0,64}`), rapid.IntRange(0, maxRound))
	rapid.Check(t, func(t *rapid.T) {
		p := places.Draw(t, "place")
		require.Equal(t, p, readBack(t, p))
	})
}

// TestAnyPlaceCanBeRead: what we write we never refuse, whatever it was.
func TestAnyPlaceCanBeRead(t *testing.T) {
	places := anyPlace(rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-z*]{60,70}`)), rapid.Int())
	rapid.Check(t, func(t *rapid.T) {
		p := readBack(t, places.Draw(t, "place"))
		require.Equal(t, p, readBack(t, p))
	})
}

func TestForeignPlacesAreRefused(t *testing.T) {
	for query, field := range map[string]string{
		"at=" + strings.Repeat("a", 65): "at", "at=a.b": "at", "at=%C3%A9": "at", "at=a%00": "at", "team=../x": "team",
		"advisor=%3Cb%3E": "advisor", "option=1%202": "option",
		"round=-1": "round", "round=1000": "round", "round=x": "round", "round=1e2": "round",
	} {
		_, err := readPlace(channels.Request{URL: publicURL + NextPath + "?" + query})
		require.Equal(t, field, refusedField(t, err), query)
	}
}
