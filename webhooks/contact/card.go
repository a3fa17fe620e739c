package contact

import (
	"bytes"
	"net/http"

	"github.com/emersion/go-vcard"
	"github.com/gin-gonic/gin"
	"github.com/skip2/go-qrcode"
)

// card hands out the team as an entry for an address book, in vCard 3.0, which
// every phone reads (RFC 2426).
func (p *Contact) card(g *gin.Context, v View) {
	c := vcard.Card{}
	c.SetValue(vcard.FieldVersion, "3.0")
	name := v.Team.Company
	if v.Name != name {
		name += ", " + v.Name
	}
	c.SetValue(vcard.FieldFormattedName, name)
	c.SetName(&vcard.Name{FamilyName: name})
	c.SetValue(vcard.FieldOrganization, v.Team.Company)
	c.SetValue(vcard.FieldURL, v.URL)
	c.SetValue(vcard.FieldUID, "urn:uuid:"+v.Team.Team.ID)
	kinds := map[string]string{"call": "VOICE", "text": "CELL", "whatsapp": "CELL"}
	seen := map[string]bool{}
	for _, one := range v.Ways {
		if number := one.number(); !seen[number] {
			seen[number] = true
			c.Add(vcard.FieldTelephone, &vcard.Field{Value: number, Params: vcard.Params{vcard.ParamType: {"WORK", kinds[one.Kind]}}})
		}
	}
	var out bytes.Buffer
	if err := vcard.NewEncoder(&out).Encode(c); err != nil {
		p.fail(g, err)
		return
	}
	g.Header("Content-Disposition", `attachment; filename="contact.vcf"`)
	g.Header("Cache-Control", "no-store")
	g.Data(http.StatusOK, "text/vcard; charset=utf-8", out.Bytes())
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
