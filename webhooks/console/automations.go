package console

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"ringback/channels"
	"ringback/settings"
	"ringback/settings/automations"
	"ringback/settings/text"
)

// message is one of the 14 automated messages on the page.
type message struct {
	automations.Setting
	Group, DefaultMessage, Preview string
	Channels, Placeholders         []string
	Choices                        []automations.Option
}

func messageOf(s *settings.Snapshot, d automations.Definition) message {
	chosen := s.Automations[d.Key]
	return message{
		chosen, d.Group, text.Default(s.Team.Language, d.Key), settings.Sample(s.Company, s.Team, chosen),
		d.Channels, settings.Placeholders(d), d.Options,
	}
}

// chosen is what can be chosen about one message, as its form writes it: by
// the field's name in the API, "true" being a box that is ticked.
type chosen map[string]string

func (m message) chosen() chosen {
	c := chosen{
		"enabled": fmt.Sprint(m.Enabled), "include_company_name": fmt.Sprint(m.IncludeCompanyName),
		"include_team_name": fmt.Sprint(m.IncludeTeamName), "message": m.Message, "extra_message": m.ExtraMessage,
	}
	for _, o := range m.Choices {
		c["options."+o.Name] = fmt.Sprint(m.Options[o.Name])
	}
	return c
}

// onto writes the choice over a setting. A number that is none stays as it was
// typed, to be refused.
func (m message) onto(c chosen, s automations.Setting) automations.Setting {
	s.Enabled, s.IncludeCompanyName, s.IncludeTeamName = c["enabled"] == "true", c["include_company_name"] == "true", c["include_team_name"] == "true"
	s.Message, s.ExtraMessage, s.Options = c["message"], c["extra_message"], map[string]any{}
	for _, o := range m.Choices {
		var value any = c["options."+o.Name]
		switch n, err := strconv.Atoi(c["options."+o.Name]); {
		case o.Kind() == "bool":
			value = c["options."+o.Name] == "true"
		case o.Kind() == "int" && err == nil:
			value = n
		}
		s.Options[o.Name] = value
	}
	return s
}

// card is one message on the page.
type card struct {
	message
	Chosen chosen            // what stands in its form
	Theirs chosen            // what somebody else saved meanwhile where it stands differently
	Faults map[string]string // by field
	Open   bool

	Held []settings.TemplateState // of the templates that it names, those that WhatsApp does not take now
}

// Has reports whether the message can go out there.
func (c card) Has(channel string) bool { return slices.Contains(c.Channels, channel) }

// WantsTemplate reports whether WhatsApp would have to be given up for SMS, or
// altogether, once a customer has been silent for a day.
func (c card) WantsTemplate() bool {
	named, can := c.Chosen["options.whatsapp_template"]
	return can && named == ""
}

// Differs reports whether somebody else saved this field meanwhile, and not as
// it stands here.
func (c card) Differs(field string) bool {
	_, differs := c.Theirs[field]
	return differs
}

// Fields are the names of the card's own fields in the form.
func (c card) Fields() (names string) {
	for _, field := range slices.Sorted(maps.Keys(c.Chosen)) {
		names += c.Key + "." + field + ","
	}
	return names
}

// responses is the page of all 14.
type responses struct {
	Cards     []card
	Tag, Base string // version and content of what was loaded, which a save begins from
	MayChange bool
	Unsaved   bool // it came back: what stands in the forms is not saved
	Faulty    bool
	Meanwhile *meanwhile
}

// Groups are what sets messages off, in order.
func (responses) Groups() []string { return []string{"calls", "texts", "requests"} }

// In are the cards of a group.
func (r responses) In(group string) []card {
	return slices.DeleteFunc(slices.Clone(r.Cards), func(c card) bool { return c.Group != group })
}

func (v *View) readResponses() (responses, error) {
	page := responses{MayChange: v.Who.MayCall("save-automations")}
	snapshot, err := settings.Load(v.ctx(), v.db(), v.Who.CompanyID, v.Team.ID)
	if err != nil {
		return page, err
	}
	held, err := v.heldTemplates(snapshot)
	if err != nil {
		return page, err
	}
	for _, d := range automations.All {
		m := messageOf(snapshot, d)
		page.Cards = append(page.Cards, card{message: m, Chosen: m.chosen(), Faults: map[string]string{}, Held: heldOf(m.Setting, held)})
	}
	page.Tag = versionOf(snapshot.Team)
	page.Base = page.content()
	return page, nil
}

// heldTemplates are those that the team's numbers must not send now.
func (v *View) heldTemplates(snapshot *settings.Snapshot) (all []settings.TemplateState, err error) {
	asked := map[string]bool{} // two numbers of one business have the same
	for _, s := range snapshot.Senders {
		if !slices.Contains([]channels.Kind{channels.WhatsAppCloud, channels.WhatsAppTwilio}, s.Kind) || asked[s.Templates()] {
			continue
		}
		asked[s.Templates()] = true
		held, err := settings.HeldTemplates(v.ctx(), v.db(), s)
		if err != nil {
			return nil, err
		}
		all = append(all, held...)
	}
	return all, nil
}

// heldOf are those of them that a message names.
func heldOf(s automations.Setting, held []settings.TemplateState) (named []settings.TemplateState) {
	option, _ := s.Options[automations.WhatsAppTemplate].(string)
	all, _ := automations.ReadTemplates(option) // it could not have been saved
	for _, h := range held {
		if slices.ContainsFunc(all, func(t automations.Template) bool {
			return t.Name == h.Name && (h.Language == "" || h.Language == t.Sent())
		}) {
			named = append(named, h)
		}
	}
	return named
}

// versionOf names the state of a team's automations.
func versionOf(t settings.Team) string { return strconv.FormatInt(t.AutomationsVersion, 10) }

// content is what is chosen on the page, to be compared with later.
func (r responses) content() string {
	all := map[string]chosen{}
	for _, c := range r.Cards {
		all[c.Key] = c.Chosen
	}
	raw, _ := json.Marshal(all) // it is texts alone
	return string(raw)
}

// changed is the card whose content differs from what was loaded, the last if there are
// several; empty: none does.
func (r responses) changed(loaded string) (key string) {
	var base map[string]chosen
	if json.Unmarshal([]byte(loaded), &base) != nil {
		return ""
	}
	for _, c := range r.Cards {
		if !maps.Equal(c.Chosen, base[c.Key]) {
			key = c.Key
		}
	}
	return key
}

// automations is what the team says by itself.
func (v *View) automations() error {
	page, err := v.readResponses()
	if err != nil {
		return err
	}
	return v.Show("automations.html", page)
}

// typed is what stands in a card's form.
func (v *View) typed(c card) chosen {
	fields := chosen{}
	for field, value := range c.Chosen {
		switch typed := v.Form(c.Key + "." + field); {
		case value != "true" && value != "false":
			fields[field] = typed
		default: // a box, which is not sent unless it is ticked
			fields[field] = fmt.Sprint(typed != "")
		}
	}
	return fields
}

// preview is what the customer would get, and what it costs.
type preview struct {
	settings.Preview
	Fault string
	Card  card
}

// previewAutomation shows a message as it stands in the form.
func (v *View) previewAutomation() error {
	page, err := v.readResponses()
	if err != nil {
		return err
	}
	at := slices.IndexFunc(page.Cards, func(c card) bool { return c.Key == v.g.Param("key") })
	if at < 0 {
		return settings.ErrNotFound
	}
	shown := preview{Card: page.Cards[at]}
	shown.Card.Chosen = v.typed(shown.Card)
	shown.Preview, _, err = settings.PreviewAutomation(v.ctx(), v.db(), v.Who.CompanyID, v.Team.ID, shown.Card.Key,
		func(s automations.Setting) (automations.Setting, error) {
			return shown.Card.onto(shown.Card.Chosen, s), nil
		})
	faults, invalid := wrong(err)
	if err != nil && !invalid {
		return err
	}
	for _, f := range faults {
		shown.Fault = v.faultOf(shown.Card, f.Field, f)
	}
	return v.Part("preview", shown)
}
