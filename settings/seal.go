package settings

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
)

// SecretKey seals what companies entrust us with. The form of a sealed secret
// is: one byte 1, four bytes that name the key, twelve random bytes, and the
// AES-256-GCM ciphertext. The name tells a wrong key from a broken row.
type SecretKey struct {
	aead cipher.AEAD
	name [4]byte
	root []byte // of the keys that are derived from it
}

const (
	sealVersion = 1
	nonceSize   = 12
	sealHeader  = 1 + 4 + nonceSize
)

// NewSecretKey takes the 32 bytes of RINGBACK_SECRET_KEY.
func NewSecretKey(key []byte) (*SecretKey, error) {
	if len(key) != 32 {
		return nil, fmt.Errorf("the secret key must have 32 bytes and has %d", len(key))
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(append([]byte("ringback key name "), key...))
	root, err := hkdf.Key(sha256.New, key, nil, "ringback derived keys", 32)
	return &SecretKey{aead: aead, name: [4]byte(sum[:4]), root: root}, err
}

// Derive is a key of 32 bytes for one purpose. It tells nothing of this one,
// nor of those for other purposes.
func (k *SecretKey) Derive(purpose string) ([]byte, error) {
	return hkdf.Expand(sha256.New, k.root, purpose, 32)
}

// Seal hides plain. About binds it to its owner: a row copied to another owner
// does not open.
func (k *SecretKey) Seal(plain []byte, about string) []byte {
	sealed := make([]byte, sealHeader, sealHeader+len(plain)+k.aead.Overhead())
	sealed[0] = sealVersion
	copy(sealed[1:], k.name[:])
	nonce := sealed[5:sealHeader]
	_, _ = rand.Read(nonce) // never fails: it ends the program instead
	return k.aead.Seal(sealed, nonce, plain, []byte(about))
}

// Sealed reports whether it was this key that sealed it, as far as its form tells.
func (k *SecretKey) Sealed(sealed []byte) bool {
	return len(sealed) >= sealHeader && sealed[0] == sealVersion && [4]byte(sealed[1:5]) == k.name
}

// Open is the opposite of Seal. Its errors hold nothing of the secret.
func (k *SecretKey) Open(sealed []byte, about string) ([]byte, error) {
	if len(sealed) < sealHeader || sealed[0] != sealVersion {
		return nil, errors.New("not a sealed secret")
	}
	if [4]byte(sealed[1:5]) != k.name {
		return nil, errors.New("sealed with another RINGBACK_SECRET_KEY")
	}
	plain, err := k.aead.Open(nil, sealed[5:sealHeader], sealed[sealHeader:], []byte(about))
	if err != nil {
		return nil, errors.New("the sealed secret was changed or belongs to somebody else")
	}
	return plain, nil
}
