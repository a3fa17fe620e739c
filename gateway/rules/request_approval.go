package rules

import "ringback/settings/automations"

// RequestApproval asks the customer to approve or decline what an advisor
// proposes.
var RequestApproval = askRule(automations.RequestApproval, AskApproval, nil)
