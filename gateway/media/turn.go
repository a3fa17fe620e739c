package media

import (
	"image"
	"image/color"
)

// turned is a picture as it looks after Exif's orientation. It copies nothing:
// a pixel is fetched from where it lies.
type turned struct {
	image.Image
	to   int
	w, h int // of the picture before
}

func turn(picture image.Image, to int) image.Image {
	if to <= 1 {
		return picture
	}
	return turned{picture, to, picture.Bounds().Dx(), picture.Bounds().Dy()}
}

func (t turned) Bounds() image.Rectangle {
	if t.to >= 5 {
		return image.Rect(0, 0, t.h, t.w)
	}
	return image.Rect(0, 0, t.w, t.h)
}

func (t turned) At(x, y int) color.Color {
	if t.to >= 5 {
		x, y = y, x
	}
	if t.to == 2 || t.to == 3 || t.to == 7 || t.to == 8 {
		x = t.w - 1 - x
	}
	if t.to == 3 || t.to == 4 || t.to == 6 || t.to == 7 {
		y = t.h - 1 - y
	}
	from := t.Image.Bounds().Min
	return t.Image.At(from.X+x, from.Y+y)
}
