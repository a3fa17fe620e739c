package console

import "strconv"

// Bar is one of a chart, in percent of its width and height. Part is the lower piece of
// it that is told apart.
type Bar struct {
	X, Width, Top, High, PartTop, Part string
	Says                               string
}

// chart is so many bars, the highest as high as there is room.
func chart(bars int, of func(n int) (whole, part int), says func(n, whole, part int) string) []Bar {
	most := 1
	for n := range bars {
		whole, _ := of(n)
		most = max(most, whole)
	}
	wide := 100 / float64(max(bars, 1))
	drawn := make([]Bar, bars)
	for n := range drawn {
		whole, part := of(n)
		high, low := 100*float64(whole)/float64(most), 100*float64(part)/float64(most)
		drawn[n] = Bar{
			X: share(wide * (float64(n) + 0.1)), Width: share(wide * 0.8), Top: share(100 - high), High: share(high),
			PartTop: share(100 - low), Part: share(low), Says: says(n, whole, part),
		}
	}
	return drawn
}

func share(percent float64) string { return strconv.FormatFloat(percent, 'f', 2, 64) + "%" }
