// Package oidc asks a company's identity provider who somebody is, in OpenID
// Connect: by codes with PKCE, and by the news that somebody is signed out there.
//
// The hard decision: what the provider says is asked for when it is needed and
// never at the start. A gateway whose provider is away starts, lets in those who
// need it not, and finds it again by itself.
package oidc

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"ringback/channels/httpcall"
)

var (
	// ErrAway is that the provider does not answer, or not as one does.
	ErrAway = errors.New("the identity provider does not answer")
	// ErrRefused is what the provider, or what it signed, does not bear out.
	ErrRefused = errors.New("the identity provider does not say so")
	// ErrGone is a person whom the provider vouches for no more.
	ErrGone = errors.New("the identity provider vouches for them no more")
)

const (
	patience = 5 * time.Second  // with one request to the provider
	learned  = time.Hour        // after which what it says of itself is asked again
	pause    = 10 * time.Second // after it was away, before it is asked again
)

// Config is what the environment says of the provider.
type Config struct {
	Issuer       string // its address, as it names itself
	ClientID     string
	ClientSecret string // empty: a public client, which PKCE alone guards
	Claim        string // whose values say what somebody may be, such as groups; empty: none is read

	Now func() time.Time // by which what is signed has ended or not begun; nil: this machine's clock
}

// Provider is the company's identity provider. It is safe for many goroutines.
type Provider struct {
	Config
	client *http.Client

	mu    sync.Mutex
	found *oidc.Provider
	asked time.Time // when it was asked what it is
	fault error     // of that time
}

// New is the provider of that configuration, which is not asked anything yet.
func New(c Config) *Provider {
	client := httpcall.NewClient() // which follows nobody elsewhere: the client's secret stays
	client.Timeout = patience
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Provider{Config: c, client: client}
}

// Host is what people may know the provider by.
func (p *Provider) Host() string {
	u, err := url.Parse(p.Issuer)
	if err != nil {
		return p.Issuer
	}
	return u.Host
}

// Look asks the provider what it is, unless that is known of late; ErrAway when
// it does not say. What was known before holds until it does.
func (p *Provider) Look(ctx context.Context) error {
	_, err := p.look(ctx)
	return err
}

func (p *Provider) look(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.Now()
	if p.found != nil && now.Sub(p.asked) < learned {
		return p.found, nil
	}
	if p.fault != nil && now.Sub(p.asked) < pause {
		return p.known()
	}
	ctx, stop := context.WithTimeout(p.through(ctx), patience)
	defer stop()
	found, err := oidc.NewProvider(ctx, p.Issuer)
	p.asked, p.fault = now, err
	if err == nil {
		p.found = found
	}
	return p.known()
}

func (p *Provider) known() (*oidc.Provider, error) {
	if p.found != nil {
		return p.found, nil
	}
	return nil, fmt.Errorf("%w: %w", ErrAway, p.fault)
}

// verifier looks at what the provider signed for us.
func (p *Provider) verifier(found *oidc.Provider) *oidc.IDTokenVerifier {
	return found.Verifier(&oidc.Config{ClientID: p.ClientID, Now: p.Now})
}

// through has the libraries use our client, with its limits.
func (p *Provider) through(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, p.client)
}

// Flow is one way of a browser to the provider and back, which that browser
// keeps. Nobody else can end it: neither with a code that they got, nor with the
// browser's own.
type Flow struct {
	State    string `json:"state"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"`
}

// Begin is a new flow with the address to send the browser to. Back is where it
// returns; again has the provider ask who it is although it knows.
func (p *Provider) Begin(ctx context.Context, back string, again bool) (Flow, string, error) {
	found, err := p.look(ctx)
	if err != nil {
		return Flow{}, "", err
	}
	f := Flow{State: random(), Nonce: random(), Verifier: oauth2.GenerateVerifier()}
	options := []oauth2.AuthCodeOption{oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)}
	if again {
		options = append(options, oauth2.SetAuthURLParam("max_age", "0"), oauth2.SetAuthURLParam("prompt", "login"))
	}
	return f, p.oauth(found, back).AuthCodeURL(f.State, options...), nil
}

func random() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails: it ends the program instead
	return base64.RawURLEncoding.EncodeToString(b)
}

func (p *Provider) oauth(found *oidc.Provider, back string) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.ClientID, ClientSecret: p.ClientSecret, Endpoint: found.Endpoint(), RedirectURL: back, Scopes: p.scopes(found),
	}
}

// scopes asks for what the provider offers of what is of use: without
// offline_access many do not say later whether they still vouch for somebody.
func (p *Provider) scopes(found *oidc.Provider) []string {
	var offer struct {
		Scopes []string `json:"scopes_supported"`
	}
	_ = found.Claims(&offer) // what it does not say is not asked for
	scopes := []string{oidc.ScopeOpenID, "email", "profile"}
	for _, more := range []string{oidc.ScopeOfflineAccess, p.Claim} {
		if more != "" && slices.Contains(offer.Scopes, more) && !slices.Contains(scopes, more) {
			scopes = append(scopes, more)
		}
	}
	return scopes
}
