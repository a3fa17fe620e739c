package media

import (
	"bytes"
	"context"
	"errors"
)

// strippers take what pictures that are not drawn anew say beside their pixels: where
// they were taken, when, by what and by whom. Each works within the bytes of a file and
// is errPicture for one that it cannot follow to its end, which is then not taken: what
// cannot be read may say anything.
var strippers = map[string]func([]byte) ([]byte, error){
	"image/gif": stripGIF, "image/tiff": stripTIFF,
	"image/heic": stripHEIF, "image/heif": stripHEIF, "image/heic-sequence": stripHEIF, "image/heif-sequence": stripHEIF, "image/avif": stripHEIF,
}

// strip puts the file in its place without its hidden parts.
func (a *Archive) strip(ctx context.Context, room darkroom, file string, c content) (content, error) {
	strip, ok := strippers[c.kind]
	if !ok {
		return c, nil
	}
	ctx, leave, err := room.enter(ctx)
	if err != nil {
		return c, err
	}
	defer leave()
	raw, err := a.load(ctx, file)
	if err != nil {
		return c, err
	}
	if raw, err = strip(raw); err != nil {
		return c, err
	}
	c.size = int64(len(raw))
	if err := a.Blobs.Put(ctx, file, bytes.NewReader(raw)); err != nil {
		return c, errors.Join(errStore, err)
	}
	return c, nil
}

// span is so many bytes of a file from one on; nil: it does not have them.
func span(raw []byte, from, length uint64) []byte {
	if from > uint64(len(raw)) || length > uint64(len(raw))-from {
		return nil
	}
	return raw[from : from+length]
}
