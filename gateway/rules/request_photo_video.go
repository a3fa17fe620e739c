package rules

import "ringback/settings/automations"

// RequestPhotoVideo asks for photos or videos when an advisor wants some.
var RequestPhotoVideo = askRule(automations.RequestPhotoVideo, AskPhotoVideo, nil)
