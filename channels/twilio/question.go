package twilio

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"ringback/channels"
)

// Twilio's bounds of what a question with buttons may say, in characters.
// https://www.twilio.com/docs/content/using-variables-with-content-api
// https://www.twilio.com/docs/content/twiliocard
const (
	maxVariable = 1600
	maxButton   = 20
	maxButtons  = 10
	maxSpaces   = 4 // that follow one another in a variable
)

const (
	// contentPatience bounds what asking for a content may take of a send's time.
	contentPatience = 2 * time.Second
	// contentRests is how long questions of a kind go out in words after their content
	// could be neither found nor made.
	contentRests = time.Minute
)

// question is a text with buttons as Twilio takes it: a content that is made
// beforehand, with the text and what the buttons name as its variables. The zero value
// is none.
type question struct {
	sid, variables string
	kept           *content
}

// content is one of an account's for questions with the same buttons, once it is known.
type content struct {
	mu   sync.Mutex // held while it is asked for
	sid  string
	rest time.Time // not asked for again before
}

// contents are those that are known, by account and name.
type contents struct {
	mu  sync.Mutex
	all map[[2]string]*content
}

func (c *contents) of(account, name string) *content {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := [2]string{account, name}
	if c.all == nil {
		c.all = map[[2]string]*content{}
	}
	if c.all[key] == nil {
		c.all[key] = &content{}
	}
	return c.all[key]
}

// find is the content's id; empty: it goes without, for a while.
func (c *content) find(now time.Time, ask func() (string, error)) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sid == "" && !now.Before(c.rest) {
		sid, err := ask()
		if err != nil {
			c.rest = now.Add(contentRests)
		}
		c.sid = sid
	}
	return c.sid
}

// forget takes back an id that Twilio does not know any more.
func (c *content) forget(sid string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sid == sid {
		c.sid = ""
	}
}

// question is how a message's buttons go out; none where it has no buttons, where they
// or its text cannot stand in a content, and where there is no content to be had.
func (c *Channel) question(ctx context.Context, account channels.Account, m channels.Outgoing) question {
	if m.Kind != channels.SMS || m.Service == "" || m.Template != nil || len(m.Media) > 0 || !tappable(m) {
		return question{}
	}
	choices, about := split(m.Choices)
	values := map[string]string{"1": m.Text}
	if about != "" {
		values["2"] = about
	}
	variables, err := json.Marshal(values)
	if err != nil {
		return question{}
	}
	made := cardOf(choices, about != "")
	q := question{variables: string(variables), kept: c.contents.of(account.ID, made.Name)}
	q.sid = q.kept.find(time.Now(), func() (string, error) {
		ctx, cancel := context.WithTimeout(ctx, contentPatience)
		defer cancel()
		return c.content(ctx, account, made)
	})
	return q
}

// tappable reports whether a text and its buttons can stand in a content: Twilio
// refuses variables with line breaks, tabs and many spaces.
func tappable(m channels.Outgoing) bool {
	if len(m.Choices) == 0 || len(m.Choices) > maxButtons || strings.TrimSpace(m.Text) == "" || utf8.RuneCountInString(m.Text) > maxVariable ||
		strings.ContainsAny(m.Text, "\n\r\t\u2028\u2029") || strings.Contains(m.Text, strings.Repeat(" ", maxSpaces+1)) || strings.Contains(m.Text, "{{") {
		return false
	}
	return !slices.ContainsFunc(m.Choices, func(one channels.Choice) bool {
		n := utf8.RuneCountInString(one.Title)
		return n == 0 || n > maxButton || one.ID == "" || strings.Contains(one.ID+one.Title, "{{")
	})
}

// itsQuestion stands in the id of a button for what differs from message to message.
const itsQuestion = "/{{2}}"

// split takes what the ids of buttons all end in, after a slash, out of them.
func split(choices []channels.Choice) (bare []channels.Choice, end string) {
	for n, one := range choices {
		at := strings.LastIndexByte(one.ID, '/')
		if at <= 0 || n > 0 && one.ID[at+1:] != end {
			return choices, ""
		}
		end = one.ID[at+1:]
		bare = append(bare, channels.Choice{ID: one.ID[:at], Title: one.Title})
	}
	return bare, end
}

// card is a content of ours as the Content API takes it. twilio-go's own type of a card
// has no body. https://www.twilio.com/docs/content/twiliocard
type card struct {
	Name      string            `json:"friendly_name"`
	Language  string            `json:"language"`
	Variables map[string]string `json:"variables"`
	Types     map[string]any    `json:"types"`
}

// cardOf is a chip list by RCS, and the text alone by SMS. Its name carries a digest of
// all that is in it, so that it is found again by whoever would make the same.
func cardOf(choices []channels.Choice, named bool) card {
	type action struct {
		Type  string `json:"type"`
		Title string `json:"title"`
		ID    string `json:"id"`
	}
	made := card{Language: "en", Variables: map[string]string{"1": "Shall we begin? Reply YES or NO"}}
	actions := make([]action, len(choices))
	for n, one := range choices {
		actions[n] = action{"QUICK_REPLY", one.Title, one.ID}
		if named {
			actions[n].ID += itsQuestion
		}
	}
	if named {
		made.Variables["2"] = "the question"
	}
	made.Types = map[string]any{
		"twilio/card": map[string]any{"body": "{{1}}", "actions": actions},
		"twilio/text": map[string]any{"body": "{{1}}"},
	}
	raw, _ := json.Marshal(made) // of strings alone
	sum := sha256.Sum256(raw)
	made.Name = "ringback_question_" + hex.EncodeToString(sum[:8])
	return made
}

// content finds what was made before, by whichever process, or makes it. Two that make
// it at the same moment leave two alike, of which either does.
// https://www.twilio.com/docs/content/content-api-resources
func (c *Channel) content(ctx context.Context, account channels.Account, made card) (string, error) {
	type known struct {
		SID  string `json:"sid"`
		Name string `json:"friendly_name"`
	}
	var found struct {
		Contents []known `json:"contents"`
	}
	asked := contentHost + "/v2/Content?" + url.Values{"ContentName": {made.Name}, "PageSize": {"50"}}.Encode()
	if err := c.read(ctx, account, asked, &found); err != nil {
		return "", err
	}
	for _, one := range found.Contents {
		if one.Name == made.Name && strings.HasPrefix(one.SID, contentSid) {
			return one.SID, nil
		}
	}
	var created known
	if err := c.create(ctx, account, contentHost+"/v1/Content", made, &created); err != nil {
		return "", err
	}
	if !strings.HasPrefix(created.SID, contentSid) {
		return "", errNoSid
	}
	return created.SID, nil
}

// contentSid is what the ids of contents begin with.
const contentSid = "HX"

// contentRefused are the codes of a message whose content Twilio does not take: it is
// not known any more, or its variables do not do.
var contentRefused = []string{"20404", "21654", "21655", "21656", "216602"}
