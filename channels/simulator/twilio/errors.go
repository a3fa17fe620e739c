package twilio

import (
	"fmt"
	"net/http"
	"strings"
)

// apiErrors are Twilio's codes with the HTTP status that each comes with and
// a text; {} stands for the address or value at fault. Those without a status
// come by callback alone.
var apiErrors = map[int]struct {
	status  int
	message string
}{
	11200: {0, "The webhook failed"},
	20001: {400, "Invalid parameter: {}"},
	20003: {401, "Authenticate"},
	20005: {401, "Account not active"},
	20008: {403, "Resource not accessible with Test Account Credentials"},
	20404: {404, "The requested resource was not found"},
	20429: {429, "Too Many Requests"},
	20500: {500, "An internal server error has occurred"},
	20503: {503, "Service is temporarily unavailable"},
	21211: {400, "Invalid 'To' Phone Number: {}"},
	21212: {400, "Invalid 'From' Phone Number: {}"},
	21408: {400, "Permission to send an SMS has not been enabled for the region of the 'To' number: {}"},
	21602: {400, "Message body is required"},
	21603: {400, "A 'From' phone number is required"},
	21604: {400, "A 'To' phone number is required"},
	21606: {400, "The 'From' number {} is not a message-capable number of your account"},
	21609: {400, "The 'StatusCallback' URL {} is not a valid URL"},
	21610: {400, "Attempt to send to unsubscribed recipient"},
	21611: {429, "The 'From' number {} has exceeded the maximum number of queued messages"},
	21612: {400, "The 'To' number {} is not reachable from this 'From' number"},
	21614: {400, "The 'To' number {} is not a valid mobile number"},
	21617: {400, "The concatenated message body exceeds the 1600 character limit"},
	21620: {400, "Invalid media URL(s): {}"},
	21623: {400, "Number of media files exceeds the allowed limit"},
	21655: {400, "The ContentSid {} is Invalid"},
	21656: {400, "The ContentVariables Parameter is invalid"},
	21704: {400, "The Messaging Service contains no phone numbers"},
	21910: {400, "'From' and 'To' are not of the same channel: {}"},
	30001: {0, "Queue overflow"},
	30003: {0, "Unreachable destination handset"},
	30004: {0, "Message blocked"},
	30005: {0, "Unknown destination handset"},
	30006: {0, "Landline or unreachable carrier"},
	30007: {0, "Message filtered"},
	30008: {0, "Unknown error"},
	30019: {0, "Content size exceeds the carrier's limit"},
	30034: {0, "Message from an unregistered number"},
	63016: {0, "Freeform message outside the allowed window"},
	63019: {0, "Media failed to download"},
	63024: {0, "Invalid message recipient"},
	63040: {0, "Template rejected"},
	63041: {0, "Template paused"},
	63042: {0, "Template disabled"},
}

// usualCodes are the codes that an HTTP status comes with when nobody says.
var usualCodes = map[int]int{400: 20001, 401: 20003, 403: 20008, 404: 20404, 429: 20429, 500: 20500, 503: 20503}

// errorBody is Twilio's error, as it lies on the wire.
type errorBody struct {
	Code     int    `json:"code"`
	Message  string `json:"message"`
	MoreInfo string `json:"more_info"`
	Status   int    `json:"status"`
}

func writeError(w http.ResponseWriter, code int, about string) {
	known := apiErrors[code]
	writeErrorAs(w, known.status, code, strings.ReplaceAll(known.message, "{}", about))
}

func writeErrorAs(w http.ResponseWriter, status, code int, message string) {
	write(w, status, errorBody{
		Code: code, Message: message, Status: status,
		MoreInfo: fmt.Sprintf("https://www.twilio.com/docs/errors/%d", code),
	})
}
