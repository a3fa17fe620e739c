package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"ringback/settings"
)

// rememberEvery is how old what is remembered of companies' accounts may be.
const rememberEvery = time.Minute

// knownFile is where companies' accounts are remembered, beside the spool, so that
// requests can be verified by a process that starts while Postgres is away; and what
// it is sealed for. Without a secret key companies have none, and it says so.
const (
	knownFile = "accounts"
	knownFor  = "accounts beside the spool"
)

type known struct {
	Accounts []settings.SealedAccount `json:"accounts"`
}

func (a *App) knownPath() string {
	folder, _ := a.Config.spoolFolder() // it was opened
	return filepath.Join(folder, knownFile)
}

// remember reads companies' accounts and keeps them in the file.
func (a *App) remember(ctx context.Context) error {
	all, err := a.directory.LearnAccounts(ctx)
	if err != nil || a.spool == nil {
		return err
	}
	if a.vault.Key == nil {
		all = nil // nobody here could open them
	}
	plain, err := json.Marshal(known{all})
	if err != nil {
		return err
	}
	if before, err := a.readKnown(); err == nil && bytes.Equal(before, plain) {
		return nil
	}
	if a.vault.Key != nil {
		plain = a.vault.Key.Seal(plain, knownFor)
	}
	if err := WriteWhole(a.knownPath(), func(to io.Writer) error { _, err := to.Write(plain); return err }); err != nil {
		a.Log.Error("what providers' accounts there are cannot be remembered: a start without Postgres would not know them", "error", err)
	}
	return nil
}

func (a *App) readKnown() ([]byte, error) {
	content, err := os.ReadFile(a.knownPath())
	if err != nil || a.vault.Key == nil {
		return content, err
	}
	return a.vault.Key.Open(content, knownFor)
}

// recall hands the directory what was remembered; false: nothing was, for no start
// has come to an end here before.
func (a *App) recall(d *settings.Directory) bool {
	plain, err := a.readKnown()
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	var k known
	if err == nil {
		err = json.Unmarshal(plain, &k)
	}
	if err != nil {
		a.Log.Warn("what was remembered of providers' accounts cannot be read", "file", a.knownPath(), "error", err)
		return false
	}
	d.RecallAccounts(k.Accounts)
	return true
}
