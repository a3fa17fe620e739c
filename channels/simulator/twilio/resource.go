package twilio

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// messageResource is a message as it lies on the wire.
type messageResource struct {
	Body            string            `json:"body"`
	NumSegments     string            `json:"num_segments"`
	Direction       Direction         `json:"direction"`
	From            string            `json:"from"`
	To              string            `json:"to"`
	DateUpdated     *string           `json:"date_updated"`
	Price           *string           `json:"price"`
	ErrorMessage    *string           `json:"error_message"`
	URI             string            `json:"uri"`
	AccountSID      string            `json:"account_sid"`
	NumMedia        string            `json:"num_media"`
	Status          string            `json:"status"`
	ServiceSID      *string           `json:"messaging_service_sid"`
	SID             string            `json:"sid"`
	DateSent        *string           `json:"date_sent"`
	DateCreated     *string           `json:"date_created"`
	ErrorCode       *int              `json:"error_code"`
	PriceUnit       string            `json:"price_unit"`
	APIVersion      string            `json:"api_version"`
	SubresourceURIs map[string]string `json:"subresource_uris"`
}

func resource(m Message) messageResource {
	r := messageResource{
		Body: m.Body, NumSegments: strconv.Itoa(m.Segments), Direction: m.Direction, From: m.From, To: m.To,
		URI: uri(m.Account, "Messages", m.SID), AccountSID: m.Account, NumMedia: strconv.Itoa(len(m.Media)),
		Status: m.Status, SID: m.SID, PriceUnit: "USD", APIVersion: apiVersion,
		DateCreated: rfc2822(m.Created), DateUpdated: rfc2822(m.Updated), DateSent: rfc2822(m.Sent),
		SubresourceURIs: map[string]string{"media": uri(m.Account, "Messages", m.SID, "Media")},
	}
	if m.ServiceSID != "" {
		r.ServiceSID = &m.ServiceSID
	}
	if m.ErrorCode != 0 {
		message := apiErrors[m.ErrorCode].message
		r.ErrorCode, r.ErrorMessage = &m.ErrorCode, &message
	}
	return r
}

// rfc2822 is a date as this API writes it; null for one that has not come.
func rfc2822(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	written := t.UTC().Format(time.RFC1123Z)
	return &written
}

// fetchMessage serves GET Messages/{sid}.json.
func (s *Simulator) fetchMessage(w http.ResponseWriter, r *http.Request, account string) {
	sid, isJSON := strings.CutSuffix(r.PathValue("file"), ".json")
	s.mu.Lock()
	e, ok := s.bySID[sid]
	var m Message
	if ok {
		m = e.Message
	}
	s.mu.Unlock()
	if !ok || !isJSON || m.Account != account {
		writeError(w, 20404, "")
		return
	}
	write(w, http.StatusOK, resource(m))
}
