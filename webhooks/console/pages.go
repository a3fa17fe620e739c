package console

import "net/http"

// page is one address of the console.
type page struct {
	method, path string
	nav          string // the entry of the rail that it belongs to
	show         func(*View) error
	open         bool   // needs nobody signed in
	operation    string // what it takes to be allowed to, by its name in the API; empty: its calls to the API say so
}

// pages is every address, on one screen.
var pages = []page{
	{http.MethodGet, "/", "", (*View).home, false, ""},
	{http.MethodGet, "/teams", "teams", (*View).teams, false, ""},
	{http.MethodPost, "/teams", "teams", (*View).makeTeam, false, ""},
	{http.MethodGet, "/teams/new", "teams", (*View).newTeam, false, ""},
	{http.MethodGet, "/teams/:team", "", (*View).team, false, ""},
	{http.MethodGet, "/teams/:team/moves", "", (*View).moves, false, ""},

	{http.MethodGet, "/teams/:team/tickets", "tickets", (*View).tickets, false, "list-tickets"},
	{http.MethodGet, "/teams/:team/tickets/:id", "tickets", (*View).ticket, false, "get-ticket"},
	{http.MethodGet, "/teams/:team/tickets/:id/live", "tickets", (*View).ticketLive, false, "get-ticket"},
	{http.MethodPost, "/teams/:team/tickets/:id/typing", "tickets", (*View).typeInTicket, false, "type-message"},
	{http.MethodPost, "/teams/:team/tickets/:id/read", "tickets", (*View).haveReadTicket, false, "read-ticket"},
	{http.MethodPost, "/teams/:team/tickets/:id", "tickets", (*View).changeTicket, false, "change-ticket"},
	{http.MethodPost, "/teams/:team/tickets/:id/messages", "tickets", (*View).replyToTicket, false, "write-message"},
	{http.MethodPost, "/teams/:team/tickets/:id/requests", "tickets", (*View).askCustomer, false, "make-request"},
	{http.MethodPost, "/teams/:team/tickets/:id/cancel", "tickets", (*View).cancelAsking, false, "cancel-request"},
	{http.MethodPost, "/teams/:team/tickets/:id/share", "tickets", (*View).shareContactPage, false, "share-voicehub"},
	{http.MethodGet, "/teams/:team/decisions", "decisions", (*View).decisions, false, "list-decisions"},
	{http.MethodGet, "/teams/:team/decisions/:id", "decisions", (*View).decision, false, "get-decision"},
	{http.MethodGet, "/teams/:team/deliveries", "deliveries", (*View).deliveries, false, "list-deliveries"},
	{http.MethodPost, "/teams/:team/deliveries/:id/retry", "deliveries", (*View).retryDelivery, false, "retry-delivery"},

	{http.MethodGet, "/teams/:team/automations", "automations", (*View).automations, false, ""},
	{http.MethodPost, "/teams/:team/automations", "automations", (*View).saveAutomations, false, ""},
	{http.MethodPost, "/teams/:team/automations/:key/preview", "automations", (*View).previewAutomation, false, ""},
	{http.MethodGet, "/teams/:team/schedules", "schedules", (*View).schedules, false, ""},
	{http.MethodPost, "/teams/:team/schedules", "schedules", (*View).saveSchedule, false, ""},
	{http.MethodGet, "/teams/:team/schedules/new", "schedules", (*View).scheduleForm, false, ""},
	{http.MethodPost, "/teams/:team/schedules/holiday", "schedules", (*View).makeHoliday, false, ""},
	{http.MethodGet, "/teams/:team/schedules/:id", "schedules", (*View).scheduleForm, false, ""},
	{http.MethodPost, "/teams/:team/schedules/:id", "schedules", (*View).saveSchedule, false, ""},
	{http.MethodPost, "/teams/:team/schedules/:id/switch", "schedules", (*View).switchSchedule, false, ""},
	{http.MethodPost, "/teams/:team/schedules/:id/delete", "schedules", (*View).deleteSchedule, false, ""},
	{http.MethodGet, "/teams/:team/team", "team", (*View).teamSettings, false, ""},
	{http.MethodPost, "/teams/:team/team", "team", (*View).saveTeam, false, ""},
	{http.MethodPost, "/teams/:team/company", "team", (*View).renameCompany, false, ""},
	{http.MethodGet, "/teams/:team/senders", "senders", (*View).senders, false, ""},
	{http.MethodPost, "/teams/:team/senders", "senders", (*View).addSender, false, ""},
	{http.MethodGet, "/teams/:team/senders/new", "senders", (*View).newSender, false, ""},
	{http.MethodGet, "/teams/:team/templates", "senders", (*View).whatsAppTemplates, false, ""},
	{http.MethodPost, "/teams/:team/senders/:id", "senders", (*View).changeSender, false, ""},
	{http.MethodPost, "/teams/:team/senders/:id/delete", "senders", (*View).deleteSender, false, ""},
	{http.MethodPost, "/teams/:team/senders/:id/identity-keys", "senders", (*View).addIdentityKey, false, ""},
	{http.MethodPost, "/teams/:team/senders/:id/identity-keys/end", "senders", (*View).endIdentityKey, false, ""},

	{http.MethodGet, "/hooks", "hooks", (*View).hooks, false, ""},
	{http.MethodPost, "/hooks", "hooks", (*View).addHook, false, ""},
	{http.MethodGet, "/hooks/:id", "hooks", (*View).hook, false, ""},
	{http.MethodPost, "/hooks/:id", "hooks", (*View).changeHook, false, ""},

	{http.MethodGet, "/teams/:team/contacts", "contacts", (*View).contacts, false, "list-contacts"},
	{http.MethodPost, "/teams/:team/contacts", "contacts", (*View).addContact, false, "create-contact"},
	{http.MethodPost, "/teams/:team/contacts/import", "contacts", (*View).importContacts, false, "import-contacts"},
	{http.MethodGet, "/teams/:team/contacts/:id", "contacts", (*View).contact, false, "get-contact"},
	{http.MethodPost, "/teams/:team/contacts/:id", "contacts", (*View).changeContact, false, "change-contact"},
	{http.MethodPost, "/teams/:team/contacts/:id/merge", "contacts", (*View).mergeContact, false, "merge-contact"},
	{http.MethodGet, "/teams/:team/consents.csv", "contacts", (*View).consentsFile, false, "export-consents"},
	{http.MethodGet, "/staff", "staff", (*View).staffList, false, ""},
	{http.MethodPost, "/staff", "staff", (*View).saveMember, false, ""},
	{http.MethodGet, "/staff/:id", "staff", (*View).memberForm, false, ""},
	{http.MethodPost, "/staff/:id", "staff", (*View).saveMember, false, ""},
	{http.MethodPost, "/staff/:id/invite", "staff", (*View).inviteMember, false, ""},
	{http.MethodPost, "/keys", "staff", (*View).makeKey, false, ""},
	{http.MethodPost, "/keys/:id/revoke", "staff", (*View).revokeKey, false, ""},

	{http.MethodGet, "/teams/:team/try", "try", (*View).try, false, "dry-run"},
	{http.MethodGet, "/teams/:team/week", "week", (*View).week, false, "get-week"},
	{http.MethodGet, "/teams/:team/week.csv", "week", (*View).weekFile, false, "export-week"},
	{http.MethodGet, "/teams/:team/ratings", "ratings", (*View).ratings, false, "list-ratings"},
	{http.MethodGet, "/teams/:team/history", "history", (*View).history, false, ""},
	{http.MethodPost, "/teams/:team/history/:id/restore", "history", (*View).restore, false, ""},
	{http.MethodGet, "/history", "history", (*View).history, false, ""},
	{http.MethodPost, "/history/:id/restore", "history", (*View).restore, false, ""},
	{http.MethodGet, "/help", "help", (*View).help, false, ""},

	{http.MethodGet, "/notices", "notices", (*View).notices, false, "get-notices"},
	{http.MethodPost, "/notices", "notices", (*View).saveNotices, false, "save-notices"},
	{http.MethodPost, "/notices/test", "notices", (*View).testNotice, false, "test-notice"},
	{http.MethodPost, "/notices/devices/:id/remove", "notices", (*View).removeDevice, false, "delete-device"},

	{http.MethodPost, "/language", "", (*View).chooseLanguage, true, ""},

	{http.MethodGet, "/sign-in", "", (*View).signInPage, true, ""},
	{http.MethodPost, "/sign-in", "", (*View).signIn, true, ""},
	{http.MethodPost, "/sign-out", "", (*View).signOut, false, ""},
	{http.MethodGet, "/welcome/:token", "", (*View).link, true, ""},
	{http.MethodPost, "/welcome/:token", "", (*View).useLink, true, ""},
	{http.MethodGet, "/set-password/:token", "", (*View).link, true, ""},
	{http.MethodPost, "/set-password/:token", "", (*View).useLink, true, ""},
	{http.MethodGet, "/account", "account", (*View).account, false, ""},
	{http.MethodPost, "/account/sessions", "account", (*View).endSession, false, ""},
	{http.MethodPost, "/account/password", "account", (*View).changePassword, false, ""},
}
