package phone_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels/phone"
)

// TestWhichOfAPersonsNumbersIsDialed: the form that WhatsApp's was given beside, and
// none that may be somebody else's.
func TestWhichOfAPersonsNumbersIsDialed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		number string
		theirs []string
		want   string
	}{
		{"+541123456789", []string{"+541123456789", "+5491123456789"}, "+5491123456789"},
		{"+541123456789", []string{"+541123456789"}, "+541123456789"}, // a landline, for all we know
		{"+5215512345678", []string{"+5215512345678", "+525512345678"}, "+525512345678"},
		{"+5215512345678", nil, "+525512345678"},
		{"+13125550142", []string{"+525512345678"}, "+13125550142"},
		{"", nil, ""},
	} {
		require.Equal(t, c.want, phone.Dialed(c.number, c.theirs), c)
	}
}

// TestHowANumberIsDialed: the left is how WhatsApp writes it, the right how it
// is dialed, and equal where nothing is to be touched.
func TestHowANumberIsDialed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, id, dialed string }{
		{"Mexico", "+5215512345678", "+525512345678"},
		{"Mexico, as it is dialed", "+525512345678", "+525512345678"},
		{"a short number of Mexico's", "+52155123456", "+52155123456"},
		{"Argentina", "+541123456789", "+5491123456789"},
		{"Argentina, with a long area code", "+542966123456", "+5492966123456"},
		{"Argentina, with the 9", "+5491123456789", "+5491123456789"},
		{"Argentina, toll-free", "+548001234567", "+548001234567"},
		{"Brazil, before the ninth digit", "+551187654321", "+5511987654321"},
		{"Brazil, with it", "+5511987654321", "+5511987654321"},
		{"Brazil, a landline", "+551132654321", "+551132654321"},
		{"Benin", "+22997123456", "+2290197123456"},
		{"Benin, lengthened", "+2290197123456", "+2290197123456"},
		{"Benin, a landline", "+22921123456", "+22921123456"},
		{"Ivory Coast, Orange", "+22507123456", "+2250707123456"},
		{"Ivory Coast, MTN", "+22545123456", "+2250545123456"},
		{"Ivory Coast, Moov", "+22501123456", "+2250101123456"},
		{"Ivory Coast, a landline", "+22520123456", "+22520123456"},
		{"Ivory Coast, lengthened", "+2250707123456", "+2250707123456"},
		{"Gabon", "+24107123456", "+24177123456"},
		{"Gabon, without the 0", "+2416123456", "+24166123456"},
		{"Gabon, lengthened", "+24166123456", "+24166123456"},
		{"Cameroon", "+23777123456", "+237677123456"},
		{"Cameroon, a landline", "+237222123456", "+237222123456"},
		{"somewhere else", "+13125550142", "+13125550142"},
		{"a user id", "US.13491208655302741918", "US.13491208655302741918"},
		{"nothing", "", ""},
	} {
		require.Equal(t, c.dialed, phone.OfWhatsApp(c.id), c.name)
		require.Equal(t, c.dialed, phone.OfWhatsApp(c.dialed), "%s, again", c.name)
	}
	require.Equal(t, "+541143210000", phone.Dialable("+541143210000"), "by phone it may be a landline")
	require.Equal(t, "+525512345678", phone.Dialable("+5215512345678"))
}

func TestWhoCalls(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{
		{"+13125550142", "+13125550142"},
		{"sip:+13125550142@pbx.example.com", "+13125550142"},
		{"sip:13125550142@pbx.example.com", "+13125550142"},
		{"sips:+13125550142@pbx.example.com:5061;transport=tls", "+13125550142"},
		{"SIP:%2B13125550142@10.0.0.7", "+13125550142"},
		{"sip:+13125550142;phone-context=x@pbx.example.com", "+13125550142"},
		{"sip:+13125550142:secret@pbx.example.com", "+13125550142"},
		{"tel:+13125550142", "+13125550142"},
		{"tel:+1-312-555-0142;ext=7", "+13125550142"},
		{"tel:13125550142", "+13125550142"},
		{"sip:anonymous@anonymous.invalid", "anonymous"},
		{"sip:Anonymous@pbx.example.com", "anonymous"},
		{"sip:x7@anonymous.invalid", "anonymous"},
		{"sip:unavailable@pbx.example.com", "unavailable"},
		{"sip:+266696687@pbx.example.com", "+266696687"}, // the keypad's spelling of it, which is withheld too
		{"sip:alice@pbx.example.com", "sip:alice@pbx.example.com"},
		{"sip:204@pbx.example.com", "sip:204@pbx.example.com"},
		{"sip:00493012345678@pbx.example.com", "sip:00493012345678@pbx.example.com"},
		{"client:alice", "client:alice"},
		{"anonymous", "anonymous"},
		{"", ""},
	} {
		require.Equal(t, c[1], phone.Caller(c[0]), c[0])
	}
}
