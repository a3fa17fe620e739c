package app

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"ringback/channels"
	"ringback/settings"
)

// Vault opens the secrets that a server with this configuration would use.
func Vault(c Config, d *Database) (*settings.Vault, error) { return openVault(c, d.embedded) }

// openVault holds the environment's secrets and the key for the companies' own.
// With an embedded database the key is made once and kept beside the data;
// without a key, companies cannot store secrets of their own.
func openVault(c Config, embedded bool) (*settings.Vault, error) {
	v := &settings.Vault{Environment: map[string]channels.Account{}, Check: c.checkAccount, CheckBusiness: c.checkBusiness}
	if c.TwilioAccount != "" {
		v.Environment[settings.Twilio] = channels.Account{ID: c.TwilioAccount, Secrets: c.twilioSecrets(), Key: channels.APIKey{SID: c.TwilioKey, Secret: c.TwilioKeySecret}}
	}
	if c.MetaSecret != "" {
		v.Environment[settings.Meta] = channels.Account{Secrets: c.metaSecrets()}
	}
	encoded, err := secretKey(c, embedded)
	if err != nil {
		return nil, err
	}
	if encoded == "" {
		return v, nil
	}
	key, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, fmt.Errorf("RINGBACK_SECRET_KEY: %w", err)
	}
	v.Key, err = settings.NewSecretKey(key)
	return v, err
}

// SecretKey is what the companies' secrets are sealed with, as the configuration
// writes it; empty: there is none.
func SecretKey(c Config, d *Database) (string, error) { return secretKey(c, d.embedded) }

func secretKey(c Config, embedded bool) (string, error) {
	if c.SecretKey != "" || !embedded {
		return c.SecretKey, nil
	}
	return keepKey(keyFile(c))
}

// RestoreKey has a server with this configuration use the key of a backup: beside an
// embedded database, which is empty, it is kept. An error says what to do where another
// key is used already.
func RestoreKey(c Config, d *Database, encoded string) error {
	if c.SecretKey != "" || !d.embedded {
		if c.SecretKey != encoded {
			return errors.New("RINGBACK_SECRET_KEY is not the one that this backup's secrets are sealed with: set that one, or have it written to a file with --key-out FILE")
		}
		return nil
	}
	kept, err := os.ReadFile(keyFile(c))
	if errors.Is(err, fs.ErrNotExist) {
		return os.WriteFile(keyFile(c), []byte(encoded), 0o600)
	}
	if err == nil && string(kept) != encoded {
		err = fmt.Errorf("%s is not the key that this backup's secrets are sealed with: it is left from another database, and this one is empty. Move it away, and run this again", keyFile(c))
	}
	return err
}

func keyFile(c Config) string { return filepath.Join(c.DataDir, "secret.key") }

// keepKey reads the key in the file, made if it is not there.
func keepKey(file string) (string, error) {
	kept, err := os.ReadFile(file)
	if err == nil {
		return string(kept), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("the secret key: %w", err)
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	encoded := base64.StdEncoding.EncodeToString(key)
	if err := os.WriteFile(file, []byte(encoded), 0o600); err != nil {
		return "", fmt.Errorf("the secret key: %w", err)
	}
	return encoded, nil
}
