// Package meta is a fake Meta that behaves: it takes messages through the Graph
// API as strictly as Meta says it does, moves them on, tells the gateway with
// signed webhooks, plays the customer who writes in, and goes wrong on demand.
//
// The one hard decision: it does not know the code that it tests. Bodies are
// read by rules of its own, so that what the gateway writes and this package
// takes has been thought of twice.
//
// # Magic numbers
//
// Answered at once, in place of taking the message:
//
//	+15005556056   429 131056  too many to this person
//	+15005559429   429 130429 with Retry-After: 1
//	+15005559500   500 131000
//	+15005559502   502 with an HTML page
//	+15005559601   connection closed, not taken
//	+15005559602   connection closed, but taken
//
// Taken, and told of later:
//
//	+15005556047   failed 131047  outside of the 24 hours; a template arrives
//	+15005556053   failed 131053  a file; without one it arrives
//	+15005556026   failed 131026  not on WhatsApp
//	+15005556049   failed 131049
//	+15005551000   failed 131000  the first time
//	+15005559001   each status comes twice
//	+15005559002   "read" comes first, then "delivered" and "sent"
//	+15005559003   none ever comes
//	+15005559004   "read" comes without "delivered"
//
// Any other message is sent, delivered and read, unless it is free text to
// somebody who has not written for 24 hours: that fails with 131047.
package meta

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"ringback/channels/clock"
	"ringback/channels/simulator"
)

// Config is what a fake Meta starts with.
type Config struct {
	AppSecret   string   // signs webhooks
	AccessToken string   // has to stand in every call
	Number      string   // the phone number id
	Templates   []string // the names of those that are approved
	Clock       *clock.Clock
	Twice       bool // make every webhook twice
	// Names are customers' profile names, by their numbers or user ids.
	Names map[string]string
	// Business is the business account that the number belongs to; empty: any. Others
	// have numbers of their own in the same app.
	Business string
	Others   []Business
	// Hook is the gateway's door, to be told by itself how messages fare, a
	// moment after each was taken; nil: Deliver tells. Who has one may be written
	// to by others than this fake, so that it holds nobody to the 24 hours.
	Hook func() string
}

// Message is one message that passed through, either way.
type Message struct {
	ID, Number, To string // To is the customer, also of an inbound one
	Inbound        bool
	Type           string // text, template, interactive, image …
	Text           string
	Template       string
	Values         []string // of the template
	Choices        []string // ids of what can be tapped
	Titles         []string // of the choices, in the same order
	Opens          string   // the button that opens a list of choices
	Reaction       string   // the customer's, to one of ours
	Link           string   // of a file
	Filename       string   // of a document
	Delivery       string   // biz_opaque_callback_data
	// Status is accepted, sent, delivered, read or failed; of an inbound one
	// sent, delivered when the gateway took it, failed when it did not, and read.
	Status string
	Code   int // with failed
	At     time.Time
}

// Simulator is one fake Meta.
type Simulator struct {
	config Config
	mux    *http.ServeMux
	client *http.Client

	life    context.Context // ends with Close
	end     context.CancelFunc
	running sync.WaitGroup

	mu       sync.Mutex
	servers  []*simulator.Server
	changed  chan struct{}
	token    string
	messages []*Message
	untold   []*Message // whose statuses nobody was told yet
	files    map[string]file
	faults   []Fault
	last     int
	marked   int
	calls    []*Call
	hours    hours             // of calls
	pushes   int               // how often they were set
	refusing string            // words with which they are refused
	held     map[string]string // how templates stand that are not approved, by name

	fields        []string // that the app subscribes to
	app, callback string   // told of the business account, and where
	calling       string   // whether customers can call, as Meta says it; empty: DISABLED
}

// Fault makes the next send go wrong.
type Fault struct {
	Status int  // of the answer, without a body; 0: the connection is closed
	Taken  bool // the message is taken all the same
}

type file struct {
	kind    string
	content []byte
}

// New makes a fake Meta that has to be served.
func New(config Config) *Simulator {
	config.Clock = cmp.Or(config.Clock, &clock.Clock{})
	m := &Simulator{config: config, token: config.AccessToken, changed: make(chan struct{}), files: map[string]file{}, held: map[string]string{}, client: &http.Client{}, mux: http.NewServeMux()}
	m.life, m.end = context.WithCancel(context.Background())
	m.mux.HandleFunc("POST /{version}/{number}/messages", m.create)
	m.mux.HandleFunc("POST /{version}/{number}/settings", m.setSettings)
	m.mux.HandleFunc("GET /{version}/{number}/settings", m.settings)
	m.mux.HandleFunc("GET /{version}/{account}/message_templates", m.templates)
	m.mux.HandleFunc("GET /{version}/{account}/phone_numbers", m.phoneNumbers)
	m.mux.HandleFunc("GET /{version}/{account}/subscribed_apps", m.subscribedApps)
	m.mux.HandleFunc("GET /{version}/"+appID+"/subscriptions", m.subscriptions)
	m.mux.HandleFunc("GET /{version}/{media}", m.mediaAddress)
	m.mux.HandleFunc("GET /attachments/{media}", m.mediaContent)
	return m
}

// ServeHTTP is the Graph API and the host at which files lie.
func (m *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	token := m.token
	m.mu.Unlock()
	if m.hides(r) {
		refuse(w, http.StatusBadRequest, 100, "Unsupported get request. Object does not exist, cannot be loaded due to missing permissions, or does not support this operation")
		return
	}
	if r.Header.Get("Authorization") != "Bearer "+token && !m.isOthers(r) && !strings.HasSuffix(r.URL.Path, "/subscriptions") { // which an app asks for itself
		refuse(w, http.StatusUnauthorized, 190, "Invalid OAuth access token")
		return
	}
	m.mux.ServeHTTP(w, r)
}

// Revoke makes the token worthless and another one the right one.
func (m *Simulator) Revoke(token string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.token = token
}

// Restore makes the token that the fake started with the right one again.
func (m *Simulator) Restore() { m.Revoke(m.config.AccessToken) }

// Changed is closed when the next message comes or moves.
func (m *Simulator) Changed() <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.changed
}

// tell lets whoever listens know of a change. The caller holds m.mu.
func (m *Simulator) tell() {
	close(m.changed)
	m.changed = make(chan struct{})
}

// Fault makes the next send go wrong.
func (m *Simulator) Fault(f Fault) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.faults = append(m.faults, f)
}

// Messages are all that passed through, oldest first.
func (m *Simulator) Messages() []Message {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := make([]Message, len(m.messages))
	for i, one := range m.messages {
		all[i] = *one
	}
	return all
}

// Inbox is what a customer got, oldest first.
func (m *Simulator) Inbox(customer string) []Message {
	return slices.DeleteFunc(m.Messages(), func(one Message) bool { return one.Inbound || one.To != customer })
}

// File gives a customer's phone a file to send, and returns its id.
func (m *Simulator) File(kind string, content []byte) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	id := m.next()
	m.files[id] = file{kind, content}
	return id
}

// next is a new number. The caller holds m.mu.
func (m *Simulator) next() string {
	m.last++
	return strconv.Itoa(100000 + m.last)
}

func (m *Simulator) templates(w http.ResponseWriter, _ *http.Request) {
	type template struct {
		Name     string `json:"name"`
		Status   string `json:"status"`
		Language string `json:"language"`
		Reason   string `json:"rejected_reason"`
	}
	all := []template{}
	for _, name := range m.config.Templates {
		one := template{name, m.stands(name), "en", "NONE"}
		if one.Status == "REJECTED" {
			one.Reason = "INVALID_FORMAT"
		}
		all = append(all, one)
	}
	answer(w, map[string]any{"data": all})
}

func (m *Simulator) mediaAddress(w http.ResponseWriter, r *http.Request) {
	if id := r.PathValue("media"); m.hasNumber(id) {
		m.number(w, r, id)
		return
	}
	m.mu.Lock()
	f, ok := m.files[r.PathValue("media")]
	m.mu.Unlock()
	if !ok {
		refuse(w, http.StatusNotFound, 100, "Unsupported get request")
		return
	}
	answer(w, map[string]any{
		"messaging_product": "whatsapp", "id": r.PathValue("media"), "mime_type": f.kind, "file_size": len(f.content),
		"url": "http://" + r.Host + "/attachments/" + r.PathValue("media"),
	})
}

func (m *Simulator) mediaContent(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	f, ok := m.files[r.PathValue("media")]
	m.mu.Unlock()
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", f.kind)
	_, _ = w.Write(f.content)
}

func answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body)
}

func refuse(w http.ResponseWriter, status, code int, words string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{
		"message": words, "type": "OAuthException", "code": code, "fbtrace_id": "A1b2C3",
		"error_data": map[string]any{"messaging_product": "whatsapp", "details": words},
	}})
}
