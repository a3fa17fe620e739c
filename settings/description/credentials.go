package description

import (
	"context"
	"errors"

	"ringback/channels"
	"ringback/settings"
)

// errSecret is a secret that the environment lacks, or that another field needs; the
// fault is noted.
var errSecret = errors.New("a secret is missing")

// credentials are the account with the secrets that the environment holds; nil: the
// file names none.
func (t *teamRun) credentials(path string, said map[string]any, kind channels.Kind) (*settings.Credentials, error) {
	secrets, named := map[string]string{}, false
	for _, field := range []string{"auth_token_env", "access_token_env", "app_secret_env", "api_key_secret_env"} {
		variable := text(said, field)
		if variable == "" {
			continue
		}
		named = true
		value, there := t.Getenv(variable)
		if !there || value == "" {
			t.fault(path+"."+field, settings.Fault{Field: field, Code: "not_set"}, "names "+variable+", which the environment does not hold")
			return nil, errSecret
		}
		secrets[field] = value
	}
	key, err := t.apiKey(path, said)
	if err != nil || !named && key == nil {
		return nil, err
	}
	c := &settings.Credentials{
		AuthToken: secrets["auth_token_env"], AccessToken: secrets["access_token_env"], AppSecret: secrets["app_secret_env"],
		APIKey: key, APIKeySecret: secrets["api_key_secret_env"],
	}
	if settings.ProviderOf(kind) == settings.Meta {
		c.PhoneNumberID = text(said, "account")
	} else {
		c.AccountSID = text(said, "account")
	}
	return c, nil
}

// apiKey is the id of the key that the account is called with; nil: the file says
// nothing of one. It stands beside its secret and the account's token.
func (t *teamRun) apiKey(path string, said map[string]any) (*string, error) {
	_, says := said["api_key"]
	sid, secret := text(said, "api_key"), text(said, "api_key_secret_env")
	faulty := func(field, code, words string) (*string, error) {
		t.fault(path+"."+field, settings.Fault{Field: field, Code: code}, words)
		return nil, errSecret
	}
	switch {
	case !says && secret == "":
		return nil, nil
	case sid == "" && secret != "":
		return faulty("api_key", "empty", "must be given beside api_key_secret_env")
	case sid != "" && !settings.IsAPIKeySID(sid):
		return faulty("api_key", "api_key", "")
	case sid != "" && secret == "":
		return faulty("api_key_secret_env", "empty", "must be given beside api_key")
	case text(said, "auth_token_env") == "":
		return faulty("auth_token_env", "empty", "must be given beside api_key: what Twilio sends is signed with the token")
	}
	return &sid, nil
}

// secret is what differs of the secrets, which nobody can be shown, and of the key.
func (t *teamRun) secret(ctx context.Context, path string, said map[string]any, s settings.Sender) ([]Field, error) {
	c, err := t.credentials(path, said, s.Kind)
	if err != nil || c == nil {
		return nil, err
	}
	field, secret := "auth_token_env", c.AuthToken
	if c.PhoneNumberID != "" {
		field, secret = "access_token_env", c.AccessToken
	}
	held, err := t.edit.Held(ctx, t.Vault, s)
	if err != nil {
		return nil, err
	}
	var differs []Field
	other := func(field string) {
		differs = append(differs, Field{field, "another secret", "the secret in " + text(said, field)})
	}
	if len(held.Secrets) == 0 || held.Secrets[0] != secret {
		other(field)
	}
	if c.APIKey == nil {
		return differs, nil
	}
	if held.Key.SID != c.Key() {
		differs = append(differs, Field{"api_key", held.Key.SID, c.Key()})
	}
	if c.Key() != "" && held.Key.Secret != c.APIKeySecret {
		other("api_key_secret_env")
	}
	return differs, nil
}
