package twilio

import (
	"net/url"
	"strconv"
	"strings"

	"ringback/channels"
)

// Bounds of a place as it stands in our addresses.
const (
	maxWord  = 64 // bytes of each of its words
	maxRound = 999
)

// placeQuery is a place as the query of our address. It is written so that it
// can be read back: what could not be is left out.
func placeQuery(p channels.Place) string {
	q := url.Values{}
	for name, word := range words(&p) {
		if fit := strings.Map(keepWord, *word); fit != "" {
			q.Set(name, fit[:min(len(fit), maxWord)])
		}
	}
	if p.Round > 0 {
		q.Set("round", strconv.Itoa(min(p.Round, maxRound)))
	}
	return q.Encode()
}

// readPlace reads a place from the request's address. A word that we cannot
// have written makes the request malformed, whoever signed it.
func readPlace(r channels.Request) (channels.Place, error) {
	q, p := query(r), channels.Place{}
	for name, word := range words(&p) {
		*word = q.Get(name)
		if len(*word) > maxWord || strings.Map(keepWord, *word) != *word {
			return channels.Place{}, &channels.Malformed{Field: name, Detail: "longer than 64 bytes, or not of letters, digits and -_*#"}
		}
	}
	if round := q.Get("round"); round != "" {
		n, err := strconv.Atoi(round)
		if err != nil || n < 0 || n > maxRound {
			return channels.Place{}, &channels.Malformed{Field: "round", Detail: "is not a number from 0 to 999"}
		}
		p.Round = n
	}
	return p, nil
}

// words are the parts of a place that are words, by their parameters' names.
func words(p *channels.Place) map[string]*string {
	return map[string]*string{"at": &p.At, "sender": &p.Sender, "team": &p.Team, "advisor": &p.Advisor, "option": &p.Option, "call": &p.Call}
}

// keepWord drops what none of a place's words is made of: names of steps, ids
// and keys of a phone.
func keepWord(r rune) rune {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("-_*#", r):
		return r
	}
	return -1
}
