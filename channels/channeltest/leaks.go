package channeltest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/stretchr/testify/require"
)

// noSecretShows lets the provider say back everything that it was sent, its
// headers too, in every kind of answer, and then looks for the account's
// secrets in the errors and in what was logged meanwhile.
func noSecretShows(t reporter, cfg Config) {
	logged := capture(t)
	var said []string
	for _, status := range []int{200, 201, 302, 400, 401, 403, 404, 429, 500, 503} {
		for _, format := range []string{`%s`, `{"code": 99999, "message": %q}`, `{"error": {"code": 99999, "message": %q}}`} {
			channel := provider(t, cfg, func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				w.WriteHeader(status)
				_, _ = fmt.Fprintf(w, format, fmt.Sprint(cfg.Account.Secrets, r.Header, r.URL, string(body)))
			})
			said = append(said, tell(failed(context.Background(), t, channel, cfg))...)
		}
	}
	for _, host := range []string{"127.0.0.1:1", "invalid.invalid"} {
		base := &url.URL{Scheme: "http", User: url.UserPassword("u", cfg.Account.Secrets[0]), Host: host}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		said = append(said, tell(failed(ctx, t, cfg.New(base), cfg))...)
	}
	doors := hooks(t, cfg)
	for path, requests := range cfg.Requests {
		forged := signed(cfg, requests[0], stranger)
		said = append(said, tell(doors[path].Verify(forged, cfg.Account.Secrets))...)
	}
	for _, text := range append(said, logged()) {
		for _, secret := range cfg.Account.Secrets {
			require.False(t, strings.Contains(text, secret), "a secret shows in: %s", strings.ReplaceAll(text, secret, "<secret>"))
		}
	}
}

// tell is an error in all the ways in which it may be printed.
func tell(err error) []string {
	var texts []string
	for ; err != nil; err = errors.Unwrap(err) {
		texts = append(texts, err.Error(), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err))
	}
	return texts
}

// capture collects what is logged until the check is over.
func capture(t reporter) func() string {
	out := &buffer{}
	before, writer, flags := slog.Default(), log.Writer(), log.Flags()
	slog.SetDefault(slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug})))
	log.SetOutput(out)
	t.Cleanup(func() {
		slog.SetDefault(before)
		log.SetOutput(writer)
		log.SetFlags(flags)
	})
	return out.String
}

// buffer takes lines from several goroutines.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
