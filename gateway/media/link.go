package media

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/gateway/media/blob"
	"ringback/settings"
)

// Purpose is what a public link is for: it opens nothing else.
type Purpose byte

// The purposes.
const (
	ToPlay Purpose = 'p' // a recording that a caller hears
	ToSend Purpose = 's' // a file that goes out with a message, fetched by the provider
	ToShow Purpose = 'v' // a file on a customer's page
)

// LinkPath is where public links lead, before their token.
const LinkPath = "/m/"

// A token is these bytes and a seal over them. It says all that is needed to
// answer it, so that a caller hears a recording also while the database is away.
const (
	saidSize = 1 + 4 + 16 + 16
	sealSize = 16
)

// Link is a public address of a file, for one purpose, in force for at least
// that long. It is the same for an hour, so that whoever fetches it may keep
// what they have.
func (a *Archive) Link(company, id string, purpose Purpose, ttl time.Duration) string {
	until := a.Clock.Now().Add(ttl).Truncate(time.Hour).Add(time.Hour)
	said := []byte{byte(purpose)}
	said = binary.BigEndian.AppendUint32(said, uint32(until.Unix())) //nolint:gosec // until the year 2106
	for _, one := range []string{company, id} {
		parsed, err := uuid.Parse(one)
		if err != nil {
			return ""
		}
		said = append(said, parsed[:]...)
	}
	return strings.TrimRight(a.PublicURL(), "/") + LinkPath + base64.RawURLEncoding.EncodeToString(append(said, a.seal(said)...))
}

// played is for how long a prompt can be fetched after a caller was sent to it.
const played = time.Hour

// Prompt is where a provider finds a recording that a caller is to hear.
func (a *Archive) Prompt(company, id string) string { return a.Link(company, id, ToPlay, played) }

// sent is for how long a file can be fetched after its message was handed over.
const sent = 24 * time.Hour

// Attachment is where a provider finds a file that goes out with a message.
func (a *Archive) Attachment(company, id string) string { return a.Link(company, id, ToSend, sent) }

func (a *Archive) seal(said []byte) []byte {
	mac := hmac.New(sha256.New, a.Key)
	mac.Write([]byte("media link\x00"))
	mac.Write(said)
	return mac.Sum(nil)[:sealSize]
}

// Linked is the file that a link leads to.
type Linked struct {
	io.ReadSeekCloser
	ContentType string
	Name        string // as it was uploaded, or made up
	Until       time.Time
}

// Follow opens what a token leads to; settings.ErrNotFound for one that was
// not made here, is over, or leads to what its purpose does not allow.
func (a *Archive) Follow(ctx context.Context, token string) (Linked, error) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) != saidSize+sealSize || !hmac.Equal(raw[saidSize:], a.seal(raw[:saidSize])) {
		return Linked{}, settings.ErrNotFound
	}
	purpose, until := Purpose(raw[0]), time.Unix(int64(binary.BigEndian.Uint32(raw[1:])), 0)
	if !a.Clock.Now().Before(until) {
		return Linked{}, settings.ErrNotFound
	}
	company, id := uuid.UUID(raw[5:21]).String(), uuid.UUID(raw[21:37]).String()
	f, err := a.Blobs.Open(ctx, file(company, id))
	if errors.Is(err, blob.ErrNone) {
		return Linked{}, settings.ErrNotFound
	}
	if err != nil {
		return Linked{}, err
	}
	head := make([]byte, headSize)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return Linked{}, errors.Join(err, f.Close())
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return Linked{}, errors.Join(err, f.Close())
	}
	var said struct{ Name string }
	if purpose != ToPlay { // without the database a document is only named less well
		_ = sqlx.GetContext(ctx, a.DB, &said, `select name from media where company_id = $1 and id = $2`, company, id)
	}
	l := Linked{f, sniff(head[:n], said.Name), said.Name, until}
	if purpose == ToPlay && !slices.Contains(playable, l.ContentType) {
		return Linked{}, errors.Join(settings.ErrNotFound, f.Close())
	}
	if l.Name == "" {
		l.Name = "file" + extension(l.ContentType)
	}
	return l, nil
}
