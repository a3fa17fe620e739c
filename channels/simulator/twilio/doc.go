// Package twilio is a fake Twilio that behaves: unit tests, end-to-end
// tests, the demo and a developer at home all talk to this one. It takes
// messages through Twilio's REST API, moves them on, tells the gateway with
// signed callbacks, plays the customer who writes in, and goes wrong on demand
// in the ways a provider does.
//
// The one hard decision: time never passes by itself unless Config.Auto asks
// for it. What happens to a message is a Plan made when it is created; a test
// calls Deliver and every step of it happens then and there, so that no test
// sleeps. In a demo the same plans run on small real delays.
//
// # Magic numbers
//
// These behave alike with and without the prefix "whatsapp:". Twilio's own, as
// its test credentials know them, are answered at once:
//
//	From +15005550001   400 21212  not a valid number
//	From +15005550006   taken, even when Config.Numbers does not name it
//	From +15005550007   400 21606  not ours to send from
//	From +15005550008   429 21611  its queue is full
//	To   +15005550001   400 21211  not a valid number
//	To   +15005550002   400 21612  not reachable from this sender
//	To   +15005550003   400 21408  no permission for the region
//	To   +15005550004   400 21610  opted out
//	To   +15005550009   400 21614  not a mobile number
//
// Ours are taken and fail later, by callback. The last four digits are the
// first and the last three of the error code:
//
//	To   +15005552610   failed 21610       opted out
//	To   +15005553001   failed 30001       queue overflow
//	To   +15005553003   undelivered 30003  handset unreachable
//	To   +15005553004   undelivered 30004  blocked
//	To   +15005553005   undelivered 30005  unknown handset
//	To   +15005553006   undelivered 30006  landline
//	To   +15005553007   undelivered 30007  filtered by the carrier
//	To   +15005553008   undelivered 30008  unknown error
//	To   +15005553019   undelivered 30019  a file is too large; without one it arrives
//	To   +15005553034   failed 30034       sender not registered
//	To   +15005556016   failed 63016       outside WhatsApp's 24 hours; a template arrives
//	To   +15005556019   failed 63019       a file could not be fetched; without one it arrives
//	To   +15005556024   undelivered 63024  not on WhatsApp
//
// This one is refused at once when it has a file, and else delivered:
//
//	To   +15005552620   400 21620  a file's address is not valid
//
// These are delivered, but the callbacks misbehave:
//
//	To   +15005559001   each comes twice
//	To   +15005559002   "delivered" comes before "sent"
//	To   +15005559003   none ever comes
//	To   +15005559004   "delivered" comes ten minutes late
//	To   +15005559005   all come before the create is answered
//
// And these make the create itself go wrong, each time:
//
//	To   +15005559429   429 20429 with Retry-After: 1
//	To   +15005559500   500 20500, not taken
//	To   +15005559501   500 20500, but taken
//	To   +15005559502   502 with an HTML page
//	To   +15005559503   503 20503
//	To   +15005559504   504 with nothing in it
//	To   +15005559601   connection closed, not taken
//	To   +15005559602   connection closed, but taken
//	To   +15005559603   taken, and never answered
//
// Any other number is delivered, unless Outcome or Fault says otherwise, the
// customer has opted out, or a WhatsApp customer has not written for 24 hours.
//
// # Calls
//
// Call plays a caller's phone: it asks for TwiML and obeys it, in a time of
// its own that is added up and not waited for. Advisors' phones behave as
// Advisor says, and these always alike:
//
//	+15005557001   answers after 3 s, presses 1, talks for 30 s
//	+15005557002   answers after 5 s and presses nothing, as a mobile's voicemail does
//	+15005557003   is busy
//	+15005557004   is not answered
//	+15005557005   cannot be reached: failed
//	+15005557006   rejects after 8 s, which is busy too
//	+15005557007   answers after 3 s and presses 2
//	+15005557008   answers after 3 s and hangs up on the whisper
//	+15005557009   is +15005557001 after 15 s
//
// Any other advisor is like +15005557001. What TwiML has wrong with it, by
// Twilio's grammar, is in Call.Faults. What Twilio does not tell was chosen
// thus: a caller who hangs up before the first answer is canceled, one who
// was never answered is no-answer; a document that cannot be carried out is
// an application error, which is spoken and therefore answers the call; the
// action of a Dial or Record that the caller hung up in is requested beside
// the callbacks, in no order; a recording is ready two seconds later.
//
// Contents can be made and listed. A message by ContentSid of one that was made here is
// shown as its channel takes it: a card's chips by RCS, which Tap taps, and its text by
// SMS; an id that was made elsewhere is a template of WhatsApp's.
//
// What a customer sends with WithFile lies at the API, which wants credentials
// and points to where the file is kept, which refuses them. With Config.Auto a
// recording or file that another process played is given all the same: so long
// as the last four digits of the recording's id say in hexadecimal, and always
// the same Photo.
package twilio
