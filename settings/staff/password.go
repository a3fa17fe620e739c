package staff

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/trustelem/zxcvbn"
	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"ringback/settings"
)

// OWASP's first choice for argon2id: 19 MiB, two passes, one lane. They stand in
// each stored hash, so that they can be raised without locking anybody out.
const (
	memoryKiB = 19 * 1024
	passes    = 2
	lanes     = 1
	saltSize  = 16
	keySize   = 32
)

const (
	shortest = 10
	longest  = 200
)

// hashing bounds how many passwords are hashed at a time, and with them the
// memory that a flood of sign-ins can take; waiting bounds those who wait.
var (
	hashing = make(chan struct{}, 4)
	waiting = make(chan struct{}, 64)
)

// ErrBusy is that too many are signing in at this moment.
var ErrBusy = errors.New("too many sign in at this moment")

// What is guessed within ten million tries, by lists of known passwords, names and
// words, keyboards, dates and what is known of the person, is refused: the throttle
// stops who guesses here, and slows down nobody who has stolen the hashes.
const (
	tooFewGuesses = 1.1e7
	leftOver      = 6  // characters that a password has beside the person's own names and words
	mostLookedAt  = 60 // characters: longer ones take long to look at
)

func guessable(password string, about []string) bool {
	if runes := []rune(password); len(runes) > mostLookedAt {
		password = string(runes[:mostLookedAt])
	}
	return zxcvbn.PasswordStrength(password, wordsOf(about)).Guesses < tooFewGuesses
}

// wordsOf are the words of names and addresses, those of one or two letters left out.
func wordsOf(about []string) []string {
	var words []string
	for _, said := range about {
		for _, word := range strings.FieldsFunc(strings.ToLower(said), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if utf8.RuneCountInString(word) > 2 {
				words = append(words, word)
			}
		}
	}
	return words
}

// checkPassword is Invalid for what is too easily guessed. About is what
// strangers know of the person: a password is none of it alone.
func checkPassword(field, password string, about ...string) error {
	n := utf8.RuneCountInString(password)
	lower := strings.ToLower(password)
	switch {
	case !utf8.ValidString(password):
		return settings.Refuse(field, "not_text")
	case n < shortest || n > longest:
		return settings.Refuse(field, "length", "From", shortest, "To", longest)
	}
	rest := lower
	for _, word := range wordsOf(about) {
		rest = strings.ReplaceAll(rest, word, "")
	}
	if rest != lower && utf8.RuneCountInString(rest) < leftOver {
		return settings.Refuse(field, "personal_password")
	}
	if guessable(strings.TrimSpace(password), about) {
		return settings.Refuse(field, "common_password")
	}
	return nil
}

// hashPassword returns the hash with its parameters, in the usual form
// $argon2id$v=19$m=19456,t=2,p=1$salt$key.
func hashPassword(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // never fails
	key, err := derive(ctx, password, salt, passes, memoryKiB, lanes, keySize)
	if err != nil {
		return "", err
	}
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memoryKiB, passes, lanes, b64(salt), b64(key)), nil
}

// rightPassword tells whether the hash is the password's.
func rightPassword(ctx context.Context, stored, password string) (bool, error) {
	parts := strings.Split(stored, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, errors.New("a stored password is of an unknown form")
	}
	var memory, times uint32
	var threads uint8
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &times, &threads); err != nil {
		return false, fmt.Errorf("a stored password: %w", err)
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, fmt.Errorf("a stored password: %w", err)
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil {
		return false, fmt.Errorf("a stored password: %w", err)
	}
	key, err := derive(ctx, password, salt, times, memory, threads, uint32(len(want)))
	return err == nil && subtle.ConstantTimeCompare(key, want) == 1, err
}

// derive is argon2id, a few at a time. The same word typed on two machines may
// arrive as different code points, so it is brought into one form first.
func derive(ctx context.Context, password string, salt []byte, times, memory uint32, threads uint8, size uint32) ([]byte, error) {
	select {
	case waiting <- struct{}{}:
		defer func() { <-waiting }()
	default:
		return nil, ErrBusy
	}
	select {
	case hashing <- struct{}{}:
		defer func() { <-hashing }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(norm.NFKC.String(password)), salt, times, memory, threads, size), nil
}

// nobodys has the form of a hash and is that of no password: whoever signs in
// with an unknown e-mail address waits as long as everybody.
var nobodys = fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memoryKiB, passes, lanes,
	strings.Repeat("A", 22), strings.Repeat("A", 43))
