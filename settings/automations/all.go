package automations

// Where an automation can go out.
var (
	texts   = []string{"sms"}
	phones  = []string{"sms", "whatsapp"}
	written = []string{"sms", "whatsapp", "webchat"}
	web     = []string{"webchat", "sms"} // an app's ticket is answered by a text
)

// The keys, as the API and the decisions name them.
const (
	CustomerHangsUp         = "customer_hangs_up"
	CustomerLeavesVoicemail = "customer_leaves_voicemail"
	AfterSuccessfulCall     = "after_successful_call"
	CaptureAdvisorRating    = "capture_advisor_rating"
	AskIssueResolved        = "ask_issue_resolved"
	CustomerFirstChat       = "customer_first_chat"
	RequestPhotoVideo       = "request_photo_video"
	ShareVoiceHub           = "share_voicehub"
	AfterHoursCall          = "after_hours_call"
	CustomerCallMissed      = "customer_call_missed"
	RequestApproval         = "request_approval"
	RequestPayment          = "request_payment"
	AfterHoursText          = "after_hours_text"
	AfterHoursTicket        = "after_hours_ticket"
)

// All is the 14 automated messages, in the order in which admins see them.
var All = []Definition{
	{
		Key: CustomerHangsUp, Group: GroupCalls, Title: "Customer hangs up", On: true, Channels: texts,
		Doc:     "A text to a caller who hangs up while it rings, during or after the greeting, or after choosing an option of the call tree.",
		Options: []Option{delaySeconds},
	},
	{
		Key: CustomerLeavesVoicemail, Group: GroupCalls, Title: "Customer leaves a voicemail", On: true, Channels: texts,
		Doc: "A text to a caller who left a voicemail.",
	},
	{
		Key: AfterSuccessfulCall, Group: GroupCalls, Title: "After a successful phone call with a ticket", On: true, Channels: texts,
		Doc: "A text after a call that an advisor answered and that belongs to a ticket. Once per ticket and day.",
	},
	{
		Key: CaptureAdvisorRating, Group: GroupRequests, Title: "Capture advisor rating", On: true, Channels: written, Page: true,
		Doc:     "Asks the customer for 1 to 5 when a ticket is closed as resolved.",
		Options: []Option{earliest, latest, template},
	},
	{
		Key: AskIssueResolved, Group: GroupRequests, Title: "Ask the customer if the issue is resolved", On: true, Channels: written, Page: true,
		Doc:     "Asks the customer for yes or no when an advisor marks a ticket as done.",
		Options: []Option{earliest, latest, template},
	},
	{
		Key: CustomerFirstChat, Group: GroupTexts, Title: "Customer sends first chat", On: true, Channels: written,
		Doc: "Answers a customer's first message while no ticket of theirs with this team is open. Once per ticket.",
	},
	{
		Key: RequestPhotoVideo, Group: GroupRequests, Title: "Request photo/video", On: true, Channels: written, Page: true,
		Doc:     "Goes out when an advisor asks the customer for a photo or a video.",
		Options: []Option{template},
	},
	{
		Key: ShareVoiceHub, Group: GroupRequests, Title: "Share VoiceHub (contact page)", On: true, Channels: written, Page: true,
		Doc:     "Goes out when an advisor shares the team's contact page.",
		Options: []Option{template},
	},
	{
		Key: AfterHoursCall, Group: GroupCalls, Title: "Customer calls after hours (calls only)", On: true, Channels: texts,
		Doc:     "A text to a caller whose call came while the team was closed and was not answered.",
		Options: []Option{includeOpeningTime, delaySeconds},
	},
	{
		Key: CustomerCallMissed, Group: GroupCalls, Title: "Customer call missed", On: true, Channels: texts,
		Doc:     "A text to a caller who hangs up while listening to the voicemail message or the call-tree options, or whom nobody answered.",
		Options: []Option{delaySeconds},
	},
	{
		Key: RequestApproval, Group: GroupRequests, Title: "Request approval", On: true, Channels: written, Page: true,
		Doc:     "Goes out when an advisor asks the customer to approve or decline something.",
		Options: []Option{template},
	},
	{
		Key: RequestPayment, Group: GroupRequests, Title: "Payment request", On: true, Channels: written, Page: true,
		Doc:     "Goes out when an advisor asks the customer for a payment.",
		Options: []Option{template},
	},
	{
		Key: AfterHoursText, Group: GroupTexts, Title: "After-hours texts for customers (SMS and WhatsApp only)", On: false, Channels: phones,
		Doc:     "Answers a customer who writes by SMS or WhatsApp while the team is closed. Once per customer until the team opens again.",
		Options: []Option{includeOpeningTime},
	},
	{
		Key: AfterHoursTicket, Group: GroupTexts, Title: "Customer creates a ticket after hours (web and mobile app only)", On: false, Channels: web,
		Doc:     "Answers a customer who creates a ticket from the web or an app while the team is closed. Switch it on only if customers create tickets there.",
		Options: []Option{includeOpeningTime},
	},
}
