package webhooks

import (
	"cmp"
	"path"
	"time"

	"github.com/gin-gonic/gin"

	"ringback/channels"
	"ringback/settings"
)

// counted counts the requests of the provider that carries such senders, Stripe
// when none does, by the last word of the door's address.
func (c Config) counted(kind channels.Kind) gin.HandlerFunc {
	provider := cmp.Or(settings.ProviderOf(kind), "stripe")
	return func(g *gin.Context) {
		began := time.Now()
		g.Next()
		c.Metrics.Webhook(provider, path.Base(g.FullPath()), g.Writer.Status(), time.Since(began))
	}
}
