package media

import (
	"bytes"
	"image"

	"github.com/bep/imagemeta"
)

// described are the formats in which a camera notes how a picture is to be turned, by
// the names that package image has for them.
var described = map[string]imagemeta.ImageFormat{"jpeg": imagemeta.JPEG, "png": imagemeta.PNG, "tiff": imagemeta.TIFF, "webp": imagemeta.WebP}

// orientation is how a picture is to be turned, 1 to 8, as its camera noted it in Exif;
// 1 where nothing says, or nothing that can be read.
func orientation(raw []byte) int {
	_, format, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil {
		return 1
	}
	to := 1
	_, _ = imagemeta.Decode(imagemeta.Options{
		R: bytes.NewReader(raw), ImageFormat: described[format], Sources: imagemeta.EXIF, LimitNumTags: 500, LimitTagSize: 64,
		ShouldHandleTag: func(t imagemeta.TagInfo) bool { return t.Namespace == "IFD0" && t.Tag == "Orientation" },
		HandleTag: func(t imagemeta.TagInfo) error {
			if noted, ok := t.Value.(uint16); ok && noted >= 1 && noted <= 8 {
				to = int(noted)
			}
			return imagemeta.ErrStopWalking
		},
	})
	return to
}
