package fault_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings/fault"
)

type kept struct {
	Name string   `json:"name" maxLength:"3"`
	Day  string   `json:"day" maxLength:"10"`
	List []string `json:"list" maxItems:"2"`
}

// What checks a field by itself knows better what is wrong with it than its bounds.
func TestBoundsSayWhatIsNotSaidBetter(t *testing.T) {
	t.Parallel()
	var wrong fault.Invalid
	wrong.Add(true, "at.day", "day")
	wrong.Add(true, "at.list[1]", "twice")
	wrong.Add(true, "at.list[2]", "twice")
	wrong.Bounds("at.", kept{Name: "long", Day: "the day after", List: []string{"a", "a", "a"}})
	require.EqualError(t, wrong, "at.day: day; at.name: too_long Count=3; at.list: too_many Count=2")

	wrong = nil
	wrong.Add(true, "name", "not_one_line")
	wrong.Bounds("", kept{Name: "\x00"})
	require.EqualError(t, wrong, "name: unstorable")
}

func TestChecksAreSaidTogether(t *testing.T) {
	t.Parallel()
	require.NoError(t, fault.Together(nil, nil))
	name, day := fault.New("name", "empty"), fault.New("day", "day")
	require.EqualError(t, fault.Together(name, nil, fault.Invalid{day}), "name: empty; day: day")
	away := errors.New("the database is away")
	require.Equal(t, away, fault.Together(name, away, day), "what is no fault goes first")
}
