package events

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/channels/guard"
	"ringback/settings/text"
)

// Refused reports whether Postgres will not take what it was given, however
// often it is tried: it is no value of its type, breaks a constraint, or is
// beyond a limit. https://www.postgresql.org/docs/current/errcodes-appendix.html
func Refused(err error) bool {
	var answer *pq.Error
	if !errors.As(err, &answer) {
		return false
	}
	switch answer.Code.Class() {
	case "22", "23", "54":
		return true
	}
	return false
}

const setAside = `
insert into strays (id, account, kind, ours, provider_id, payload, raw, received_at)
values ($8, $1, $2, $3, $4, $5, $6, coalesce($7::timestamptz, now()))
on conflict do nothing`

// Quarantine keeps an event that cannot be recorded among the strays: its body
// as it came, why it was refused, and of its names what Postgres takes. It is
// not handled, but it is not lost, and the provider need not repeat it.
func Quarantine(ctx context.Context, q sqlx.ExecerContext, e channels.Event, cause error, queue clock.Due) error {
	why, err := json.Marshal(map[string]string{"fault": fit(cause.Error())})
	if err == nil {
		_, err = q.ExecContext(ctx, setAside, fit(e.Account), fit(string(e.Kind)), fit(e.SenderAddress), fit(e.ProviderID), string(why), body(e.Raw), queue, uuid.Must(uuid.NewV7()).String())
	}
	if err != nil {
		return fmt.Errorf("set an event aside: %w", err)
	}
	return nil
}

// body is what came, without links. What panics at that is kept in base64, which
// no link can be read in: it may be what panicked before, and has to be kept.
func body(raw []byte) (kept []byte) {
	if guard.Do(func() error { kept = text.WithoutLinks(raw); return nil }) != nil {
		kept = []byte(base64.StdEncoding.EncodeToString(raw))
	}
	return kept
}

// longest is how many bytes of a name are kept.
const longest = 200

// fit makes a name one that Postgres takes. What had to be changed ends in its
// hash, so that two names stay two.
func fit(name string) string {
	fits := strings.ReplaceAll(strings.ToValidUTF8(name, "\uFFFD"), "\x00", "")
	if fits == name && len(name) <= longest {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	fits = strings.ToValidUTF8(fits[:min(len(fits), longest-17)], "") // a cut rune goes
	return fits + " " + hex.EncodeToString(sum[:8])
}
