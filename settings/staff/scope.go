// Package staff says who may use the HTTP API and the console: API keys, the
// sessions of people who signed in, what each may do, and the check that stands
// before every route.
//
// The hard decision: what a route needs stands in one table here, by the
// route's id, not at the route, and a person's role is nothing but a list of
// the same scopes that keys have. Who wants to know what somebody can do reads
// one page, and a route that was forgotten is shut instead of open.
package staff

import (
	"slices"

	"ringback/settings"
)

// Scope is one thing that somebody may do. A write scope allows reading as well.
type Scope string

// The scopes.
const (
	SettingsRead    Scope = "settings:read"
	SettingsWrite   Scope = "settings:write"
	TicketsRead     Scope = "tickets:read" // tickets, timelines, contacts and decisions
	TicketsWrite    Scope = "tickets:write"
	DeliveriesRead  Scope = "deliveries:read"
	DeliveriesWrite Scope = "deliveries:write"
	KeysRead        Scope = "keys:read"
	KeysWrite       Scope = "keys:write"
	StaffRead       Scope = "staff:read"
	StaffWrite      Scope = "staff:write"
	PrivacyRead     Scope = "privacy:read" // all that is known of a customer, how long it is kept, and who did what
	PrivacyWrite    Scope = "privacy:write"
)

// Scopes is all of them.
var Scopes = []Scope{
	SettingsRead, SettingsWrite, TicketsRead, TicketsWrite,
	DeliveriesRead, DeliveriesWrite, KeysRead, KeysWrite, StaffRead, StaffWrite, PrivacyRead, PrivacyWrite,
}

var impliedBy = map[Scope]Scope{
	SettingsRead: SettingsWrite, TicketsRead: TicketsWrite,
	DeliveriesRead: DeliveriesWrite, KeysRead: KeysWrite, StaffRead: StaffWrite, PrivacyRead: PrivacyWrite,
}

// roles says what people may do. Admins reach the whole company, the others the
// teams that they are on.
var roles = map[string][]Scope{
	settings.RoleAdmin:   Scopes,
	settings.RoleManager: {SettingsWrite, TicketsWrite, DeliveriesWrite, StaffRead},
	settings.RoleAdvisor: {SettingsRead, TicketsWrite, DeliveriesRead},
}

// need is what a route asks of whoever calls it.
type need struct {
	scope   Scope
	company bool // who is bound to some teams may not
	anybody bool // no scope: whoever is known may
	person  bool // no scope: whoever is signed in may
	open    bool // everybody may, known or not
}

// routes says what each route of the API needs, by its operation id.
var routes = map[string]need{
	"sign-in":         {open: true},
	"choose-language": {open: true}, // of the console's pages, in a browser
	"get-link":        {open: true}, // who knows it may use it
	"use-link":        {open: true},
	"ask-link":        {open: true},
	"get-session":     {anybody: true},
	"change-session":  {person: true},
	"sign-out":        {person: true},
	"prove-session":   {person: true},
	"change-password": {person: true},

	"get-second-factor":     {person: true},
	"start-second-factor":   {person: true},
	"confirm-second-factor": {person: true},
	"renew-recovery-codes":  {person: true},
	"remove-second-factor":  {person: true},

	"list-sessions": {person: true},
	"end-sessions":  {person: true},
	"end-session":   {person: true},

	"get-notices":   {person: true},
	"save-notices":  {person: true},
	"list-notices":  {person: true},
	"test-notice":   {person: true},
	"add-device":    {person: true},
	"delete-device": {person: true},

	"get-company":    {scope: SettingsRead},
	"change-company": {scope: SettingsWrite, company: true},

	"list-teams":  {scope: SettingsRead},
	"create-team": {scope: SettingsWrite, company: true},
	"get-team":    {scope: SettingsRead},
	"change-team": {scope: SettingsWrite},

	"list-automations":   {scope: SettingsRead},
	"save-automations":   {scope: SettingsWrite},
	"get-automation":     {scope: SettingsRead},
	"change-automation":  {scope: SettingsWrite},
	"preview-automation": {scope: SettingsRead},

	"list-schedules":   {scope: SettingsRead},
	"create-schedule":  {scope: SettingsWrite},
	"change-schedule":  {scope: SettingsWrite},
	"delete-schedule":  {scope: SettingsWrite},
	"order-schedules":  {scope: SettingsWrite},
	"export-schedules": {scope: SettingsRead},
	"get-hours":        {scope: SettingsRead},
	"get-week-hours":   {scope: SettingsRead},

	"list-holidays":   {scope: SettingsRead},
	"create-holiday":  {scope: SettingsWrite},
	"change-holiday":  {scope: SettingsWrite},
	"delete-holiday":  {scope: SettingsWrite},
	"import-holidays": {scope: SettingsWrite},

	"list-company-holidays":   {scope: SettingsRead},
	"create-company-holiday":  {scope: SettingsWrite, company: true},
	"change-company-holiday":  {scope: SettingsWrite, company: true},
	"delete-company-holiday":  {scope: SettingsWrite, company: true},
	"import-company-holidays": {scope: SettingsWrite, company: true},

	"list-replies": {scope: TicketsRead},
	"create-reply": {scope: TicketsWrite},
	"change-reply": {scope: TicketsWrite},
	"delete-reply": {scope: TicketsWrite},

	"list-senders":      {scope: SettingsRead},
	"list-templates":    {scope: SettingsRead},
	"list-sender-notes": {scope: SettingsRead},
	"create-sender":     {scope: SettingsWrite},
	"change-sender":     {scope: SettingsWrite},
	"delete-sender":     {scope: SettingsWrite},

	"check-sender": {scope: SettingsWrite},
	"test-sender":  {scope: SettingsWrite},

	"get-first-steps":      {scope: SettingsRead},
	"put-first-steps-away": {scope: SettingsWrite},

	"list-identity-keys":  {scope: SettingsRead},
	"create-identity-key": {scope: SettingsWrite},
	"delete-identity-key": {scope: SettingsWrite},

	"list-history": {scope: SettingsRead},

	"list-hooks":           {scope: SettingsWrite, company: true},
	"create-hook":          {scope: SettingsWrite, company: true},
	"change-hook":          {scope: SettingsWrite, company: true},
	"delete-hook":          {scope: SettingsWrite, company: true},
	"rotate-hook-secret":   {scope: SettingsWrite, company: true},
	"test-hook":            {scope: SettingsWrite, company: true},
	"list-hook-deliveries": {scope: SettingsWrite, company: true}, // it shows what customers of every team wrote
	"resend-hook-delivery": {scope: SettingsWrite, company: true},

	"list-keys":  {scope: KeysRead, company: true},
	"create-key": {scope: KeysWrite, company: true},
	"delete-key": {scope: KeysWrite, company: true},

	"list-staff":    {scope: StaffRead},
	"list-advisors": {scope: TicketsRead}, // names alone, to assign a ticket by
	"create-member": {scope: StaffWrite, company: true},
	"get-member":    {scope: StaffRead},
	"change-member": {scope: StaffWrite, company: true},
	"invite-member": {scope: StaffWrite, company: true},

	"disconnect-member":   {scope: StaffWrite, company: true},
	"reset-second-factor": {scope: StaffWrite, company: true},

	"list-decisions":     {scope: TicketsRead},
	"get-decision":       {scope: TicketsRead},
	"list-tickets":       {scope: TicketsRead},
	"create-ticket":      {scope: TicketsWrite},
	"get-ticket":         {scope: TicketsRead},
	"change-ticket":      {scope: TicketsWrite},
	"change-tickets":     {scope: TicketsWrite},
	"list-labels":        {scope: TicketsRead},
	"create-label":       {scope: SettingsWrite}, // the list is the team's; what is on a ticket is whose who works on it
	"delete-label":       {scope: SettingsWrite},
	"label-ticket":       {scope: TicketsWrite},
	"list-ratings":       {scope: TicketsRead},
	"make-request":       {scope: TicketsWrite},
	"cancel-request":     {scope: TicketsWrite},
	"count-answer":       {scope: TicketsWrite},
	"share-voicehub":     {scope: TicketsWrite},
	"write-message":      {scope: TicketsWrite},
	"begin-conversation": {scope: TicketsWrite},
	"type-message":       {scope: TicketsWrite},
	"read-ticket":        {scope: TicketsWrite},
	"list-contacts":      {scope: TicketsRead},
	"change-contact":     {scope: TicketsWrite},
	"report-step":        {scope: TicketsWrite},
	"list-deliveries":    {scope: DeliveriesRead},
	"retry-delivery":     {scope: DeliveriesWrite},
	"write-note":         {scope: TicketsWrite},
	"suggest-answer":     {scope: TicketsWrite}, // as writing to them is
	"call-back":          {scope: TicketsWrite}, // as writing to them is
	"cancel-message":     {scope: TicketsWrite},
	"search":             {scope: TicketsRead}, // within reach alone

	"restore-change":         {scope: SettingsWrite},
	"list-company-history":   {scope: StaffRead, company: true},
	"restore-company-change": {scope: StaffWrite, company: true},

	"get-report":    {scope: TicketsRead},
	"export-report": {scope: TicketsRead},
	"dry-run":       {scope: TicketsRead},
	"list-events":   {scope: DeliveriesRead},
	"retry-event":   {scope: DeliveriesWrite},
	"list-strays":   {scope: SettingsRead, company: true},
	"get-traffic":   {scope: SettingsRead, company: true},

	"list-strays-formerly": {scope: SettingsRead, company: true},

	"get-media":     {scope: TicketsRead},
	"get-thumbnail": {scope: TicketsRead},
	"upload-media":  {scope: TicketsWrite},
	"retry-media":   {scope: TicketsWrite},

	"create-contact":   {scope: TicketsWrite},
	"get-contact":      {scope: TicketsRead},
	"merge-contact":    {scope: TicketsWrite},
	"settle-refusal":   {scope: TicketsWrite},
	"import-contacts":  {scope: TicketsWrite},
	"list-consents":    {scope: TicketsRead},
	"export-consents":  {scope: TicketsRead},
	"contact-consents": {scope: TicketsRead},
	"contact-timeline": {scope: TicketsRead}, // within reach alone

	"export-contact": {scope: PrivacyRead, company: true}, // it tells what they said to every team
	"erase-contact":  {scope: PrivacyWrite, company: true},
	"get-retention":  {scope: PrivacyRead, company: true},
	"save-retention": {scope: PrivacyWrite, company: true},
	"list-audit":     {scope: PrivacyRead, company: true},
	"export-audit":   {scope: PrivacyRead, company: true},
}

// Known reports whether there is such a scope.
func Known(s Scope) bool { return slices.Contains(Scopes, s) }

// Needs says in words what a route asks of its caller, for its description.
func Needs(operation string) string {
	n := routes[operation]
	switch {
	case n.open:
		return "Open to everybody."
	case n.anybody:
		return "Needs a session or an API key, of any scope."
	case n.person:
		return "Needs a session: an API key is nobody's."
	}
	words := "Needs the scope `" + string(n.scope) + "`"
	if n.company {
		words += " and a key that is not bound to one team"
	}
	return words + "."
}
