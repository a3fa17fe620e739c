package contact

import (
	"net/http"

	"ringback/settings/contentline"

	"github.com/gin-gonic/gin"
	"github.com/skip2/go-qrcode"
)

// card hands out the team as an entry for an address book, in vCard 3.0, which
// every phone reads (RFC 2426).
func (p *Contact) card(g *gin.Context, v View) {
	name := v.Team.Company
	if v.Name != name {
		name += ", " + v.Name
	}
	var c contentline.Lines
	c.Line("BEGIN:VCARD")
	c.Line("VERSION:3.0")
	c.Line("FN:" + contentline.Escape(name))
	c.Line("N:" + contentline.Escape(name) + ";;;;")
	c.Line("ORG:" + contentline.Escape(v.Team.Company))
	kinds := map[string]string{"call": "VOICE", "text": "CELL", "whatsapp": "CELL"}
	seen := map[string]bool{}
	for _, one := range v.Ways {
		if number := one.number(); !seen[number] {
			seen[number] = true
			c.Line("TEL;TYPE=WORK," + kinds[one.Kind] + ":" + number)
		}
	}
	c.Line("URL:" + v.URL)
	c.Line("UID:urn:uuid:" + v.Team.Team.ID)
	c.Line("END:VCARD")
	g.Header("Content-Disposition", `attachment; filename="contact.vcf"`)
	g.Header("Cache-Control", "no-store")
	g.Data(http.StatusOK, "text/vcard; charset=utf-8", c.Bytes())
}

// code is the page's address as a QR code, to be printed.
func (p *Contact) code(g *gin.Context) {
	v, ok := p.find(g)
	if !ok {
		return
	}
	png, err := qrcode.Encode(v.URL, qrcode.Medium, 512)
	if err != nil {
		p.fail(g, err)
		return
	}
	g.Header("Cache-Control", "public, max-age=3600")
	g.Data(http.StatusOK, "image/png", png)
}
