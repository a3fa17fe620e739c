package notifications

import (
	"context"
	"crypto/ecdh"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/channels/httpcall"
	"ringback/channels/mail"
	"ringback/settings"
	"ringback/settings/fault"
)

// Device is a browser that shows one person's notices.
type Device struct {
	ID        string    `db:"id" json:"id"`
	Name      string    `db:"name" json:"name"`
	CreatedAt time.Time `db:"created_at" json:"created_at"`
}

// Subscription is where a browser wants to be told, as its PushSubscription
// says it: https://www.w3.org/TR/push-api/#pushsubscription-interface
type Subscription struct {
	Endpoint string `json:"endpoint" minLength:"1" maxLength:"2000"`
	Keys     struct {
		P256dh string `json:"p256dh" maxLength:"200"`
		Auth   string `json:"auth" maxLength:"100"`
	} `json:"keys"`
	Name string `json:"name" required:"false" maxLength:"100" doc:"By which the person knows the device again"`
}

// mostDevices is how many devices one person may have.
const mostDevices = 10

const listDevices = `select id, name, created_at from push_devices where company_id = $1 and staff_id = $2 order by id desc`

// Devices returns one person's devices, the newest first.
func Devices(ctx context.Context, q sqlx.QueryerContext, company, staff string) ([]Device, error) {
	found := []Device{}
	if err := sqlx.SelectContext(ctx, q, &found, listDevices, company, staff); err != nil {
		return nil, fmt.Errorf("devices of %s: %w", staff, err)
	}
	return found, nil
}

func (s Subscription) check(loopback bool) error {
	var wrong settings.Invalid
	code := httpcall.CheckURL(s.Endpoint, loopback)
	wrong.Add(code != "", "endpoint", code)
	point, err := decode(s.Keys.P256dh)
	if err == nil {
		_, err = ecdh.P256().NewPublicKey(point)
	}
	wrong.Add(err != nil, "keys.p256dh", "device_key")
	if secret, err := decode(s.Keys.Auth); err != nil || len(secret) != 16 {
		wrong = append(wrong, fault.New("keys.auth", "device_secret"))
	}
	wrong.Add(utf8.RuneCountInString(s.Name) > 100, "name", "too_long", "Count", 100)
	return wrong.Err()
}

func decode(text string) ([]byte, error) {
	return base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
}

// A browser that somebody else signs in to shows their notices from then on: it
// has one address, whoever sits before it.
const subscribe = `
insert into push_devices (company_id, id, staff_id, name, endpoint, hash, p256dh, auth, session_id)
select $1, $2, $3, $4, $5, $6, $7, $8, nullif($10, '')::uuid
where (select count(*) from push_devices where company_id = $1 and staff_id = $3 and hash <> $6) < $9
on conflict (hash) do update set company_id = excluded.company_id, id = excluded.id, staff_id = excluded.staff_id, name = excluded.name,
	p256dh = excluded.p256dh, auth = excluded.auth, session_id = excluded.session_id, created_at = now()
returning id, name, created_at`

// Subscribe adds a device of one person's, until the session ends: empty, it
// does not.
func (b *Notifier) Subscribe(ctx context.Context, company, staff, session string, s Subscription) (Device, error) {
	var d Device
	if b.Key == nil {
		return d, settings.NewConflict("", "no_secret_key")
	}
	if err := s.check(b.Loopback); err != nil {
		return d, err
	}
	hash := sha256.Sum256([]byte(s.Endpoint))
	err := sqlx.GetContext(ctx, b.DB, &d, subscribe, company, uuid.Must(uuid.NewV7()).String(), staff, mail.OneLine(s.Name), s.Endpoint,
		hash[:], s.Keys.P256dh, s.Keys.Auth, mostDevices, session)
	if err = none(err); errors.Is(err, settings.ErrNotFound) {
		return d, settings.NewConflict("", "devices_full", "Count", mostDevices)
	}
	return d, err
}

const unsubscribe = `delete from push_devices where company_id = $1 and staff_id = $2 and id = $3 returning id`

// Unsubscribe removes a device of one person's.
func (b *Notifier) Unsubscribe(ctx context.Context, company, staff, id string) error {
	if !settings.IsID(id) {
		return fmt.Errorf("device %s: %w", id, settings.ErrNotFound)
	}
	var gone string
	if err := none(sqlx.GetContext(ctx, b.DB, &gone, unsubscribe, company, staff, id)); err != nil {
		return fmt.Errorf("device %s: %w", id, err)
	}
	return nil
}
