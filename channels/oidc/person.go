package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Person is who the provider says somebody is.
type Person struct {
	Issuer, Subject string // name them for ever
	Email           string
	Verified        bool // the provider says that the e-mail address is theirs
	Name            string
	Values          []string  // of the configured claim
	Session         string    // at the provider, as it names it; empty: it does not
	Proven          time.Time // when they last showed the provider who they are; zero: it does not say
	Refresh         string    // asks the provider again; empty: it gives none
}

// Finish takes the code that a browser has come back with. ErrRefused when the
// flow is another's or its nonce is not the one that was signed.
func (p *Provider) Finish(ctx context.Context, f Flow, back, state, code string) (Person, error) {
	found, err := p.look(ctx)
	if err != nil {
		return Person{}, err
	}
	if f.State == "" || f.State != state || code == "" {
		return Person{}, fmt.Errorf("%w: the flow is another one", ErrRefused)
	}
	ctx, stop := context.WithTimeout(p.through(ctx), 2*patience)
	defer stop()
	token, err := p.oauth(found, back).Exchange(ctx, code, oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return Person{}, fault(err, ErrRefused)
	}
	person, nonce, err := p.read(ctx, found, token, "")
	if err == nil && nonce != f.Nonce {
		err = fmt.Errorf("%w: the nonce is another one", ErrRefused)
	}
	return person, err
}

// Again asks whether the provider still vouches for somebody, and who they are
// by now. ErrGone: it does not; ErrAway: it does not answer.
func (p *Provider) Again(ctx context.Context, subject, refresh string) (Person, error) {
	found, err := p.look(ctx)
	if err != nil {
		return Person{}, err
	}
	ctx, stop := context.WithTimeout(p.through(ctx), 2*patience)
	defer stop()
	token, err := p.oauth(found, "").TokenSource(ctx, &oauth2.Token{RefreshToken: refresh}).Token()
	if err != nil {
		return Person{}, fault(err, ErrGone)
	}
	person, _, err := p.read(ctx, found, token, subject)
	if errors.Is(err, ErrRefused) {
		err = fmt.Errorf("%w: %w", ErrGone, err)
	}
	return person, err
}

// about are OAuth's words for what is wrong with us or the provider, and not with
// the person.
var about = []string{"invalid_client", "unauthorized_client", "temporarily_unavailable", "server_error", "internal_server_error", "slow_down"}

// fault tells a provider that says no from one that says nothing of use: of the
// latter nobody is signed out.
func fault(err, no error) error {
	var said *oauth2.RetrieveError
	if !errors.As(err, &said) {
		return fmt.Errorf("%w: %w", ErrAway, err)
	}
	if said.ErrorCode == "" || slices.Contains(about, said.ErrorCode) { // whose words may hold what we sent
		return fmt.Errorf("%w: it answered %d %s", ErrAway, said.Response.StatusCode, said.ErrorCode)
	}
	return fmt.Errorf("%w: %s", no, said.ErrorCode)
}

// claims are those of an ID token, or of what the provider tells of a person.
type claims struct {
	Subject  string `json:"sub"`
	Email    string `json:"email"`
	Verified any    `json:"email_verified"` // some write "true"
	Edov     any    `json:"xms_edov"`       // Microsoft's word for the same
	Name     string `json:"name"`
	Username string `json:"preferred_username"`
	Session  string `json:"sid"`
	AuthTime int64  `json:"auth_time"`

	all map[string]json.RawMessage
}

func (c *claims) from(read func(any) error) error {
	if err := read(c); err != nil {
		return err
	}
	return read(&c.all)
}

func (p *Provider) read(ctx context.Context, found *oidc.Provider, token *oauth2.Token, subject string) (Person, string, error) {
	person := Person{Issuer: p.Issuer, Subject: subject, Refresh: token.RefreshToken}
	var said claims
	var nonce string
	raw, _ := token.Extra("id_token").(string)
	if raw == "" && subject == "" {
		return person, "", fmt.Errorf("%w: it sent no ID token", ErrRefused)
	}
	if raw != "" { // after the first time it is optional
		signed, err := p.verifier(found).Verify(ctx, raw)
		if err != nil {
			return person, "", verified(err)
		}
		if subject != "" && signed.Subject != subject || signed.Subject == "" {
			return person, "", fmt.Errorf("%w: it is somebody else", ErrRefused)
		}
		if err := said.from(signed.Claims); err != nil {
			return person, "", fmt.Errorf("%w: its claims cannot be read", ErrRefused)
		}
		person.Subject, nonce = signed.Subject, signed.Nonce
	}
	values, there := said.values(p.Claim)
	if said.Email == "" || p.Claim != "" && !there {
		if err := p.more(ctx, found, token, person.Subject, &said); err != nil {
			return person, "", err
		}
		values, _ = said.values(p.Claim)
	}
	person.Email, person.Verified = said.Email, yes(said.Verified) || yes(said.Edov)
	person.Name, person.Session, person.Values = strings.TrimSpace(said.Name), said.Session, values
	if person.Name == "" {
		person.Name, _, _ = strings.Cut(said.Email, "@")
	}
	if said.AuthTime > 0 {
		person.Proven = time.Unix(said.AuthTime, 0)
	}
	return person, nonce, nil
}

// verified tells a token that is wrong from keys that cannot be had.
func verified(err error) error {
	if strings.Contains(err.Error(), "fetching keys") {
		return fmt.Errorf("%w: %w", ErrAway, err)
	}
	return fmt.Errorf("%w: %w", ErrRefused, err)
}

// more asks for what the ID token did not say: many providers keep it short.
func (p *Provider) more(ctx context.Context, found *oidc.Provider, token *oauth2.Token, subject string, said *claims) error {
	if found.UserInfoEndpoint() == "" {
		return nil
	}
	info, err := found.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAway, err)
	}
	if info.Subject != subject {
		return fmt.Errorf("%w: it tells of somebody else", ErrRefused)
	}
	kept := *said
	if err := said.from(info.Claims); err != nil {
		return fmt.Errorf("%w: its claims cannot be read", ErrRefused)
	}
	if kept.Email != "" { // what is signed counts
		said.Email, said.Verified, said.Edov = kept.Email, kept.Verified, kept.Edov
	}
	for name, value := range kept.all {
		said.all[name] = value
	}
	said.Session, said.AuthTime = kept.Session, kept.AuthTime
	return nil
}

func yes(v any) bool {
	switch said := v.(type) {
	case bool:
		return said
	case string:
		return said == "true" || said == "1"
	case float64:
		return said == 1
	}
	return false
}

// values are those of a claim by its name, or by a path into it with dots, such
// as realm_access.roles.
func (c claims) values(name string) (values []string, there bool) {
	raw, there := c.all[name]
	for at := c.all; !there; {
		head, tail, deeper := strings.Cut(name, ".")
		if !deeper {
			return nil, false
		}
		inner := map[string]json.RawMessage{}
		if json.Unmarshal(at[head], &inner) != nil {
			return nil, false
		}
		at, name = inner, tail
		raw, there = at[name]
	}
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return []string{one}, true
	}
	var many []any
	_ = json.Unmarshal(raw, &many) // of another form, it says nothing
	for _, v := range many {
		if s, ok := v.(string); ok {
			values = append(values, s)
		}
	}
	return values, true
}

// SignedOut reads the provider's news that somebody is signed out there (OpenID
// Connect Back-Channel Logout): the subject, the session as the provider names
// it, or both. ErrRefused for what it has not signed.
func (p *Provider) SignedOut(ctx context.Context, token string) (subject, session string, err error) {
	found, err := p.look(ctx)
	if err != nil {
		return "", "", err
	}
	ctx, stop := context.WithTimeout(p.through(ctx), patience)
	defer stop()
	told, err := p.verifier(found).VerifyLogout(ctx, token)
	if err != nil {
		return "", "", verified(err)
	}
	return told.Subject, told.SessionID, nil
}
