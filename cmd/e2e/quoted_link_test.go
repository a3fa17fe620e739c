package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

// A customer who quotes a text of ours sends the link back that lets them answer: who
// reads what we keep of it must not be able to. As an iPhone's gesture on a telephone's
// text, as their own words elsewhere.
func TestAQuotedLinkIsWrittenNowhere(t *testing.T) {
	t.Parallel()
	for name, channel := range map[string]channels.Kind{"SMS": channels.SMS, "WhatsApp": channels.WhatsAppCloud, "web chat": channels.WebChat} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAsker(t, channel)
			page, id := a.ask("approval", "message", "A new pump?")
			var text string
			for _, got := range a.got() {
				if strings.Contains(got, page) {
					text = got
				}
			}
			require.NotEmpty(t, text)
			a.writes("Liked “" + text + "”")
			a.tick()
			a.writes("what is " + page + " please")
			a.tick()
			a.writtenNowhere(page[strings.LastIndex(page, "/")+1:])
			_, ticket := a.api("GET", a.ticket, nil)
			require.Contains(t, fmt.Sprint(ticket["timeline"]), "what is ")
			require.Equal(t, "open  null", a.stands(id))
			if channel == channels.SMS {
				require.Contains(t, fmt.Sprint(ticket["timeline"]), "reason:aside", "it is still known for a gesture")
			}
		})
	}
}
