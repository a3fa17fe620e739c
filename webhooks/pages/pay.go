package pages

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// payment is what the page says of a payment.
type payment struct {
	Origin               string // where paying happens
	Waiting, Failed, Off bool
}

// pay leads to where the customer pays.
func (p *Pages) pay(g *gin.Context, v View) {
	v.Pay.Off = true
	p.draw(g, http.StatusConflict, "payment.html", v)
}
