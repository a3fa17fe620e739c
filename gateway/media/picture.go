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
	_ "golang.org/x/image/tiff" // to be decoded
	_ "golang.org/x/image/webp" // to be decoded
)

// small is how many pixels a thumbnail's longer side has.
const small = 400

var (
	drawn    = []string{"image/jpeg", "image/png", "image/webp"} // what we draw anew
	readable = append([]string{"image/gif", "image/tiff"}, drawn...)
)

var (
	errPixels  = errors.New("has too many pixels: 50 million are taken, and 30,000 on a side")
	errPicture = errors.New("cannot be read as a picture")
)

// decode reads a picture that is no heavier than that. One at which a decoder
// panics is one that cannot be read.
func decode(ctx context.Context, raw []byte, bears int64) (picture image.Image, err error) {
	defer func() {
		if recover() != nil {
			picture, err = nil, errPicture
		}
	}()
	weight, err := weigh(raw)
	if err != nil {
		return nil, err
	}
	if weight > bears {
		return nil, errPixels
	}
	picture, _, err = image.Decode(timed{ctx: ctx, r: bytes.NewReader(raw)})
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return nil, errPicture
	}
	return picture, nil
}

// look develops what is a picture. One that is not to be made anew is kept as
// it came, also when nobody can read it.
func (a *Archive) look(ctx context.Context, room darkroom, file string, c content, anew bool) (content, error) {
	if !slices.Contains(readable, c.kind) {
		return c, nil
	}
	seen, err := a.develop(ctx, room, file, c, anew)
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
func (a *Archive) develop(ctx context.Context, room darkroom, file string, c content, anew bool) (content, error) {
	ctx, leave, err := room.enter(ctx)
	if err != nil {
		return c, err
	}
	defer leave()
	raw, err := a.load(ctx, file)
	if err != nil {
		return c, err
	}
	picture, err := decode(ctx, raw, room.bears)
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
	c.kind = "image/png"
	encode := png.Encode
	if opaque(picture) {
		c.kind = "image/jpeg"
		encode = func(w io.Writer, p image.Image) error { return jpeg.Encode(w, p, &jpeg.Options{Quality: 90}) }
	}
	out, in := io.Pipe()                                 // into the store as it is drawn: what it will weigh, nobody knows
	defer func() { _ = in.CloseWithError(errPicture) }() // does nothing after Close
	counted := &counting{from: out, left: VideoLimit}
	put := make(chan error, 1)
	go func() {
		err := a.Blobs.Put(ctx, file, counted)
		_ = out.CloseWithError(errors.Join(errStore, err)) // who draws stops where nobody reads
		put <- err
	}()
	wrong := encode(timed{ctx: ctx, w: in}, picture)
	_ = in.CloseWithError(wrong)
	err := <-put
	if err == nil {
		err = wrong
	}
	c.size = counted.read
	return c, err
}

// opaque reports whether nothing shines through the picture. A turned one is a
// photo.
func opaque(picture image.Image) bool {
	can, ok := picture.(interface{ Opaque() bool })
	return !ok || can.Opaque()
}

// scale is the picture on white, no larger than a thumbnail.
func scale(picture image.Image) image.Image {
	from := picture.Bounds()
	width, height := from.Dx(), from.Dy()
	if longer := max(width, height); longer > small {
		width, height = max(1, width*small/longer), max(1, height*small/longer)
	}
	if longer := max(from.Dx(), from.Dy()); longer > 4*small { // the fine way takes memory by the lines of what it reads
		near := image.NewRGBA(image.Rect(0, 0, max(1, from.Dx()*4*small/longer), max(1, from.Dy()*4*small/longer)))
		draw.NearestNeighbor.Scale(near, near.Bounds(), picture, from, draw.Src, nil)
		picture, from = near, near.Bounds()
	}
	to := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(to, to.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.BiLinear.Scale(to, to.Bounds(), picture, from, draw.Over, nil)
	return to
}
