package staff

import (
	"context"
	_ "embed" // what the letters say
	"encoding/json"
	"fmt"
	"html"
	"strings"
	"time"

	"github.com/google/uuid"

	"ringback/channels/mail"
	"ringback/settings/text"
)

//go:embed letters.json
var lettersJSON []byte

// letters is what the e-mails say, by key and language.
var letters = func() map[string]map[string]string {
	var all map[string]map[string]string
	if err := json.Unmarshal(lettersJSON, &all); err != nil {
		panic(err) // it is in the binary
	}
	return all
}()

// The letters.
const (
	letterForgot  = "forgot"
	letterInvited = "invited"
	letterReset   = "reset"
)

// addressee is one of the staff as a letter speaks to them.
type addressee struct {
	ID       string `db:"id"`
	Name     string `db:"name"`
	Email    string `db:"email"`
	Role     string `db:"role"`
	Language string `db:"language"`
	Company  string `db:"company"`
}

const (
	addresseeColumns = `m.id, m.name, m.email, m.role, coalesce(nullif(m.language, ''), (
		select t.language from teams t where t.company_id = m.company_id and (m.teams = '{}' or t.id = any(m.teams)) order by t.created_at, t.id limit 1), 'en') as language,
	c.name as company`
	findAddressee = `select ` + addresseeColumns + ` from staff m join companies c on c.id = m.company_id where m.company_id = $1 and m.id = $2 and m.active`
)

// Mails reports whether letters can be sent.
func (g Gate) Mails() bool { return g.Mail != nil }

// write sends one of the staff a letter with an address to open.
func (g Gate) write(ctx context.Context, to addressee, letter, url, by string) error {
	if g.Mail == nil {
		return nil
	}
	say := func(part string) string {
		words := letters[letter+"."+part]
		said := words[text.Match(to.Language)]
		if said == "" {
			said = words["en"]
		}
		return strings.NewReplacer("{Name}", mail.OneLine(to.Name), "{Company}", mail.OneLine(to.Company), "{By}", mail.OneLine(by)).Replace(said)
	}
	paragraphs := strings.Split(say("text"), "\n\n")
	page := fmt.Sprintf(`<!doctype html><html lang="%s"><body style="font:16px/1.5 system-ui,sans-serif">`, html.EscapeString(text.Match(to.Language)))
	for _, p := range paragraphs {
		page += "<p>" + html.EscapeString(p) + "</p>"
	}
	page += `<p><a href="` + html.EscapeString(url) + `">` + html.EscapeString(url) + "</a></p><p>" + html.EscapeString(say("foot")) + "</p></body></html>"
	err := g.Mail.Send(ctx, mail.Letter{
		ID: uuid.Must(uuid.NewV7()).String(), To: to.Email, Subject: say("subject"),
		Text: say("text") + "\n\n" + url + "\n\n" + say("foot") + "\n", HTML: page, At: time.Now(),
	})
	if err != nil {
		return fmt.Errorf("letter %s to staff %s: %w", letter, to.ID, err)
	}
	return nil
}

// tell writes to one of the company's staff, if they are active.
func (g Gate) tell(ctx context.Context, companyID, staffID, letter, url, by string) (sent string, err error) {
	if g.Mail == nil {
		return "", nil
	}
	var to addressee
	if err := g.DB.GetContext(ctx, &to, findAddressee, companyID, staffID); err != nil {
		return "", fmt.Errorf("letter to staff %s: %w", staffID, err)
	}
	return to.Email, g.write(ctx, to, letter, url, by)
}
