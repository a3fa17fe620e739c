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

// decode reads a picture, turned as its camera was held.
func (a *Archive) decode(ctx context.Context, raw []byte) (image.Image, error) {
	config, _, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil || config.Width <= 0 || config.Height <= 0 {
		return nil, errPicture
	}
	if config.Width > maxSide || config.Height > maxSide || config.Width*config.Height > maxPixels {
		return nil, errPixels
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	picture, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, errPicture
	}
	return picture, nil
}

// redraw makes a picture anew from its pixels alone: where it was taken, by
// what, and whatever else was hidden in the file stays behind.
func (a *Archive) redraw(ctx context.Context, raw []byte) ([]byte, error) {
	release, err := a.draw(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	picture, err := a.decode(ctx, raw)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	picture = turn(picture, orientation(raw))
	if opaque(picture) {
		err = jpeg.Encode(&out, picture, &jpeg.Options{Quality: 90})
	} else {
		err = png.Encode(&out, picture)
	}
	return out.Bytes(), err
}

// opaque reports whether nothing shines through the picture. A turned one is a
// photo.
func opaque(picture image.Image) bool {
	can, ok := picture.(interface{ Opaque() bool })
	return !ok || can.Opaque()
}

// shrink puts a thumbnail beside a stored picture. A picture that cannot be
// read has none.
func (a *Archive) shrink(ctx context.Context, file, kind string) bool {
	if !slices.Contains(readable, kind) {
		return false
	}
	if err := a.shrinkTo(ctx, file, thumbnail(file)); err != nil {
		a.Log.Info("a picture has no thumbnail", "file", file, "error", err)
		return false
	}
	return true
}

func (a *Archive) shrinkTo(ctx context.Context, file, to string) error {
	release, err := a.draw(ctx)
	if err != nil {
		return err
	}
	defer release()
	stored, err := a.Blobs.Open(ctx, file)
	if err != nil {
		return err
	}
	defer stored.Close()
	raw, err := io.ReadAll(io.LimitReader(stored, a.Limit))
	if err != nil {
		return err
	}
	picture, err := a.decode(ctx, raw)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, turn(scale(picture), orientation(raw)), &jpeg.Options{Quality: 80}); err != nil {
		return err
	}
	return a.Blobs.Put(ctx, to, &out)
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
