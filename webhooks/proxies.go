package webhooks

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"
)

// CheckProxies says what is wrong with a list of proxies: each is an address
// or a network, such as 10.0.0.0/8.
func CheckProxies(list []string) error {
	for _, one := range list {
		if _, err := netip.ParseAddr(one); err == nil {
			continue
		}
		if _, err := netip.ParsePrefix(one); err != nil {
			return fmt.Errorf("%q is not an address or a network such as 10.0.0.0/8", one)
		}
	}
	return nil
}

// forwarded lets a request come from where a trusted proxy says that it does:
// from here on its RemoteAddr is the customer's, for everybody who counts. The
// proxies' own entries in X-Forwarded-For are passed over from the right, and
// the first that is none of theirs is believed. Nobody else is.
func forwarded(trusted []string, log *slog.Logger) gin.HandlerFunc {
	var once sync.Once
	return func(g *gin.Context) {
		peer := g.RemoteIP()
		if from := g.ClientIP(); from != peer {
			g.Request.RemoteAddr = net.JoinHostPort(from, "0")
		} else if len(trusted) == 0 && proxied(peer, g.Request) {
			once.Do(func() {
				log.Warn("requests come through a proxy that is not trusted to say from whom: limits count all who come through it as one; set TRUSTED_PROXIES to its address", "proxy", peer)
			})
		}
		g.Next()
	}
}

// proxied reports whether the peer looks like a proxy of ours.
func proxied(peer string, r *http.Request) bool {
	ip, err := netip.ParseAddr(peer)
	return err == nil && (ip.IsLoopback() || ip.IsPrivate()) && strings.TrimSpace(r.Header.Get("X-Forwarded-For")) != ""
}
