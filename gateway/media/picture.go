package media

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	_ "image/gif" // to be decoded
	"image/jpeg"
	"image/png"
	"io"
	"slices"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // to be decoded
)

// Bounds of a picture. A picture says how many pixels it has before any of
// them is read, so that a few bytes cannot ask for gigabytes of memory.
const (
	maxPixels = 50_000_000
	maxSide   = 30_000
	drawings  = 1   // pictures in memory at once
	small     = 400 // pixels of a thumbnail's longer side
)

var (
	drawn    = []string{"image/jpeg", "image/png", "image/webp"} // what we draw anew
	readable = append([]string{"image/gif"}, drawn...)
)

var (
	errPixels  = errors.New("has too many pixels: 50 million are taken, and 30,000 on a side")
	errPicture = errors.New("cannot be read as a picture")
)

// decode reads a picture.
func decode(raw []byte) (image.Image, error) {
	config, _, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil || config.Width <= 0 || config.Height <= 0 {
		return nil, errPicture
	}
	if config.Width > maxSide || config.Height > maxSide || config.Width*config.Height > maxPixels {
		return nil, errPixels
	}
	picture, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, errPicture
	}
	return picture, nil
}

// look develops what is a picture. One that is not to be made anew is kept as
// it came, also when nobody can read it.
func (a *Archive) look(ctx context.Context, file string, c content, anew bool) (content, error) {
	if !slices.Contains(readable, c.kind) {
		return c, nil
	}
	seen, err := a.develop(ctx, file, c, anew)
	if err != nil && !anew {
		a.Log.Info("a picture has no thumbnail", "file", file, "error", err)
		return c, nil
	}
	return seen, err
}

// develop puts a thumbnail beside a stored picture, and with anew the picture
// itself in its place as its pixels alone make it: where it was taken, by what,
// and whatever else was hidden in the file stays behind. One that cannot be
// read is errPicture or errPixels. A picture is read into memory only here, and
// from our own store, so that no slow sender keeps the others waiting.
func (a *Archive) develop(ctx context.Context, file string, c content, anew bool) (content, error) {
	release, err := a.draw(ctx)
	if err != nil {
		return c, err
	}
	defer release()
	raw, err := a.load(ctx, file)
	if err != nil {
		return c, err
	}
	picture, err := decode(raw)
	if err != nil {
		return c, err
	}
	if anew {
		if c, err = a.redraw(ctx, file, c, turn(picture, orientation(raw))); err != nil {
			return c, err
		}
	}
	var small bytes.Buffer
	if err := jpeg.Encode(&small, turn(scale(picture), orientation(raw)), &jpeg.Options{Quality: 80}); err != nil {
		return c, err
	}
	c.thumbnail = true
	return c, a.Blobs.Put(ctx, thumbnail(file), &small)
}

func (a *Archive) load(ctx context.Context, file string) ([]byte, error) {
	stored, err := a.Blobs.Open(ctx, file)
	if err != nil {
		return nil, err
	}
	defer stored.Close()
	return io.ReadAll(stored)
}

func (a *Archive) redraw(ctx context.Context, file string, c content, picture image.Image) (content, error) {
	var out bytes.Buffer
	var err error
	if opaque(picture) {
		c.kind, err = "image/jpeg", jpeg.Encode(&out, picture, &jpeg.Options{Quality: 90})
	} else {
		c.kind, err = "image/png", png.Encode(&out, picture)
	}
	if err != nil {
		return c, err
	}
	c.size = int64(out.Len())
	return c, a.Blobs.Put(ctx, file, &out)
}

// opaque reports whether nothing shines through the picture. A turned one is a
// photo.
func opaque(picture image.Image) bool {
	can, ok := picture.(interface{ Opaque() bool })
	return !ok || can.Opaque()
}

// draw waits until there is room in memory for a picture.
func (a *Archive) draw(ctx context.Context) (release func(), err error) {
	select {
	case a.drawing <- struct{}{}:
		return func() { <-a.drawing }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// scale is the picture on white, no larger than a thumbnail.
func scale(picture image.Image) image.Image {
	from := picture.Bounds()
	width, height := from.Dx(), from.Dy()
	if longer := max(width, height); longer > small {
		width, height = max(1, width*small/longer), max(1, height*small/longer)
	}
	to := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(to, to.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.BiLinear.Scale(to, to.Bounds(), picture, from, draw.Over, nil)
	return to
}
