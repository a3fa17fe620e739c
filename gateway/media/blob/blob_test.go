package blob_test

import (
	"bytes"
	"errors"
	"io"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/stretchr/testify/require"

	"ringback/gateway/media/blob"
)

// stores are a folder and a bucket behind a real HTTP server.
func stores(t *testing.T) map[string]blob.Store {
	t.Helper()
	disk, err := blob.Open("file://" + filepath.Join(t.TempDir(), "media"))
	require.NoError(t, err)
	memory := s3mem.New()
	require.NoError(t, memory.CreateBucket("files"))
	server := httptest.NewServer(gofakes3.New(memory).Server())
	t.Cleanup(server.Close)
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	bucket, err := blob.Open("s3://files/media?region=us-east-1&endpoint=" + url.QueryEscape(server.URL))
	require.NoError(t, err)
	require.NoError(t, bucket.(*blob.S3).Ready(t.Context()))
	return map[string]blob.Store{"disk": disk, "s3": bucket}
}

const name = "0194/0195.thumb"

func read(t *testing.T, s blob.Store, name string) []byte {
	t.Helper()
	f, err := s.Open(t.Context(), name)
	require.NoError(t, err)
	defer f.Close()
	content, err := io.ReadAll(f)
	require.NoError(t, err)
	return content
}

func TestStores(t *testing.T) {
	large := bytes.Repeat([]byte("0123456789abcdef"), 800_000) // more than two parts of S3
	for kind, s := range stores(t) {
		t.Run(kind, func(t *testing.T) {
			_, err := s.Open(t.Context(), name)
			require.ErrorIs(t, err, blob.ErrNone)
			require.NoError(t, s.Delete(t.Context(), name), "what is not there is gone")

			require.NoError(t, s.Put(t.Context(), name, bytes.NewReader([]byte("a first"))))
			require.NoError(t, s.Put(t.Context(), name, iotest.OneByteReader(bytes.NewReader([]byte("a second")))))
			require.Equal(t, "a second", string(read(t, s, name)))

			require.NoError(t, s.Put(t.Context(), "large", bytes.NewReader(large)))
			f, err := s.Open(t.Context(), "large")
			require.NoError(t, err)
			size, err := f.Seek(0, io.SeekEnd)
			require.NoError(t, err)
			require.EqualValues(t, len(large), size)
			_, err = f.Seek(-3, io.SeekEnd)
			require.NoError(t, err)
			end, err := io.ReadAll(f)
			require.NoError(t, err)
			require.Equal(t, "def", string(end))
			require.NoError(t, f.Close())

			require.NoError(t, s.Delete(t.Context(), name))
			_, err = s.Open(t.Context(), name)
			require.ErrorIs(t, err, blob.ErrNone)
		})
	}
}

// TestHalfAFileIsNone: a reader that breaks off leaves what was there before,
// and nothing else.
func TestHalfAFileIsNone(t *testing.T) {
	broken := errors.New("the line broke")
	for kind, s := range stores(t) {
		t.Run(kind, func(t *testing.T) {
			half := io.MultiReader(bytes.NewReader(make([]byte, 6<<20)), iotest.ErrReader(broken))
			require.ErrorIs(t, s.Put(t.Context(), name, half), broken)
			_, err := s.Open(t.Context(), name)
			require.ErrorIs(t, err, blob.ErrNone)

			require.NoError(t, s.Put(t.Context(), name, bytes.NewReader([]byte("whole"))))
			require.ErrorIs(t, s.Put(t.Context(), name, iotest.ErrReader(broken)), broken)
			require.Equal(t, "whole", string(read(t, s, name)))
		})
	}
}

func TestNoRubbishOnDisk(t *testing.T) {
	folder := t.TempDir()
	s, err := blob.NewDisk(folder)
	require.NoError(t, err)
	require.Error(t, s.Put(t.Context(), name, iotest.ErrReader(errors.New("broken"))))
	left, err := os.ReadDir(filepath.Join(folder, "0194"))
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestNamesCannotLeadOut(t *testing.T) {
	for kind, s := range stores(t) {
		for _, bad := range []string{"", "/", "../x", "a/../../x", "a//b", "/etc/passwd", "a/b/c/d/e", "A", "a b", "a\x00", ".hidden", "a/.."} {
			require.Error(t, s.Put(t.Context(), bad, bytes.NewReader(nil)), "%s: %q", kind, bad)
			_, err := s.Open(t.Context(), bad)
			require.Error(t, err, "%s: %q", kind, bad)
			require.NotErrorIs(t, err, blob.ErrNone, "%s: %q", kind, bad)
			require.Error(t, s.Delete(t.Context(), bad), "%s: %q", kind, bad)
		}
	}
}

func TestALinkOnDiskCannotLeadOut(t *testing.T) {
	folder, outside := t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(outside, "secret"), []byte("secret"), 0o600))
	s, err := blob.NewDisk(folder)
	require.NoError(t, err)
	require.NoError(t, os.Symlink(outside, filepath.Join(folder, "out")))
	_, err = s.Open(t.Context(), "out/secret")
	require.Error(t, err)
	require.Error(t, s.Put(t.Context(), "out/new", bytes.NewReader(nil)))
	_, err = os.Stat(filepath.Join(outside, "new"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestAddresses(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	for address, says := range map[string]string{
		"":                            "neither file:// nor s3://",
		"/var/media":                  "neither file:// nor s3://",
		"https://bucket":              "neither file:// nor s3://",
		"file://media":                "three slashes",
		"file:///proc/nothing/here":   "folder for media",
		"s3://bucket":                 "AWS_SECRET_ACCESS_KEY",
		"s3://bucket?endpont=x":       "endpont",
		"s3://bucket\x7f":             "not an address",
		"file:///tmp/media?x=y":       "three slashes",
		"s3://bucket?region=x&access": "access",
	} {
		_, err := blob.Open(address)
		require.ErrorContains(t, err, says, address)
		if says != "folder for media" { // which only opening it tells
			require.ErrorContains(t, blob.Check(address), says, address)
		}
	}
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	for address, says := range map[string]string{
		"s3://":                         "bucket",
		"s3://bucket?endpoint=s3.local": "endpoint=s3.local",
		"s3://bucket?endpoint=http://s3.local/x/": "endpoint=http",
	} {
		_, err := blob.Open(address)
		require.ErrorContains(t, err, says, address)
	}
}

// TestADiskKeepsRoomForOthers: what takes the last of it would stop the database
// beside it.
func TestADiskKeepsRoomForOthers(t *testing.T) {
	disk, err := blob.NewDisk(filepath.Join(t.TempDir(), "media"))
	require.NoError(t, err)
	disk.Reserve = 1
	require.NoError(t, disk.Put(t.Context(), name, bytes.NewReader(make([]byte, 100))))
	disk.Reserve = 1 << 62
	require.ErrorIs(t, disk.Put(t.Context(), "0194/0196", bytes.NewReader(make([]byte, 100))), blob.ErrFull)
	_, err = disk.Open(t.Context(), "0194/0196")
	require.ErrorIs(t, err, blob.ErrNone, "nothing of it stays")
	require.NoError(t, disk.Delete(t.Context(), name))
}
