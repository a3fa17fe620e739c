package backup_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/require"

	"ringback/cmd/backup"
	"ringback/gateway/media/blob"
	"ringback/migrations"
)

// part is one part of a backup.
type part struct {
	name    string
	content []byte
}

// parts are those of a file, opened.
func parts(t *testing.T, file []byte) []part {
	t.Helper()
	identity, err := backup.Identity(words)
	require.NoError(t, err)
	opened, err := age.Decrypt(bytes.NewReader(file), identity)
	require.NoError(t, err)
	packed, err := gzip.NewReader(opened)
	require.NoError(t, err)
	var all []part
	for r := tar.NewReader(packed); ; {
		head, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		require.NoError(t, err)
		content, err := io.ReadAll(r)
		require.NoError(t, err)
		all = append(all, part{head.Name, content})
	}
}

// whole is a file of those parts, sealed as it should be.
func whole(t *testing.T, all []part) []byte {
	t.Helper()
	var file bytes.Buffer
	quick, err := age.NewScryptRecipient(words)
	require.NoError(t, err)
	quick.SetWorkFactor(10)
	sealed, err := age.Encrypt(&file, quick)
	require.NoError(t, err)
	packed := gzip.NewWriter(sealed)
	w := tar.NewWriter(packed)
	for _, p := range all {
		require.NoError(t, w.WriteHeader(&tar.Header{Name: p.name, Size: int64(len(p.content)), Mode: 0o600}))
		_, err := w.Write(p.content)
		require.NoError(t, err)
	}
	for _, layer := range []io.Closer{w, packed, sealed} {
		require.NoError(t, layer.Close())
	}
	return file.Bytes()
}

// document has a part of JSON say something else.
func document(t *testing.T, all []part, name string, change func(map[string]any)) []part {
	t.Helper()
	n := slices.IndexFunc(all, func(p part) bool { return p.name == name })
	require.GreaterOrEqual(t, n, 0, name)
	var said map[string]any
	require.NoError(t, json.Unmarshal(all[n].content, &said))
	change(said)
	raw, err := json.Marshal(said)
	require.NoError(t, err)
	all[n].content = raw
	return all
}

// TestAFileThatSomebodyMade or mended by hand, sealed as it should be: what does not say
// what is in it, or has another than it says, is refused, and nothing of it stays.
func TestAFileThatSomebodyMade(t *testing.T) {
	w := newWorld(t)
	file := w.sealed()
	to, _ := elsewhere(t, true)
	empty := content(t, to.DB)
	const manifest, ending = "manifest.json", "ending.json"
	rows := func(all []part, table string) int {
		return slices.IndexFunc(all, func(p part) bool { return p.name == "rows/"+table })
	}
	for name, c := range map[string]struct {
		change func(all []part) []part
		want   error
	}{
		"no word of what is in it": {func(all []part) []part { return all[1:] }, backup.ErrBroken},
		"nothing":                  {func([]part) []part { return nil }, backup.ErrBroken},
		"words that are none":      {func(all []part) []part { return append([]part{{manifest, []byte("{")}}, all[1:]...) }, backup.ErrBroken},
		"a form of a later version": {func(all []part) []part {
			return document(t, all, manifest, func(m map[string]any) { m["format"] = 2 })
		}, migrations.ErrNewer},
		"a table that there is not": {func(all []part) []part {
			return document(t, all, manifest, func(m map[string]any) {
				m["tables"] = append(m["tables"].([]any), map[string]any{"name": "pg_authid", "columns": []string{"oid"}})
			})
		}, backup.ErrBroken},
		"a table with another column": {func(all []part) []part {
			return document(t, all, manifest, func(m map[string]any) {
				first := m["tables"].([]any)[0].(map[string]any)
				first["columns"] = append(first["columns"].([]any), "more")
			})
		}, backup.ErrBroken},
		"a part of no table":  {func(all []part) []part { return slices.Insert(all, 1, part{"rows/pg_authid", nil}) }, backup.ErrBroken},
		"a part of nothing":   {func(all []part) []part { return slices.Insert(all, 1, part{"companies", nil}) }, backup.ErrBroken},
		"no end":              {func(all []part) []part { return all[:len(all)-1] }, backup.ErrBroken},
		"more after its end":  {func(all []part) []part { return append(all, part{"rows/companies", nil}) }, backup.ErrBroken},
		"an end that is none": {func(all []part) []part { return append(all[:len(all)-1], part{ending, []byte("[")}) }, backup.ErrBroken},
		"a part left out":     {func(all []part) []part { return slices.Delete(all, rows(all, "messages"), rows(all, "messages")+1) }, backup.ErrBroken},
		"a part twice":        {func(all []part) []part { return slices.Insert(all, rows(all, "messages"), all[rows(all, "messages")]) }, nil},
		"a row without an end": {func(all []part) []part {
			n := rows(all, "messages")
			all[n].content = append(all[n].content, 9, 'x')
			return all
		}, backup.ErrBroken},
		"a row too long": {func(all []part) []part {
			n := rows(all, "messages")
			all[n].content = append(all[n].content, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F)
			return all
		}, backup.ErrBroken},
		"a row fewer than said": {func(all []part) []part {
			return document(t, all, ending, func(m map[string]any) { m["rows"].(map[string]any)["messages"] = 251 })
		}, backup.ErrBroken},
		"a table fewer than said": {func(all []part) []part {
			return document(t, all, ending, func(m map[string]any) { m["rows"].(map[string]any)["more"] = 1 })
		}, backup.ErrBroken},
		"a file fewer than said": {func(all []part) []part {
			return slices.DeleteFunc(all, func(p part) bool { return strings.HasPrefix(p.name, "files/") })
		}, backup.ErrBroken},
		"a file out of the store": {func(all []part) []part { return slices.Insert(all, len(all)-1, part{"files/../../out", []byte("x")}) }, nil},
	} {
		err := restore(t, whole(t, c.change(parts(t, file))), to, words)
		require.Error(t, err, name)
		if c.want != nil {
			require.ErrorIs(t, err, c.want, name)
		}
		require.Equal(t, empty, content(t, to.DB), name)
	}
	_, err := to.Blobs.Open(t.Context(), "../../out")
	require.Error(t, err)
	require.NoError(t, restore(t, whole(t, parts(t, file)), to, words), "and as it was it comes back")
}

// TestRowsAcrossParts: a table larger than a part is in several, the rows of a row more
// than that and those of a full read come back, each once.
func TestRowsAcrossParts(t *testing.T) {
	w := newWorld(t)
	w.exec(`delete from messages`)
	w.exec(`insert into messages (company_id, id, team_id, contact_id, sender_id, author, text, at)
		select $1, gen_random_uuid(), $2, gen_random_uuid(), $2, 'customer', repeat(md5(n::text), 600), now() from generate_series(1, 300) n`, w.team.CompanyID, w.team.ID)
	file, before := w.sealed(), content(t, w.db)
	several := 0
	for _, p := range parts(t, file) {
		if p.name == "rows/messages" {
			several++
			require.Less(t, len(p.content), 1<<20+100*20_000, "a part, and one read more")
		}
	}
	require.Greater(t, several, 1)
	to, _ := elsewhere(t, true)
	require.NoError(t, restore(t, file, to, words))
	require.Equal(t, before, content(t, to.DB))
}

// TestWhatLiesInTheStore goes along: files, their small pictures and the parts of what is
// being sent; what has gone meanwhile is not missed, and a store that fails is.
func TestWhatLiesInTheStore(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	name := w.team.CompanyID + "/" + w.file.ID[len(w.file.ID)-2:] + "/" + w.file.ID
	w.exec(`update media set thumbnail = true`)
	w.exec(`insert into media (company_id, id, team_id, state) select company_id, gen_random_uuid(), team_id, s from media, unnest(array['waiting', 'failed', 'stored']) s`) // the last one is gone from the store
	const upload = "0197f0a0-0000-7000-8000-000000000001"
	w.exec(`insert into uploads (company_id, id, request_id, name, size, parts, created_at) values ($1, $2, gen_random_uuid(), 'sink.jpg', 9, 1, $3)`, w.team.CompanyID, upload, noon)
	for at, content := range map[string]string{name + ".thumb": "small", "uploads/" + w.team.CompanyID + "/" + upload + "/0": "half"} {
		require.NoError(t, w.blobs.Put(ctx, at, strings.NewReader(content)))
	}
	var file bytes.Buffer
	quick, err := age.NewScryptRecipient(words)
	require.NoError(t, err)
	quick.SetWorkFactor(10)
	done, err := backup.Write(ctx, backup.Source{DB: w.db, Blobs: w.blobs, At: noon}, &file, quick)
	require.NoError(t, err)
	require.Equal(t, 3, done.Files)
	var names []string
	for _, p := range parts(t, file.Bytes()) {
		if at, is := strings.CutPrefix(p.name, "files/"); is {
			names = append(names, at)
		}
	}
	require.ElementsMatch(t, []string{name, name + ".thumb", "uploads/" + w.team.CompanyID + "/" + upload + "/0"}, names)
	to, _ := elsewhere(t, true)
	to.Key = func(key string) error {
		require.Empty(t, key, "there was none")
		return nil
	}
	require.NoError(t, restore(t, file.Bytes(), to, words))
	for _, at := range names {
		f, err := to.Blobs.Open(ctx, at)
		require.NoError(t, err, at)
		require.NoError(t, f.Close())
	}
	_, err = backup.Write(ctx, backup.Source{DB: w.db, Blobs: failing{w.blobs}, At: noon}, io.Discard, quick)
	require.ErrorIs(t, err, errStore)
}

var errStore = errors.New("the store is away")

// failing is a store that cannot be read.
type failing struct{ blob.Store }

func (failing) Open(context.Context, string) (io.ReadSeekCloser, error) { return nil, errStore }

// TestWhoseKeyItIs: words, a key of age's, and what begins as one and is none.
func TestWhoseKeyItIs(t *testing.T) {
	t.Parallel()
	identity, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	for key, of := range map[string][2]any{
		words:             {&age.ScryptRecipient{}, &age.ScryptIdentity{}},
		identity.String(): {&age.X25519Recipient{}, &age.X25519Identity{}},
	} {
		recipient, err := backup.Recipient(key)
		require.NoError(t, err)
		require.IsType(t, of[0], recipient)
		opens, err := backup.Identity(key)
		require.NoError(t, err)
		require.IsType(t, of[1], opens)
	}
	for _, key := range []string{"", "AGE-SECRET-KEY-", "AGE-SECRET-KEY-1XYZ", identity.String()[:40]} {
		_, err := backup.Recipient(key)
		require.Error(t, err, key)
		_, err = backup.Identity(key)
		require.Error(t, err, key)
	}
}
