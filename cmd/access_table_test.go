package cmd_test

// Who may do what, written down a second time: the test compares it with what
// the running service lets through. A new route needs a line here.

// Who may call a route: roles, scopes of keys that may alone, and "bound" for a
// key with all scopes that is bound to one team.
const (
	everybody = "nobody, admin, manager, advisor, any key, bound"
	known     = "admin, manager, advisor, any key, bound"
	signedIn  = "admin, manager, advisor"

	seeSettings    = "admin, manager, advisor, settings:read, settings:write, bound"
	editSettings   = "admin, manager, settings:write, bound"
	editCompany    = "admin, settings:write"
	seeTickets     = "admin, manager, advisor, tickets:read, tickets:write, bound"
	editTickets    = "admin, manager, advisor, tickets:write, bound"
	seeDeliveries  = "admin, manager, advisor, deliveries:read, deliveries:write, bound"
	editDeliveries = "admin, manager, deliveries:write, bound"
	seeStaff       = "admin, manager, staff:read, staff:write, bound"
	editStaff      = "admin, staff:write"
	seeKeys        = "admin, keys:read, keys:write"
	editKeys       = "admin, keys:write"
	seePrivacy     = "admin, privacy:read, privacy:write"
	editPrivacy    = "admin, privacy:write"
)

// access is one route's line. Of is what its {id} is the id of; body is a good
// one, which a route with an {id} is called with, {second} in it being the id of
// another contact of the team.
type access struct{ who, of, body string }

var table = map[string]access{
	"sign-in":         {who: everybody},
	"get-link":        {who: everybody},
	"use-link":        {who: everybody},
	"ask-link":        {who: everybody},
	"get-session":     {who: known},
	"change-session":  {who: signedIn},
	"sign-out":        {who: signedIn},
	"prove-session":   {who: signedIn},
	"change-password": {who: signedIn},
	"list-sessions":   {who: signedIn},
	"end-sessions":    {who: signedIn},
	"end-session":     {who: signedIn, of: "session"},

	"get-notices":   {who: signedIn},
	"save-notices":  {who: signedIn},
	"list-notices":  {who: signedIn},
	"test-notice":   {who: signedIn},
	"add-device":    {who: signedIn},
	"delete-device": {who: signedIn},

	"get-company":    {who: seeSettings},
	"change-company": {who: editCompany},
	"list-teams":     {who: seeSettings},
	"create-team":    {who: editCompany},
	"get-team":       {who: seeSettings},
	"change-team":    {who: editSettings},
	"list-history":   {who: seeSettings},
	"restore-change": {who: editSettings, of: "change"},

	"list-company-history":   {who: "admin, staff:read, staff:write"},
	"restore-company-change": {who: editStaff, of: "company change"},

	"list-automations":   {who: seeSettings},
	"save-automations":   {who: editSettings},
	"get-automation":     {who: seeSettings},
	"change-automation":  {who: editSettings},
	"preview-automation": {who: seeSettings},

	"list-schedules":   {who: seeSettings},
	"create-schedule":  {who: editSettings},
	"change-schedule":  {who: editSettings, of: "schedule", body: `{}`},
	"delete-schedule":  {who: editSettings, of: "schedule"},
	"order-schedules":  {who: editSettings},
	"export-schedules": {who: seeSettings},
	"get-hours":        {who: seeSettings},
	"get-week-hours":   {who: seeSettings},

	"list-holidays":   {who: seeSettings},
	"create-holiday":  {who: editSettings},
	"change-holiday":  {who: editSettings, of: "holiday", body: `{}`},
	"delete-holiday":  {who: editSettings, of: "holiday"},
	"import-holidays": {who: editSettings, body: `{"calendar": "x"}`},

	"list-company-holidays":   {who: seeSettings},
	"create-company-holiday":  {who: editCompany},
	"change-company-holiday":  {who: editCompany, of: "company holiday", body: `{}`},
	"delete-company-holiday":  {who: editCompany, of: "company holiday"},
	"import-company-holidays": {who: editCompany, body: `{"calendar": "x"}`},

	"list-senders":      {who: seeSettings},
	"list-templates":    {who: seeSettings, of: "sender"},
	"list-sender-notes": {who: seeSettings, of: "sender"},
	"create-sender":     {who: editSettings},
	"change-sender":     {who: editSettings, of: "sender", body: `{}`},
	"delete-sender":     {who: editSettings, of: "sender"},
	"check-sender":      {who: editSettings, of: "sender"},
	"test-sender":       {who: editSettings, of: "sender"},

	"get-first-steps":      {who: seeSettings},
	"put-first-steps-away": {who: editSettings},

	"list-identity-keys":  {who: seeSettings, of: "sender"},
	"create-identity-key": {who: editSettings, of: "sender"},
	"delete-identity-key": {who: editSettings, of: "sender"},

	"list-hooks":           {who: editCompany},
	"create-hook":          {who: editCompany, body: `{"url": "https://example.com", "kinds": ["decision.made"]}`},
	"change-hook":          {who: editCompany, of: "hook", body: `{}`},
	"delete-hook":          {who: editCompany, of: "hook"},
	"rotate-hook-secret":   {who: editCompany, of: "hook"},
	"test-hook":            {who: editCompany, of: "hook"},
	"list-hook-deliveries": {who: editCompany, of: "hook"},
	"resend-hook-delivery": {who: editCompany, of: "hook"},

	"list-keys":  {who: seeKeys},
	"create-key": {who: editKeys},
	"delete-key": {who: editKeys, of: "key"},

	"list-staff":    {who: seeStaff},
	"list-advisors": {who: seeTickets},
	"create-member": {who: editStaff},
	"get-member":    {who: seeStaff, of: "member"},
	"change-member": {who: editStaff, of: "member", body: `{}`},
	"invite-member": {who: editStaff, of: "member"},

	"disconnect-member":   {who: editStaff, of: "connected member"},
	"reset-second-factor": {who: editStaff, of: "careful member"},
	"list-decisions":      {who: seeTickets},
	"get-decision":        {who: seeTickets, of: "decision"},
	"list-tickets":        {who: seeTickets},
	"search":              {who: seeTickets},
	"create-ticket":       {who: editTickets, body: `{"address": "+12025550188", "text": "Hello"}`},
	"get-ticket":          {who: seeTickets, of: "ticket"},
	"change-ticket":       {who: editTickets, of: "ticket", body: `{}`},
	"change-tickets":      {who: editTickets, body: `{"tickets": ["x"], "change": {}}`},
	"list-labels":         {who: seeTickets},
	"create-label":        {who: editSettings},
	"delete-label":        {who: editSettings, of: "label"},
	"label-ticket":        {who: editTickets, of: "ticket", body: `{}`},
	"write-message":       {who: editTickets, of: "ticket", body: `{"text": "Hello"}`},
	"type-message":        {who: editTickets, of: "ticket"},
	"read-ticket":         {who: editTickets, of: "ticket"},
	"make-request":        {who: editTickets, of: "ticket", body: `{"kind": "photo_video"}`},
	"cancel-request":      {who: editTickets, of: "request"},
	"count-answer":        {who: editTickets, of: "request", body: `{"message": "x"}`},
	"share-voicehub":      {who: editTickets, of: "second"},
	"list-ratings":        {who: seeTickets},
	"report-step":         {who: editTickets},

	"get-second-factor":     {who: signedIn},
	"start-second-factor":   {who: signedIn},
	"confirm-second-factor": {who: signedIn},
	"renew-recovery-codes":  {who: signedIn},
	"remove-second-factor":  {who: signedIn},

	"cancel-message":     {who: editTickets, of: "planned"},
	"list-replies":       {who: seeTickets},
	"create-reply":       {who: editTickets, body: `{"title": "Hours", "text": "We open at eight."}`},
	"change-reply":       {who: editTickets, of: "reply", body: `{"title": "Hours"}`},
	"delete-reply":       {who: editTickets, of: "reply"},
	"write-note":         {who: editTickets, of: "ticket", body: `{"text": "Hello"}`},
	"suggest-answer":     {who: editTickets, of: "ticket", body: `{}`},
	"call-back":          {who: editTickets, of: "ticket", body: `{}`},
	"begin-conversation": {who: editTickets, body: `{"to": "+12025550188", "text": "Hello"}`},

	"get-report":       {who: seeTickets},
	"export-report":    {who: seeTickets},
	"list-strays":      {who: "admin, settings:read, settings:write"},
	"get-traffic":      {who: "admin, settings:read, settings:write"},
	"dry-run":          {who: seeTickets},
	"list-contacts":    {who: seeTickets},
	"create-contact":   {who: editTickets},
	"get-media":        {who: seeTickets, of: "media"},
	"get-thumbnail":    {who: seeTickets, of: "media"},
	"upload-media":     {who: editTickets},
	"retry-media":      {who: editTickets, of: "media"},
	"import-contacts":  {who: editTickets},
	"get-contact":      {who: seeTickets, of: "contact"},
	"change-contact":   {who: editTickets, of: "contact", body: `{}`},
	"merge-contact":    {who: editTickets, of: "contact", body: `{"into": "{second}"}`},
	"settle-refusal":   {who: editTickets, of: "second", body: `{"meant": true}`},
	"contact-consents": {who: seeTickets, of: "contact"},
	"contact-timeline": {who: seeTickets, of: "contact"},

	"export-contact": {who: seePrivacy, of: "contact"},
	"erase-contact":  {who: editPrivacy, of: "contact"},
	"get-retention":  {who: seePrivacy},
	"save-retention": {who: editPrivacy},
	"list-audit":     {who: seePrivacy},
	"export-audit":   {who: seePrivacy},

	"list-consents":   {who: seeTickets},
	"export-consents": {who: seeTickets},

	"list-events":          {who: seeDeliveries},
	"retry-event":          {who: editDeliveries, of: "event"},
	"list-strays-formerly": {who: "admin, settings:read, settings:write"},
	"list-deliveries":      {who: seeDeliveries},
	"retry-delivery":       {who: editDeliveries, of: "delivery"},
}
