package app

import (
	"net"
	"net/url"
	"time"

	"ringback/channels/oidc"
	"ringback/settings/staff"
)

// identity is the company's identity provider, which is not asked anything yet.
func (c Config) identity() (staff.Identity, error) {
	if c.OIDCIssuer == "" {
		return staff.Identity{}, nil
	}
	roles, err := staff.ParseRoles(c.OIDCRoles)
	return staff.Identity{
		Provider: oidc.New(oidc.Config{Issuer: c.OIDCIssuer, ClientID: c.OIDCClient, ClientSecret: c.OIDCSecret, Claim: roles.Claim}),
		Roles:    roles,
		Only:     c.OIDCOnly,
	}, err
}

func (c Config) checkIdentity(fault func(string, string, ...any)) {
	if _, err := staff.ParseRoles(c.OIDCRoles); err != nil {
		fault("OIDC_ROLES", "%v", err)
	}
	if c.OIDCIssuer == "" {
		if c.OIDCClient+c.OIDCSecret+c.OIDCRoles != "" || c.OIDCOnly {
			fault("OIDC_ISSUER", "must be set with OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_ROLES and OIDC_ONLY, such as https://login.example.com/realms/staff")
		}
		return
	}
	checkURL(fault, "OIDC_ISSUER", c.OIDCIssuer)
	if u, err := url.Parse(c.OIDCIssuer); err == nil && u.Scheme == "http" && !ourselves(u.Hostname()) {
		fault("OIDC_ISSUER", "must begin with https: whoever sits between us could sign in as anybody")
	}
	if c.OIDCClient == "" {
		fault("OIDC_CLIENT_ID", "must be set with OIDC_ISSUER: the provider shows it where Ringback is registered there")
	}
	if c.DatabaseURL != "" && c.SecretKey == "" {
		fault("RINGBACK_SECRET_KEY", "must be set with OIDC_ISSUER: it seals what asks the provider whether somebody is still there")
	}
}

func ourselves(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// lookEvery is how often the provider is asked what it is, so that its absence
// stands in the log before somebody wants to sign in.
const lookEvery = 5 * time.Minute
