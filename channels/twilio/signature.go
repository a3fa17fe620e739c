package twilio

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"ringback/channels"
)

// signatureHeader carries the signature of every request that Twilio makes.
const signatureHeader = "X-Twilio-Signature"

// Sign is Twilio's signature: base64 of HMAC-SHA1 with the account's auth
// token over the address and then, in byte order and without any delimiter,
// each parameter's name followed by its value. A name with several values is
// written once for each different value, in byte order.
// https://www.twilio.com/docs/usage/security#validating-requests
func Sign(token, address string, params url.Values) string {
	return sign(token, address, flatten(params))
}

// Verify returns channels.ErrSignature unless one of the tokens signed the
// request, whose URL has to be the one configured at Twilio. An empty token
// signs nothing. A JSON body is not in the signature itself; its hash stands
// in the URL's bodySHA256. The error is a *channels.Malformed when a form
// cannot be read.
func Verify(r channels.Request, tokens []string) error {
	signature := r.Header.Get(signatureHeader)
	if signature == "" {
		return channels.ErrSignature
	}
	readings, err := signedBody(r)
	if err != nil {
		return err
	}
	for _, address := range addresses(r.URL) {
		for _, params := range readings {
			for _, token := range tokens {
				if token != "" && hmac.Equal([]byte(signature), []byte(sign(token, address, params))) {
					return nil
				}
			}
		}
	}
	return channels.ErrSignature
}

func sign(token, address, params string) string {
	mac := hmac.New(sha1.New, []byte(token))
	mac.Write([]byte(address))
	mac.Write([]byte(params))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// flatten writes the parameters as they are signed.
func flatten(params url.Values) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(params)) {
		values := params[name]
		if len(values) > 1 {
			values = slices.Compact(slices.Sorted(slices.Values(values)))
		}
		for _, value := range values {
			b.WriteString(name)
			b.WriteString(value)
		}
	}
	return b.String()
}

// signedBody is what the signature may cover beside the address: the bytes as
// they came and, when they are not UTF-8, also as a signer sees them that
// decodes to text first, which Twilio's own libraries do.
func signedBody(r channels.Request) ([]string, error) {
	if r.Method == http.MethodGet {
		return []string{""}, nil
	}
	if hash := bodyHash(r); hash != "" {
		sum := sha256.Sum256(r.Body)
		if !hmac.Equal([]byte(strings.ToLower(hash)), []byte(hex.EncodeToString(sum[:]))) {
			return nil, channels.ErrSignature
		}
		return []string{""}, nil
	}
	form, err := parseForm(r.Body)
	if err != nil {
		return nil, err
	}
	readings := []string{flatten(form)}
	if text := toUTF8(readings[0]); text != readings[0] {
		readings = append(readings, flatten(decoded(form)))
	}
	return readings, nil
}

// bodyHash is the hash that the URL promises for a JSON body, empty for any
// other: a form is signed as a form, whatever somebody wrote into the query.
func bodyHash(r channels.Request) string {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "application/json" {
		return ""
	}
	return query(r).Get("bodySHA256")
}

// query is the request's query; what cannot be decoded in it is left out.
func query(r channels.Request) url.Values {
	address, _, _ := strings.Cut(r.URL, "#")
	_, raw, _ := strings.Cut(address, "?")
	values, _ := url.ParseQuery(raw)
	return values
}

func decoded(form url.Values) url.Values {
	text := make(url.Values, len(form))
	for name, values := range form {
		for _, value := range values {
			text.Add(toUTF8(name), toUTF8(value))
		}
	}
	return text
}
