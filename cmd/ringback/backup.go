package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"filippo.io/age"

	"ringback/cmd/app"
	"ringback/cmd/backup"
)

type makeBackup struct {
	Out       string   `required:"" placeholder:"FILE" help:"The file to write, which must not be there yet."`
	Recipient []string `placeholder:"age1…" help:"Seal it for these public keys of age's instead of RINGBACK_BACKUP_KEY."`
}

// archived is what a backup holds, to a program.
type archived struct {
	File string `json:"file"`
	backup.Done
}

// backupKey is where the words stand, or the secret key of age's, that a backup
// is sealed with.
const backupKey = "RINGBACK_BACKUP_KEY"

var errNoBackupKey = errors.New(backupKey + " is not set: it is what the backup is sealed with, and what opens it again, as long words of yours or a key of age's; keep it elsewhere than the backup")

// Run writes the backup. Half of one is never there under its name.
func (b makeBackup) Run(ctx context.Context, out output) error {
	c, err := app.FromEnvironment()
	if err != nil {
		return err
	}
	recipients, err := b.recipients(c.BackupKey)
	if err != nil {
		return err
	}
	if _, err := os.Lstat(b.Out); err == nil {
		return fmt.Errorf("%s is there already; a backup is written over nothing", b.Out)
	}
	return app.WithSchema(ctx, c, func(db *app.Database) error {
		patient, err := db.Patient("ringback backup")
		if err != nil {
			return err
		}
		defer func() { _ = patient.Close() }()
		info, _ := debug.ReadBuildInfo()
		from := backup.Source{DB: patient, Version: describe(info).Version, At: time.Now(), Told: out.progress()}
		if from.Blobs, err = app.OpenBlobs(ctx, c); err != nil {
			return err
		}
		if from.Key, err = app.SecretKey(c, db); err != nil {
			return err
		}
		var done backup.Done
		err = app.WriteWhole(b.Out, func(to io.Writer) (err error) {
			done, err = backup.Write(ctx, from, to, recipients...)
			return err
		})
		from.Told.End()
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(out.words(), "%s: %d tables with %d rows, and %d files\n", b.Out, done.Tables, done.Rows, done.Files)
		return errors.Join(out.value(archived{b.Out, done}), lacks(b.Out, done))
	})
}

// lacks is an error for a backup that is written and does not hold all that it should: who
// brings it back would find that out on their worst day.
func lacks(file string, done backup.Done) error {
	var what []string
	if done.Missing > 0 {
		what = append(what, fmt.Sprintf("%d of the files that the database knows, which are not where MEDIA_URL (or else RINGBACK_DATA_DIR) says", done.Missing))
	}
	if done.Keyless {
		what = append(what, "the key that the stored secrets are sealed with, which RINGBACK_SECRET_KEY is not")
	}
	if len(what) == 0 {
		return nil
	}
	return fmt.Errorf("%s is written and lacks %s. Give the command what the server is told, as with --env-file", file, strings.Join(what, ", and "))
}

func (b makeBackup) recipients(key string) ([]age.Recipient, error) {
	var all []age.Recipient
	for _, r := range b.Recipient {
		one, err := age.ParseX25519Recipient(r)
		if err != nil {
			return nil, fmt.Errorf("--recipient %s: %w", r, err)
		}
		all = append(all, one)
	}
	if len(all) > 0 {
		return all, nil
	}
	if key == "" {
		return nil, errNoBackupKey
	}
	one, err := backup.Recipient(key)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", backupKey, err)
	}
	return []age.Recipient{one}, nil
}

type restore struct {
	File     string `arg:"" help:"The backup."`
	Identity string `placeholder:"FILE" help:"The file with age's secret key, for a backup that was made with --recipient."`
	KeyOut   string `placeholder:"FILE" help:"Write the backup's RINGBACK_SECRET_KEY there, for a database of your own."`
}

// Run brings the backup back.
func (r restore) Run(ctx context.Context, out output) error {
	c, err := app.FromEnvironment()
	if err != nil {
		return err
	}
	if _, err := os.Lstat(r.KeyOut); r.KeyOut != "" && err == nil {
		return fmt.Errorf("--key-out: %s is there already; a key is written over nothing", r.KeyOut)
	}
	identities, err := r.identities(c.BackupKey)
	if err != nil {
		return err
	}
	file, err := os.Open(r.File)
	if err != nil {
		return err
	}
	defer file.Close()
	return app.WithDatabase(ctx, c, func(db *app.Database) error {
		patient, err := db.Patient("ringback restore")
		if err != nil {
			return err
		}
		defer func() { _ = patient.Close() }()
		to := backup.Target{DB: patient, Key: func(key string) error { return r.key(c, db, key) }, Told: out.progress(), Size: size(file)}
		if to.Blobs, err = app.OpenBlobs(ctx, c); err != nil {
			return err
		}
		done, err := backup.Restore(ctx, file, to, identities...)
		to.Told.End()
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(out.words(), "%s: brought back %d tables with %d rows, and %d files\n", r.File, done.Tables, done.Rows, done.Files)
		return out.value(archived{r.File, done})
	})
}

// size is how much a file holds; 0 of what is no file, as a pipe.
func size(file *os.File) int64 {
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return 0
	}
	return info.Size()
}

// key has the server use the key that the companies' secrets are sealed with.
func (r restore) key(c app.Config, db *app.Database, key string) error {
	if key == "" {
		return nil
	}
	if r.KeyOut != "" {
		return app.WriteWhole(r.KeyOut, func(to io.Writer) error { _, err := io.WriteString(to, key+"\n"); return err })
	}
	return app.RestoreKey(c, db, key)
}

func (r restore) identities(key string) ([]age.Identity, error) {
	if r.Identity != "" {
		f, err := os.Open(r.Identity)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		all, err := age.ParseIdentities(f)
		if err != nil {
			return nil, fmt.Errorf("--identity %s: %w", r.Identity, err)
		}
		return all, nil
	}
	if key == "" {
		return nil, errNoBackupKey
	}
	one, err := backup.Identity(key)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", backupKey, err)
	}
	return []age.Identity{one}, nil
}
