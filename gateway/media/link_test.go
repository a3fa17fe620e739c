package media_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/gateway/media"
	"ringback/gateway/media/blob"
	"ringback/settings"
)

// listedStore knows the names of what it holds.
type listedStore struct {
	blob.Store
	names map[string]bool
}

func (l *listedStore) Put(ctx context.Context, name string, content io.Reader) error {
	err := l.Store.Put(ctx, name, content)
	if err == nil {
		l.names[name] = true
	}
	return err
}

func (l *listedStore) Delete(ctx context.Context, name string) error {
	delete(l.names, name)
	return l.Store.Delete(ctx, name)
}

func tokenOf(t *testing.T, link string) string {
	t.Helper()
	token, ok := strings.CutPrefix(link, "https://texts.example.com/m/")
	require.True(t, ok, link)
	return token
}

const hello = "ID3\x04\x00 a voice says hello"

// TestALinkOpensItsFile for as long as it was made for, without the database.
func TestALinkOpensItsFile(t *testing.T) {
	w := newWorld(t)
	m, err := w.upload("hello.mp3", strings.NewReader(hello))
	require.NoError(t, err)
	link := w.Prompt(w.origin.CompanyID, m.ID)
	w.Clock.Stop(noon.Add(59 * time.Minute))
	require.Equal(t, link, w.Prompt(w.origin.CompanyID, m.ID), "the same for an hour, for caches")
	require.NoError(t, w.db.Close())
	for range 2 {
		f, err := w.Follow(t.Context(), tokenOf(t, link))
		require.NoError(t, err)
		got, err := io.ReadAll(f)
		require.NoError(t, err)
		require.Equal(t, hello, string(got))
		require.Equal(t, "audio/mpeg", f.ContentType)
		require.NoError(t, f.Close())
	}
	w.Clock.Stop(noon.Add(2 * time.Hour))
	_, err = w.Follow(t.Context(), tokenOf(t, link))
	require.ErrorIs(t, err, settings.ErrNotFound)
}

func TestALinkOpensNothingElse(t *testing.T) {
	w := newWorld(t)
	sound, err := w.upload("hello.mp3", strings.NewReader(hello))
	require.NoError(t, err)
	paper, err := w.upload("quote.pdf", strings.NewReader("%PDF-1.7\n"))
	require.NoError(t, err)

	_, err = w.Follow(t.Context(), tokenOf(t, w.Prompt(w.origin.CompanyID, paper.ID)))
	require.ErrorIs(t, err, settings.ErrNotFound, "a paper is not played")
	f, err := w.Follow(t.Context(), tokenOf(t, w.Link(w.origin.CompanyID, paper.ID, media.ToSend, time.Hour)))
	require.NoError(t, err)
	require.Equal(t, "quote.pdf", f.Name)
	require.NoError(t, f.Close())

	good := tokenOf(t, w.Prompt(w.origin.CompanyID, sound.ID))
	raw, err := base64.RawURLEncoding.DecodeString(good)
	require.NoError(t, err)
	for n := range raw {
		bent := bytes.Clone(raw)
		bent[n] ^= 1
		_, err := w.Follow(t.Context(), base64.RawURLEncoding.EncodeToString(bent))
		require.ErrorIs(t, err, settings.ErrNotFound, "byte %d", n)
	}
	for _, bad := range []string{"", "x", good[:len(good)-1], good + "A", good + "=", "../" + good, strings.Repeat("A", 500)} {
		_, err := w.Follow(t.Context(), bad)
		require.ErrorIs(t, err, settings.ErrNotFound, bad)
	}
	another := w.config
	another.Key = bytes.Repeat([]byte{8}, 32)
	_, err = media.New(another).Follow(t.Context(), good)
	require.ErrorIs(t, err, settings.ErrNotFound, "sealed with another key")
	_, err = w.Follow(t.Context(), tokenOf(t, w.Prompt(w.origin.TeamID, sound.ID)))
	require.ErrorIs(t, err, settings.ErrNotFound, "another company's")
	require.Empty(t, w.Prompt(w.origin.CompanyID, "no id"))
}

func TestOneKeyForAllReplicas(t *testing.T) {
	w := newWorld(t)
	first, err := media.Key(t.Context(), w.db, "media")
	require.NoError(t, err)
	require.Len(t, first, 32)
	second, err := media.Key(t.Context(), w.db, "media")
	require.NoError(t, err)
	require.Equal(t, first, second)
}

// TestServe: a browser shows what can do no harm and saves the rest.
func TestServe(t *testing.T) {
	for kind, c := range map[string]struct{ disposition, sandbox string }{
		"image/jpeg":      {"inline", "sandbox"},
		"audio/wav":       {"inline", "media-src 'self'"},
		"application/pdf": {"inline", "object-src"},
		"text/csv":        {"attachment", "sandbox"},
		"text/html":       {"attachment", "sandbox"},
		"image/svg+xml":   {"attachment", "sandbox"},
		"image/heic":      {"attachment", "sandbox"},
		"image/avif":      {"inline", "sandbox"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Range", "bytes=2-4")
		w := httptest.NewRecorder()
		media.Serve(w, r, strings.NewReader("0123456789"), kind, `a "b"; ü.x`, "tag", time.Hour)
		require.Equal(t, http.StatusPartialContent, w.Code)
		require.Equal(t, "234", w.Body.String())
		require.Regexp(t, "^"+c.disposition+"; filename", w.Header().Get("Content-Disposition"), kind)
		require.Contains(t, w.Header().Get("Content-Security-Policy"), c.sandbox, kind)
		require.Contains(t, w.Header().Get("Content-Security-Policy"), "default-src 'none'", kind)
		require.Equal(t, "nosniff", w.Header().Get("X-Content-Type-Options"))
		require.Equal(t, "private, max-age=3600", w.Header().Get("Cache-Control"))
	}
}
