package outboundhooks

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"ringback/channels/httpcall"
	"ringback/gateway/queue"
)

// tell posts one delivery, and notes what the address said.
func (c *Dispatcher) tell(ctx context.Context, d claimed, lease *queue.Lease) error {
	if c.Key == nil {
		return c.failed(ctx, d, 0, "the server has no RINGBACK_SECRET_KEY to sign with")
	}
	secrets, err := c.secrets(d)
	if err != nil {
		return c.failed(ctx, d, 0, "hook_secret")
	}
	if err := lease.Hold(ctx, httpcall.Patience); err != nil {
		return err
	}
	status, err := c.post(ctx, d, secrets)
	switch {
	case ctx.Err() != nil:
		return ctx.Err() // its lease runs out, and it is sent again
	case err != nil:
		return c.failed(ctx, d, 0, reason(err))
	case status == http.StatusGone:
		return c.gone(ctx, d, status, "hook_gone")
	case status < 200 || status > 299:
		return c.failed(ctx, d, status, "hook_answered")
	}
	return c.delivered(ctx, d, status)
}

// post sends one delivery and returns the status of the answer, whose body
// nobody reads.
func (c *Dispatcher) post(ctx context.Context, d claimed, secrets [][]byte) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, d.URL, bytes.NewReader(d.Payload))
	if err != nil {
		return 0, err
	}
	now := strconv.FormatInt(time.Now().Unix(), 10)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "Ringback-Webhooks/1")
	request.Header.Set("webhook-id", d.ID)
	request.Header.Set("webhook-timestamp", now)
	request.Header.Set("webhook-signature", sign(secrets, d.ID, now, d.Payload))
	answer, err := c.client.Do(request)
	if err != nil {
		return 0, err
	}
	_, _ = io.CopyN(io.Discard, answer.Body, 4<<10) // so that a short one leaves the connection usable
	return answer.StatusCode, answer.Body.Close()
}

// sign is the signatures that Standard Webhooks asks for, one by each secret:
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
func sign(secrets [][]byte, id, at string, body []byte) string {
	var signatures []string
	for _, secret := range secrets {
		mac := hmac.New(sha256.New, secret)
		_, _ = fmt.Fprintf(mac, "%s.%s.%s", id, at, body) // a hash takes all
		signatures = append(signatures, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	}
	return strings.Join(signatures, " ")
}

// reason is the code of why a post failed. It does not tell what stands in our
// network: the addresses behind a name are none of the asker's business.
func reason(err error) string {
	var failed *url.Error
	var private httpcall.PrivateError
	switch {
	case errors.As(err, &private):
		return "hook_inside"
	case errors.As(err, &failed) && failed.Timeout():
		return "hook_late"
	}
	return "hook_unreached"
}
