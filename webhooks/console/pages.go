package console

import (
	"net/http"

	"ringback/settings/staff"
)

// page is one address of the console.
type page struct {
	method, path string
	nav          string // the entry of the rail that it belongs to
	operation    string // of the API, that it performs: who may not call it does not get here
	show         func(*View) error
}

// open reports whether the page needs nobody signed in.
func (p page) open() bool { return staff.Open(p.operation) }

// pages is every address, on one screen.
var pages = []page{
	{http.MethodGet, "/", "", "get-session", (*View).home},
	{http.MethodGet, "/teams", "teams", "list-teams", (*View).teams},
	{http.MethodPost, "/teams", "teams", "create-team", (*View).makeTeam},
	{http.MethodGet, "/teams/new", "teams", "create-team", (*View).newTeam},
	{http.MethodGet, "/teams/:team", "", "get-team", (*View).team},
	{http.MethodGet, "/teams/:team/moves", "", "list-tickets", (*View).moves},

	{http.MethodGet, "/teams/:team/tickets", "tickets", "list-tickets", (*View).tickets},
	{http.MethodPost, "/teams/:team/tickets", "tickets", "change-tickets", (*View).changeTickets},
	{http.MethodGet, "/search", "tickets", "search", (*View).search},
	{http.MethodGet, "/teams/:team/labels", "tickets", "list-labels", (*View).labels},
	{http.MethodPost, "/teams/:team/labels", "tickets", "create-label", (*View).addLabel},
	{http.MethodPost, "/teams/:team/labels/:id/delete", "tickets", "delete-label", (*View).dropLabel},
	{http.MethodPost, "/teams/:team/tickets/:id/labels", "tickets", "label-ticket", (*View).labelTicket},
	{http.MethodPost, "/teams/:team/tickets/:id/snooze", "tickets", "change-ticket", (*View).snoozeTicket},
	{http.MethodGet, "/teams/:team/tickets/:id", "tickets", "get-ticket", (*View).ticket},
	{http.MethodGet, "/teams/:team/tickets/:id/live", "tickets", "get-ticket", (*View).ticketLive},
	{http.MethodPost, "/teams/:team/tickets/:id/typing", "tickets", "type-message", (*View).typeInTicket},
	{http.MethodPost, "/teams/:team/tickets/:id/read", "tickets", "read-ticket", (*View).haveReadTicket},
	{http.MethodPost, "/teams/:team/tickets/:id", "tickets", "change-ticket", (*View).changeTicket},
	{http.MethodPost, "/teams/:team/tickets/:id/messages", "tickets", "write-message", (*View).replyToTicket},
	{http.MethodPost, "/teams/:team/tickets/:id/requests", "tickets", "make-request", (*View).askCustomer},
	{http.MethodPost, "/teams/:team/tickets/:id/cancel", "tickets", "cancel-request", (*View).cancelAsking},
	{http.MethodPost, "/teams/:team/tickets/:id/answer", "tickets", "count-answer", (*View).countAnswer},
	{http.MethodPost, "/teams/:team/tickets/:id/refusal", "tickets", "settle-refusal", (*View).settleRefusalOnTicket},
	{http.MethodPost, "/teams/:team/tickets/:id/share", "tickets", "share-voicehub", (*View).shareContactPage},
	{http.MethodGet, "/teams/:team/decisions", "decisions", "list-decisions", (*View).decisions},
	{http.MethodGet, "/teams/:team/decisions/:id", "decisions", "get-decision", (*View).decision},
	{http.MethodPost, "/teams/:team/decisions/:id/retry", "decisions", "retry-event", (*View).retryEvent},
	{http.MethodGet, "/teams/:team/deliveries", "deliveries", "list-deliveries", (*View).deliveries},
	{http.MethodPost, "/teams/:team/deliveries/:id/retry", "deliveries", "retry-delivery", (*View).retryDelivery},

	{http.MethodGet, "/teams/:team/automations", "automations", "list-automations", (*View).automations},
	{http.MethodPost, "/teams/:team/automations", "automations", "save-automations", (*View).saveAutomations},
	{http.MethodPost, "/teams/:team/automations/:key/preview", "automations", "preview-automation", (*View).previewAutomation},
	{http.MethodGet, "/teams/:team/schedules", "schedules", "list-schedules", (*View).schedules},
	{http.MethodPost, "/teams/:team/schedules", "schedules", "create-schedule", (*View).saveSchedule},
	{http.MethodGet, "/teams/:team/schedules/new", "schedules", "create-schedule", (*View).scheduleForm},
	{http.MethodGet, "/teams/:team/schedules/:id", "schedules", "list-schedules", (*View).scheduleForm},
	{http.MethodPost, "/teams/:team/schedules/:id", "schedules", "change-schedule", (*View).saveSchedule},
	{http.MethodPost, "/teams/:team/schedules/:id/switch", "schedules", "change-schedule", (*View).switchSchedule},
	{http.MethodPost, "/teams/:team/schedules/:id/delete", "schedules", "delete-schedule", (*View).deleteSchedule},
	{http.MethodPost, "/teams/:team/holidays", "schedules", "create-holiday", (*View).saveHoliday},
	{http.MethodGet, "/teams/:team/holidays/new", "schedules", "create-holiday", (*View).holidayForm},
	{http.MethodPost, "/teams/:team/holidays/close", "schedules", "create-holiday", (*View).closeDays},
	{http.MethodPost, "/teams/:team/holidays/import", "schedules", "import-holidays", (*View).importHolidays},
	{http.MethodGet, "/teams/:team/holidays/:id", "schedules", "change-holiday", (*View).holidayForm},
	{http.MethodPost, "/teams/:team/holidays/:id", "schedules", "change-holiday", (*View).saveHoliday},
	{http.MethodPost, "/teams/:team/holidays/:id/delete", "schedules", "delete-holiday", (*View).deleteHoliday},
	{http.MethodGet, "/teams/:team/team", "team", "get-team", (*View).teamSettings},
	{http.MethodPost, "/teams/:team/team", "team", "change-team", (*View).saveTeam},
	{http.MethodPost, "/teams/:team/company", "team", "change-company", (*View).saveCompany},
	{http.MethodGet, "/teams/:team/senders", "senders", "list-senders", (*View).senders},
	{http.MethodPost, "/teams/:team/senders", "senders", "create-sender", (*View).addSender},
	{http.MethodGet, "/teams/:team/senders/new", "senders", "create-sender", (*View).newSender},
	{http.MethodGet, "/teams/:team/templates", "senders", "list-templates", (*View).whatsAppTemplates},
	{http.MethodPost, "/teams/:team/senders/:id", "senders", "change-sender", (*View).changeSender},
	{http.MethodPost, "/teams/:team/senders/:id/delete", "senders", "delete-sender", (*View).deleteSender},
	{http.MethodPost, "/teams/:team/senders/:id/identity-keys", "senders", "create-identity-key", (*View).addIdentityKey},
	{http.MethodPost, "/teams/:team/senders/:id/identity-keys/end", "senders", "delete-identity-key", (*View).endIdentityKey},

	{http.MethodGet, "/hooks", "hooks", "list-hooks", (*View).hooks},
	{http.MethodPost, "/hooks", "hooks", "create-hook", (*View).addHook},
	{http.MethodGet, "/hooks/:id", "hooks", "list-hook-deliveries", (*View).hook},
	{http.MethodPost, "/hooks/:id", "hooks", "change-hook", (*View).changeHook},

	{http.MethodGet, "/teams/:team/contacts", "contacts", "list-contacts", (*View).contacts},
	{http.MethodPost, "/teams/:team/contacts", "contacts", "create-contact", (*View).addContact},
	{http.MethodPost, "/teams/:team/contacts/import", "contacts", "import-contacts", (*View).importContacts},
	{http.MethodGet, "/teams/:team/contacts/:id", "contacts", "get-contact", (*View).contact},
	{http.MethodPost, "/teams/:team/contacts/:id", "contacts", "change-contact", (*View).changeContact},
	{http.MethodPost, "/teams/:team/contacts/:id/refusal", "contacts", "settle-refusal", (*View).settleRefusal},
	{http.MethodPost, "/teams/:team/contacts/:id/merge", "contacts", "merge-contact", (*View).mergeContact},
	{http.MethodGet, "/teams/:team/contacts/:id/export", "contacts", "export-contact", (*View).exportContact},
	{http.MethodPost, "/teams/:team/contacts/:id/erase", "contacts", "erase-contact", (*View).eraseContact},
	{http.MethodGet, "/teams/:team/consents.csv", "contacts", "export-consents", (*View).consentsFile},
	{http.MethodGet, "/privacy", "privacy", "get-retention", (*View).privacy},
	{http.MethodPost, "/privacy", "privacy", "save-retention", (*View).saveRetention},
	{http.MethodGet, "/audit", "privacy", "list-audit", (*View).audit},
	{http.MethodGet, "/audit.csv", "privacy", "export-audit", (*View).auditFile},
	{http.MethodGet, "/staff", "staff", "list-staff", (*View).staffList},
	{http.MethodPost, "/staff", "staff", "create-member", (*View).addMember},
	{http.MethodGet, "/staff/:id", "staff", "get-member", (*View).memberForm},
	{http.MethodPost, "/staff/:id", "staff", "change-member", (*View).saveMember},
	{http.MethodPost, "/staff/:id/invite", "staff", "invite-member", (*View).inviteMember},
	{http.MethodPost, "/staff/:id/second-factor", "staff", "reset-second-factor", (*View).resetSecondFactor},
	{http.MethodPost, "/second-factor", "staff", "change-company", (*View).requireSecondFactor},
	{http.MethodPost, "/staff/:id/disconnect", "staff", "disconnect-member", (*View).disconnectMember},
	{http.MethodPost, "/keys", "staff", "create-key", (*View).makeKey},
	{http.MethodPost, "/keys/:id/revoke", "staff", "delete-key", (*View).revokeKey},

	{http.MethodGet, "/teams/:team/try", "try", "dry-run", (*View).try},
	{http.MethodGet, "/teams/:team/reports", "reports", "get-report", (*View).reports},
	{http.MethodGet, "/teams/:team/reports.csv", "reports", "export-report", (*View).reportFile},
	{http.MethodGet, "/teams/:team/ratings", "ratings", "list-ratings", (*View).ratings},
	{http.MethodGet, "/teams/:team/history", "history", "list-history", (*View).history},
	{http.MethodPost, "/teams/:team/history/:id/restore", "history", "restore-change", (*View).restore},
	{http.MethodGet, "/history", "history", "list-company-history", (*View).history},
	{http.MethodPost, "/history/:id/restore", "history", "restore-company-change", (*View).restore},
	{http.MethodGet, "/help", "help", "get-session", (*View).help},

	{http.MethodGet, "/notices", "notices", "get-notices", (*View).notices},
	{http.MethodPost, "/notices", "notices", "save-notices", (*View).saveNotices},
	{http.MethodPost, "/notices/test", "notices", "test-notice", (*View).testNotice},
	{http.MethodPost, "/notices/devices/:id/remove", "notices", "delete-device", (*View).removeDevice},

	{http.MethodPost, "/language", "", "choose-language", (*View).chooseLanguage},

	{http.MethodGet, "/sign-in", "", "sign-in", (*View).signInPage},
	{http.MethodPost, "/sign-in", "", "sign-in", (*View).signIn},
	{http.MethodGet, "/sign-in/provider", "", "sign-in", (*View).toProvider},
	{http.MethodGet, "/sign-in/provider/callback", "", "sign-in", (*View).fromProvider},
	{http.MethodPost, "/sign-in/provider/logout", "", "sign-in", (*View).signedOutThere},
	{http.MethodGet, "/sign-in/code", "", "sign-in", (*View).codePage},
	{http.MethodPost, "/sign-in/code", "", "sign-in", (*View).signInByCode},
	{http.MethodPost, "/sign-out", "", "sign-out", (*View).signOut},
	{http.MethodGet, "/welcome/:token", "", "get-link", (*View).link},
	{http.MethodPost, "/welcome/:token", "", "use-link", (*View).useLink},
	{http.MethodGet, "/set-password/:token", "", "get-link", (*View).link},
	{http.MethodPost, "/set-password/:token", "", "use-link", (*View).useLink},
	{http.MethodGet, "/account", "account", "get-session", (*View).account},
	{http.MethodGet, "/account/second-factor", "account", "get-second-factor", (*View).secondFactor},
	{http.MethodPost, "/account/second-factor", "account", "start-second-factor", (*View).startSecondFactor},
	{http.MethodPost, "/account/second-factor/confirm", "account", "confirm-second-factor", (*View).confirmSecondFactor},
	{http.MethodPost, "/account/second-factor/recovery", "account", "renew-recovery-codes", (*View).renewRecovery},
	{http.MethodPost, "/account/second-factor/remove", "account", "remove-second-factor", (*View).removeSecondFactor},
	{http.MethodGet, "/account/prove", "account", "prove-session", (*View).provePage},
	{http.MethodPost, "/account/prove", "account", "prove-session", (*View).proveHere},
	{http.MethodGet, "/account/prove/provider", "account", "prove-session", (*View).proveThere},
	{http.MethodGet, "/account/provider", "account", "change-password", (*View).connectProvider},
	{http.MethodPost, "/account/sessions", "account", "end-session", (*View).endSession},
	{http.MethodPost, "/account/password", "account", "change-password", (*View).changePassword},
}
