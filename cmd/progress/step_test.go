package progress

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWhatAStepSays(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]struct {
		step Step
		done int64
		took time.Duration
	}{
		"a: 12 rows":                               {Step{What: "a", Unit: "rows"}, 12, time.Hour},
		"a: 12 of 40 rows":                         {Step{What: "a", Unit: "rows", Of: 40}, 12, time.Second},
		"a: 1 of 4,000 rows":                       {Step{What: "a", Unit: "rows", Of: 4000}, 1, time.Minute},
		"a: 10 of 40 rows, about 3 min to go":      {Step{What: "a", Unit: "rows", Of: 40}, 10, time.Minute},
		"a: 10 of 40 rows, about 1 h 30 min to go": {Step{What: "a", Unit: "rows", Of: 40}, 10, 30 * time.Minute},
		"a: 10 of 40 rows, about 30 h to go":       {Step{What: "a", Unit: "rows", Of: 40}, 10, 10 * time.Hour},
		"a: 40 of 40 rows":                         {Step{What: "a", Unit: "rows", Of: 40}, 40, time.Hour},
		"a: 50 of about 50 rows":                   {Step{What: "a", Unit: "rows", Of: 40, About: true}, 50, time.Hour},
		"a: 999 B of 1.0 kB":                       {Step{What: "a", Unit: Bytes, Of: 1000}, 999, time.Second},
		"a: 1.2 GB of 480 GB":                      {Step{What: "a", Unit: Bytes, Of: 480e9}, 1.2e9, time.Second},
		"its own":                                  {Step{What: "a", Words: func() string { return "its own" }}, 0, 0},
	} {
		require.Equal(t, want, c.step.says(c.done, c.took))
	}
}
