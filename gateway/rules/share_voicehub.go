package rules

import "ringback/settings/automations"

// ShareVoiceHub tells the customer all the ways to reach the team.
var ShareVoiceHub = askRule(automations.ShareVoiceHub, AskVoiceHub, nil)
