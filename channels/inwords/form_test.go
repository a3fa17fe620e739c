package inwords

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestForm(t *testing.T) {
	for answers, want := range map[string]string{
		`{"flow_token":"x","day":"Tuesday","slots":["9","10"],"people":2}`:                                 "day: Tuesday\npeople: 2\nslots: 9, 10",
		`{"address":{"street":"Main, 1","zip":60601},"agreed":true,"news":false,"note":null}`:              `address: street: Main, 1, zip: 60601` + "\nagreed: ✓\nnews: ✗\nnote:",
		`{"quoted":"say \"yes\", [please]","lines":"one\ntwo"}`:                                            "lines: one two\nquoted: say \"yes\", [please]",
		`{"photo":[{"file_name":"roof.jpg","id":790}],"big":12345678901234567890,"name\u202e":"a\u0000b"}`: "big: 12345678901234567890\nname: a b\nphoto: file_name: roof.jpg, id: 790",
		`{"flow_token":"x"}`: "", `{}`: "", `[1]`: "", `"YES"`: "", `YES`: "", ``: "",
	} {
		require.Equal(t, want, Form(answers), answers)
	}
	deep := `{"a":` + strings.Repeat(`{"b":`, 5000) + `1` + strings.Repeat(`}`, 5001)
	require.Less(t, len(Form(deep)), 200)
	require.Len(t, strings.Split(Form(`{"a`+strings.Repeat(`":1,"b`, 1)+`":2}`), "\n"), 2)
}
