package notifications

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"

	webpush "github.com/SherClockHolmes/webpush-go"
	"github.com/jmoiron/sqlx"

	"ringback/settings"
)

// signer is the key by which push services know who sends.
type signer struct {
	mu sync.Mutex
	vapid
}

// vapid is a pair of keys after RFC 8292, in base64url.
type vapid struct {
	Private string `json:"private"`
	Public  string `json:"public"`
}

const (
	keyName = "vapid"
	findKey = `select sealed from server_keys where name = $1`
	addKey  = `insert into server_keys (name, sealed) values ($1, $2) on conflict (name) do nothing`
)

// PublicKey is what a browser subscribes with; empty: this server cannot push.
func (b *Notifier) PublicKey(ctx context.Context) string {
	keys, err := b.vapid(ctx)
	if err != nil {
		b.Log.Error("there are no pushes", "error", err)
	}
	return keys.Public
}

// vapid is the key, made once by whichever replica is first, and kept sealed.
func (b *Notifier) vapid(ctx context.Context) (vapid, error) {
	b.signer.mu.Lock()
	defer b.signer.mu.Unlock()
	if b.Key == nil || b.signer.Public != "" {
		return b.signer.vapid, nil
	}
	var sealed []byte
	err := sqlx.GetContext(ctx, b.DB, &sealed, findKey, keyName)
	if errors.Is(err, sql.ErrNoRows) {
		sealed, err = b.makeKey(ctx)
	}
	if err != nil {
		return vapid{}, fmt.Errorf("key of pushes: %w", err)
	}
	raw, err := b.Key.Open(sealed, keyName)
	if err == nil && json.Unmarshal(raw, &b.signer.vapid) != nil {
		err = errors.New("cannot be read")
	}
	if err != nil {
		return vapid{}, fmt.Errorf("key of pushes: %w", err)
	}
	return b.signer.vapid, nil
}

func (b *Notifier) makeKey(ctx context.Context) ([]byte, error) {
	var made vapid
	var err error
	if made.Private, made.Public, err = webpush.GenerateVAPIDKeys(); err != nil {
		return nil, err
	}
	raw, err := json.Marshal(made)
	if err != nil {
		return nil, err
	}
	if _, err := b.DB.ExecContext(ctx, addKey, keyName, b.Key.Seal(raw, keyName)); err != nil {
		return nil, err
	}
	var sealed []byte // another replica may have been faster
	return sealed, sqlx.GetContext(ctx, b.DB, &sealed, findKey, keyName)
}

// pushed is what the console's service worker is told.
type pushed struct {
	Title string `json:"title"`
	Body  string `json:"body"`
	URL   string `json:"url"` // a path of the console
	Tag   string `json:"tag"` // a repeat takes the place of what is shown
}

const findDevice = `select endpoint, p256dh, auth from push_devices where company_id = $1 and id = $2 and staff_id = $3`

const removeDevice = `delete from push_devices where company_id = $1 and id = $2`

// keptFor is how long a push service keeps what a browser that is off has not
// taken yet, in seconds.
const keptFor = 12 * 60 * 60

func (b *Notifier) push(ctx context.Context, w written, all batch) error {
	c := all[0]
	var to struct {
		Endpoint string `db:"endpoint"`
		P256dh   string `db:"p256dh"`
		Auth     string `db:"auth"`
	}
	err := sqlx.GetContext(ctx, b.DB, &to, findDevice, c.CompanyID, c.Device, c.Staff)
	if errors.Is(err, sql.ErrNoRows) {
		return b.again(ctx, all, errors.New("the device was removed"), true)
	}
	if err != nil {
		return fmt.Errorf("notice for %s: %w", c.Staff, err)
	}
	keys, err := b.vapid(ctx)
	if err != nil {
		return b.again(ctx, all, errors.New("pushes cannot be signed: the key cannot be read"), false)
	}
	payload, err := json.Marshal(w.pushed(c.Batch))
	if err != nil {
		return err
	}
	answer, err := webpush.SendNotificationWithContext(ctx, payload,
		&webpush.Subscription{Endpoint: to.Endpoint, Keys: webpush.Keys{P256dh: to.P256dh, Auth: to.Auth}},
		&webpush.Options{
			HTTPClient: b.client, Subscriber: b.subscriber(), TTL: keptFor, Urgency: webpush.UrgencyHigh,
			VAPIDPublicKey: keys.Public, VAPIDPrivateKey: keys.Private, RecordSize: 3000,
		})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return b.again(ctx, all, errors.New("the push service could not be reached"), false) // the cause may tell of our network
	}
	_, _ = io.CopyN(io.Discard, answer.Body, 4<<10)
	_ = answer.Body.Close()
	switch {
	case answer.StatusCode == http.StatusNotFound || answer.StatusCode == http.StatusGone:
		if _, err := b.DB.ExecContext(ctx, removeDevice, c.CompanyID, c.Device); err != nil {
			return fmt.Errorf("device %s: remove: %w", *c.Device, err)
		}
		return b.again(ctx, all, errors.New("the browser does not want notices any more"), true)
	case answer.StatusCode < 200 || answer.StatusCode > 299:
		hopeless := answer.StatusCode == http.StatusBadRequest || answer.StatusCode == http.StatusRequestEntityTooLarge
		return b.again(ctx, all, fmt.Errorf("the push service answered %d", answer.StatusCode), hopeless)
	}
	return b.sent(ctx, b.DB, all)
}

func (w written) pushed(tag string) pushed {
	first := w.Items[0]
	p := pushed{Title: join(" · ", first.Title, first.label), Body: join("\n", first.Who, shorten(first.Text, 200)), Tag: tag}
	if len(w.Items) > 1 {
		p.Title, p.Body = w.Subject, w.Items[len(w.Items)-1].Title
	}
	if u, err := url.Parse(w.URL); err == nil {
		p.URL = u.Path
	}
	return p
}

// subscriber is whom a push service can write to about us (RFC 8292, 2.1).
func (b *Notifier) subscriber() string {
	if b.Mail != nil {
		return b.Mail.From()
	}
	return b.PublicURL()
}

func none(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return settings.ErrNotFound
	}
	return err
}
