package settings

import "ringback/channels"

// kind is what is known here of one kind of sender.
type kind struct {
	of       channels.Kind
	provider string                                 // whose account such a sender belongs to; empty: nobody's
	fault    func(address string) string            // the code of what is wrong with a sender's address; empty: nothing
	rate     float64                                // messages a second, unless its owner says otherwise; 0: as carriers allow for the number
	paste    func(s Sender, address string) []Paste // what its owner enters elsewhere
}

// kinds are what a sender can be, in the order in which a form offers them. One more is
// one more here.
var kinds = []kind{
	{channels.SMS, Twilio, phoneOrShortCode, 0, pasteSMS},
	{channels.Voice, Twilio, PhoneFault, 0, pasteVoice},
	{channels.WhatsAppCloud, Meta, phoneOrMetaID, whatsAppRate, pasteWhatsAppCloud},
	{channels.WhatsAppTwilio, Twilio, PhoneFault, whatsAppRate, pasteWhatsAppTwilio},
	{channels.WebChat, "", siteKeyFault, whatsAppRate, pasteWebChat},
}

// SenderKinds are the kinds by their names.
var SenderKinds = namesOf(kinds)

func namesOf(kinds []kind) []channels.Kind {
	names := make([]channels.Kind, len(kinds))
	for n, k := range kinds {
		names[n] = k.of
	}
	return names
}

// kindOf is what is known of a kind; of one that is none, nothing.
func kindOf(name channels.Kind) kind {
	for _, k := range kinds {
		if k.of == name {
			return k
		}
	}
	return kind{
		fault: func(string) string { return "" },
		paste: func(Sender, string) []Paste { return []Paste{} },
	}
}

// ProviderOf returns whose account a sender of that kind belongs to; empty: nobody's.
func ProviderOf(kind channels.Kind) string { return kindOf(kind).provider }
