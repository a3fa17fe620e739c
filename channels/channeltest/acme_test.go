package channeltest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"ringback/channels"
)

// acme is a provider that never was: JSON both ways, signed over the body.
// With a fault set it gets exactly that wrong.
type acme struct {
	base  *url.URL
	fault string
	calls *atomic.Int64
}

// acmeItem is what acme posts to our doors, and what we post to it.
type acmeItem struct {
	Account, ID, From, To, Text, Word, Delivery string
}

func (a acme) Kinds() []channels.Kind { return []channels.Kind{channels.SMS} }

func (a acme) Hooks() []channels.Hook {
	door := func(path string, event func(acmeItem) channels.Event) channels.Hook {
		return channels.Hook{
			Method: http.MethodPost, Path: path, MaxBody: 1 << 20, Verify: a.verify,
			Account: func(r channels.Request) (string, error) {
				item, err := a.read(r)
				return item.Account, err
			},
			Parse: func(r channels.Request) ([]channels.Event, error) {
				item, err := a.read(r)
				if err != nil {
					return nil, err
				}
				e := event(item)
				e.Account, e.Sender, e.Raw = item.Account, channels.SMS, r.Body
				if a.fault == "takes repeats for new" {
					e.ProviderID += strconv.FormatInt(a.calls.Add(1), 10)
				}
				return []channels.Event{e}, nil
			},
		}
	}
	return []channels.Hook{door("/acme/messages", a.message), door("/acme/status", a.status)}
}

func (a acme) message(item acmeItem) channels.Event {
	text := strings.ToValidUTF8(item.Text[:min(len(item.Text), 1000)], "?")
	if a.fault != "keeps NUL" {
		text = strings.ReplaceAll(text, "\x00", "")
	}
	return channels.Event{
		Kind: channels.MessageReceived, ProviderID: item.ID, SenderAddress: item.To, CustomerAddress: item.From,
		Message: &channels.Message{Text: text},
	}
}

func (a acme) status(item acmeItem) channels.Event {
	states := map[string]channels.State{"taken": channels.Sent, "arrived": channels.Delivered, "read": channels.Read}
	if a.fault == "mixes up the states" {
		states["taken"], states["arrived"] = states["arrived"], states["taken"]
	}
	if a.fault == "forgets our delivery id" {
		item.Delivery = ""
	}
	return channels.Event{
		Kind: channels.DeliveryMoved, ProviderID: item.ID + item.Word, SenderAddress: item.From, CustomerAddress: item.To,
		Status: &channels.Status{Delivery: item.Delivery, ProviderID: item.ID, Word: item.Word, State: states[item.Word]},
	}
}

func (a acme) read(r channels.Request) (item acmeItem, err error) {
	err = json.Unmarshal(r.Body, &item)
	switch {
	case err != nil && a.fault == "leaks its own errors":
		return item, err
	case err != nil:
		return item, &channels.Malformed{Detail: "not JSON"}
	case item.Account == "" || item.ID == "":
		return item, &channels.Malformed{Field: "ID", Detail: "is missing"}
	}
	return item, nil
}

func acmeSign(body []byte, secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

func (a acme) verify(r channels.Request, secrets []string) error {
	if a.fault == "believes everything" {
		return nil
	}
	if a.fault == "knows one secret" {
		secrets = secrets[:min(len(secrets), 1)]
	}
	for _, secret := range secrets {
		if secret == "" && a.fault != "believes an empty secret" {
			continue
		}
		if hmac.Equal([]byte(r.Header.Get("X-Acme")), []byte(acmeSign(r.Body, secret))) {
			return nil
		}
	}
	return channels.ErrSignature
}

func (a acme) Send(ctx context.Context, account channels.Account, m channels.Outgoing) (channels.Receipt, error) {
	if a.fault != "sends without an account" && (len(account.Secrets) == 0 || account.Secrets[0] == "" || account.ID != "acme-1") {
		return channels.Receipt{}, &channels.SendError{Reason: channels.ReasonCredentials, Err: errors.New("no account")}
	}
	var wrote atomic.Bool
	trace := &httptrace.ClientTrace{WroteHeaders: func() { wrote.Store(true) }}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if a.fault == "follows redirects" {
		client.CheckRedirect = nil
	}
	if a.fault == "ignores the context" {
		ctx, client.Timeout = context.WithoutCancel(ctx), 100*time.Millisecond
	}
	body, _ := json.Marshal(acmeItem{Delivery: m.Delivery, From: m.From, To: m.To, Text: m.Text})
	request, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, trace), http.MethodPost, a.base.Scheme+"://"+a.base.Host+"/send", bytes.NewReader(body))
	if err != nil {
		return channels.Receipt{}, err
	}
	secret := strings.Join(account.Secrets, "")
	request.Header.Set("Authorization", secret)
	if a.fault == "logs its secret" {
		slog.Debug("sending", "with", secret)
	}
	return a.answer(client, request, &wrote)
}

func (a acme) answer(client *http.Client, request *http.Request, wrote *atomic.Bool) (channels.Receipt, error) {
	lost := &channels.SendError{Reason: channels.ReasonAmbiguous, Retry: channels.Look}
	if a.fault == "sends a lost message again" {
		lost.Retry = channels.Later
	}
	answer, err := client.Do(request)
	if err != nil {
		if !wrote.Load() && a.fault != "gives up when it cannot connect" {
			lost.Reason, lost.Retry = channels.ReasonUnavailable, channels.Later
		}
		lost.Err = err
		return channels.Receipt{}, lost
	}
	defer answer.Body.Close()
	var took struct{ ID string }
	body, err := io.ReadAll(io.LimitReader(answer.Body, 1<<16))
	lost.Err = fmt.Errorf("HTTP %d", answer.StatusCode)
	if a.fault == "repeats what it was told" {
		lost.Err = errors.New(string(body))
	}
	seconds, _ := strconv.Atoi(answer.Header.Get("Retry-After"))
	if date, err := http.ParseTime(answer.Header.Get("Retry-After")); err == nil {
		seconds = int(time.Until(date).Seconds())
	}
	if a.fault == "ignores Retry-After" {
		seconds = 0
	}
	switch {
	case answer.StatusCode == 429:
		lost.Reason, lost.Retry, lost.After = channels.ReasonThrottled, channels.Later, time.Duration(seconds)*time.Second
	case answer.StatusCode >= 300 && answer.StatusCode < 500:
		lost.Reason, lost.Retry, lost.Code = channels.ReasonRejected, channels.Never, strconv.Itoa(answer.StatusCode)
	case answer.StatusCode < 300 && err == nil && json.Unmarshal(body, &took) == nil && took.ID != "":
		return channels.Receipt{ProviderID: took.ID, State: channels.Sent}, nil
	}
	return channels.Receipt{}, lost
}
