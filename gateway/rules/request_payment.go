package rules

import "ringback/settings/automations"

// RequestPayment asks for a payment that an advisor named.
var RequestPayment = askRule(automations.RequestPayment, AskPayment, nil)
