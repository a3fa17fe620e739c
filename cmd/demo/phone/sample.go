package phone

import (
	"bytes"
	"encoding/base64"
	"html/template"
	"image"
	"image/color"
	"image/png"
	"slices"
	"sync"

	twiliosim "ringback/channels/simulator/twilio"
)

// sample is a picture that lies ready on the customer's phone.
type sample struct {
	Key, Name, Kind string
	Content         []byte
}

// samples are painted when the first is asked for.
var samples = sync.OnceValue(func() []sample {
	return []sample{
		{"tractor", "Tractor", "image/png", paint(color.Palette{sky, field, color.RGBA{188, 52, 40, 255}, dark}, tractor)},
		{"light", "Warning light", "image/png", paint(color.Palette{dark, color.RGBA{245, 176, 48, 255}, color.RGBA{92, 98, 104, 255}}, light)},
		{"house", "House", "image/jpeg", twiliosim.Photo()},
	}
})

func findSample(key string) (sample, bool) {
	i := slices.IndexFunc(samples(), func(one sample) bool { return one.Key == key })
	if i < 0 {
		return sample{}, false
	}
	return samples()[i], true
}

// Samples are all there are.
func (v view) Samples() []sample { return samples() }

// Drawn is the picture where it stands on the page.
func (s sample) Drawn() template.URL {
	return template.URL("data:" + s.Kind + ";base64," + base64.StdEncoding.EncodeToString(s.Content)) //nolint:gosec // it is our own
}

const wide, high = 192, 128

var (
	sky, field = color.RGBA{168, 205, 235, 255}, color.RGBA{110, 160, 72, 255}
	dark       = color.RGBA{40, 40, 44, 255}
)

// paint makes a picture of the color that a function names for each point.
func paint(colors color.Palette, at func(x, y int) uint8) []byte {
	p := image.NewPaletted(image.Rect(0, 0, wide, high), colors)
	for y := range high {
		for x := range wide {
			p.SetColorIndex(x, y, at(x, y))
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, p); err != nil {
		panic(err) // into memory
	}
	return out.Bytes()
}

func round(x, y, cx, cy, r int) bool { return (x-cx)*(x-cx)+(y-cy)*(y-cy) <= r*r }

// tractor is a red machine in a green field.
func tractor(x, y int) uint8 {
	switch {
	case round(x, y, 64, 88, 24), round(x, y, 132, 96, 15):
		return 3
	case x > 50 && x < 150 && y > 56 && y < 88, x > 54 && x < 92 && y > 28 && y < 60:
		return 2
	case y > 96:
		return 1
	}
	return 0
}

// light is an amber sign on a dark dashboard.
func light(x, y int) uint8 {
	beside := x - wide/2
	beside = max(beside, -beside)
	switch {
	case beside < 4 && y > 52 && y < 78, round(x, y, wide/2, 87, 4):
		return 0
	case y > 24 && y < 100 && 2*beside < y-24:
		return 1
	case round(x, y, 24, 128, 40), round(x, y, 168, 128, 40):
		return 2
	}
	return 0
}
