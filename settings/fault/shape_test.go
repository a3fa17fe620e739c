package fault

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

type inner struct {
	Kind string `json:"kind" required:"false" enum:"phone,visitor"`
	At   string `json:"at" minLength:"1"`
}

type outer struct {
	Kind   string   `json:"kind" enum:"call,message"`
	Note   string   `json:"note,omitempty" minLength:"2" maxLength:"4"`
	Count  int      `json:"count" minimum:"1" maximum:"3"`
	Files  []string `json:"files,omitempty" maxItems:"2"`
	Places []inner  `json:"places" maxItems:"3"`
	Reply  *string  `json:"reply" maxLength:"3"`
	Whose  string   `json:"-" maxLength:"1"`
}

func TestShape(t *testing.T) {
	t.Parallel()
	long, right := "long", outer{Kind: "call", Count: 1}
	for name, c := range map[string]struct {
		change func(*outer)
		want   []Fault
	}{
		"right":                {func(*outer) {}, nil},
		"no choice":            {func(o *outer) { o.Kind = "" }, []Fault{New("kind", "not_one_of", "List", []string{"call", "message"})}},
		"another":              {func(o *outer) { o.Kind = "letter" }, []Fault{New("kind", "not_one_of", "List", []string{"call", "message"})}},
		"too short":            {func(o *outer) { o.Note = "x" }, []Fault{New("note", "too_short", "Count", 2)}},
		"characters, no bytes": {func(o *outer) { o.Note = "żółw" }, nil},
		"too long":             {func(o *outer) { o.Note = "żółwi" }, []Fault{New("note", "too_long", "Count", 4)}},
		"too low":              {func(o *outer) { o.Count = 0 }, []Fault{New("count", "too_low", "Limit", 1)}},
		"too high":             {func(o *outer) { o.Count = 4 }, []Fault{New("count", "too_high", "Limit", 3)}},
		"too many":             {func(o *outer) { o.Files = []string{"a", "b", "c"} }, []Fault{New("files", "too_many", "Count", 2)}},
		"behind a pointer":     {func(o *outer) { o.Reply = &long }, []Fault{New("reply", "too_long", "Count", 3)}},
		"a NUL":                {func(o *outer) { o.Note = "a\x00b" }, []Fault{New("note", "unstorable")}},
		"broken UTF-8":         {func(o *outer) { o.Note = "a\xff" }, []Fault{New("note", "unstorable")}},
		"hidden":               {func(o *outer) { o.Whose = strings.Repeat("x", 9) }, nil},
		"in a list": {func(o *outer) { o.Places = []inner{{At: "here"}, {Kind: "fax"}} }, []Fault{
			New("places[1].kind", "not_one_of", "List", []string{"phone", "visitor"}), New("places[1].at", "too_short", "Count", 1),
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := right
			c.change(&o)
			require.Equal(t, c.want, Shape(o))
			require.Equal(t, c.want, Shape(&o))
		})
	}
}
