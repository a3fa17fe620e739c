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
	v := &settings.Vault{Environment: map[string]channels.Account{}, Check: c.checkAccount}
	if c.TwilioAccount != "" {
		v.Environment[settings.Twilio] = channels.Account{ID: c.TwilioAccount, Secrets: c.twilioSecrets()}
	}
	if c.MetaSecret != "" {
		v.Environment[settings.Meta] = channels.Account{Secrets: c.metaSecrets()}
	}
	encoded := c.SecretKey
	if encoded == "" && embedded {
		var err error
		if encoded, err = keepKey(filepath.Join(c.DataDir, "secret.key")); err != nil {
			return nil, err
		}
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
