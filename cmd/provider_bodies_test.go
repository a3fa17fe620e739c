package cmd_test

import (
	"maps"
	"net/url"
	"slices"
)

// What providers send, for the table of fields. Of Twilio's forms some are whole, and
// the other fields that its pages name have a value or two to try.

const (
	fieldsAccount = "AC11111111111111111111111111111111"
	fieldsCall    = "CA55555555555555555555555555555555"
	fieldsURL     = "https://api.twilio.com/2010-04-01/Accounts/" + fieldsAccount + "/Recordings/RE77777777777777777777777777777777"
)

func formOf(pairs ...string) url.Values {
	form := url.Values{}
	for n := 0; n < len(pairs); n += 2 {
		form.Set(pairs[n], pairs[n+1])
	}
	return form
}

// overForm is a form with more in it.
func overForm(base url.Values, pairs ...string) url.Values {
	form := maps.Clone(base)
	maps.Copy(form, formOf(pairs...))
	return form
}

func anyValue(names ...string) map[string][]string {
	named := map[string][]string{}
	for _, name := range names {
		named[name] = []string{"something"}
	}
	return named
}

func withValues(named map[string][]string, pairs ...string) map[string][]string {
	for n := 0; n < len(pairs); n += 2 {
		named[pairs[n]] = append(named[pairs[n]], pairs[n+1])
	}
	return named
}

// https://www.twilio.com/docs/messaging/guides/webhook-request
var (
	twilioMessages = []url.Values{
		formOf("AccountSid", fieldsAccount, "MessageSid", "SM22222222222222222222222222222222", "SmsSid", "SM22222222222222222222222222222222",
			"From", "+15550002222", "To", "+15550001111", "Body", "anybody there?", "NumMedia", "0"),
		formOf("AccountSid", fieldsAccount, "MessageSid", "SM22222222222222222222222222222222",
			"From", "whatsapp:+15550002222", "To", "whatsapp:+15550001111", "Body", "", "NumMedia", "0"),
		formOf("AccountSid", fieldsAccount, "MessageSid", "SM22222222222222222222222222222222", "MediaUrl0", fieldsURL,
			"From", "whatsapp:+15550002222", "To", "whatsapp:+15550001111", "Body", "Look"),
		formOf("AccountSid", fieldsAccount, "SmsMessageSid", "SM22222222222222222222222222222222", "Latitude", "52.2", "Longitude", "21.0",
			"From", "whatsapp:+15550002222", "To", "whatsapp:+15550001111", "Body", ""),
		formOf("AccountSid", fieldsAccount, "MessageSid", "SM22222222222222222222222222222222", "WaId", "15550002222",
			"From", "whatsapp:US.1349", "To", "whatsapp:+15550001111", "Body", "Hi"),
	}
	twilioMessageFields = withValues(anyValue("MessagingServiceSid", "MessageType", "NumSegments", "NumMedia", "SmsStatus", "ApiVersion", "AddOns",
		"FromCity", "FromState", "FromZip", "FromCountry", "ToCity", "ToState", "ToZip", "ToCountry",
		"ProfileName", "Username", "ProfileUsername", "Forwarded", "FrequentlyForwarded", "Address", "Label", "Latitude", "Longitude",
		"ButtonPayload", "ButtonText", "ButtonType", "ListId", "ListTitle", "ListDescription", "InteractiveData", "FlowData", "ChannelMetadata",
		"OriginalRepliedMessageSid", "OriginalRepliedMessageSender", "ReferralBody", "ReferralHeadline", "ReferralSourceId", "ReferralSourceType",
		"ReferralSourceUrl", "ReferralMediaId", "ReferralMediaContentType", "ReferralMediaUrl", "ReferralNumMedia", "ReferralCtwaClid"),
		"SmsSid", "SM1", "SmsMessageSid", "SM1", "MediaUrl0", fieldsURL, "MediaContentType0", "image/jpeg", "OptOutType", "STOP", "WaId", "15550003333",
		"ExternalUserId", "whatsapp:US.1349", "ParentExternalUserId", "whatsapp:US.ENT.1349", "FlowData", `{"day":"Tuesday"}`, "InteractiveData", `{"title":"Tuesday"}`)
)

// https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks
var (
	twilioStatuses = []url.Values{
		formOf("AccountSid", fieldsAccount, "MessageSid", "SM22222222222222222222222222222222", "SmsSid", "SM22222222222222222222222222222222",
			"From", "+15550001111", "To", "+15550002222", "MessageStatus", "undelivered", "SmsStatus", "undelivered", "ErrorCode", "30003"),
		formOf("AccountSid", fieldsAccount, "SmsSid", "SM22222222222222222222222222222222",
			"From", "whatsapp:+15550001111", "To", "whatsapp:+15550002222", "SmsStatus", "read", "EventType", "READ", "ChannelPrefix", "whatsapp"),
	}
	twilioStatusFields = anyValue("MessagingServiceSid", "ApiVersion", "RawDlrDoneDate", "ChannelInstallSid", "ChannelPrefix", "ChannelStatusMessage",
		"ChannelStatusCode", "ChannelToAddress", "EventType", "StructuredMessage", "ErrorMessage", "NumSegments", "Price", "PriceUnit")
)

// https://www.twilio.com/docs/voice/twiml#request-parameters
var (
	twilioCalls = []url.Values{
		formOf("AccountSid", fieldsAccount, "CallSid", fieldsCall, "From", "+15550002222", "To", "+15550001111", "Caller", "+15550002222", "Called", "+15550001111",
			"CallStatus", "ringing", "Direction", "inbound"),
	}
	twilioCallFields = withValues(anyValue(append(twilioPlaces, "ApiVersion", "ForwardedFrom", "CallerName", "ParentCallSid", "CallToken", "StirVerstat", "StirPassportToken",
		"CalledVia", "SipDomain", "SipDomainSid", "SipCallId", "SipSourceIp", "ApplicationSid", "AddOns", "ErrorCode", "ErrorUrl")...),
		"ForwardedFrom", "+15550004444", "CallStatus", "completed")
	// twilioPlaces are where both ends of a call are, as far as anybody knows.
	twilioPlaces = []string{
		"FromCity", "FromState", "FromZip", "FromCountry", "ToCity", "ToState", "ToZip", "ToCountry",
		"CallerCity", "CallerState", "CallerZip", "CallerCountry", "CalledCity", "CalledState", "CalledZip", "CalledCountry",
	}
	twilioSteps = []url.Values{
		overForm(twilioCalls[0], "CallStatus", "in-progress", "Digits", "1"),
		overForm(twilioCalls[0], "CallStatus", "in-progress", "DialCallStatus", "completed", "DialCallSid", "CA66666666666666666666666666666666",
			"DialCallDuration", "95", "DialBridged", "true"),
		overForm(twilioCalls[0], "CallStatus", "in-progress", "RecordingUrl", fieldsURL, "RecordingSid", "RE77777777777777777777777777777777", "RecordingDuration", "9", "Digits", "#"),
	}
	twilioStepFields = withValues(anyValue(append(twilioPlaces, "msg", "Language", "FinishedOnKey", "SpeechResult", "Confidence", "DialSipResponseCode", "DialSipCallId", "DialSipHeader_X-Any",
		"AnsweredBy", "ParentCallSid", "ForwardedFrom", "CallerName", "StirVerstat", "ApiVersion")...), "Digits", "hangup", "DialCallStatus", "no-answer", "CallStatus", "completed")
	twilioRecordings = []url.Values{
		formOf("AccountSid", fieldsAccount, "CallSid", fieldsCall, "RecordingSid", "RE77777777777777777777777777777777", "RecordingUrl", fieldsURL,
			"RecordingStatus", "completed", "RecordingDuration", "8", "RecordingChannels", "1", "RecordingSource", "RecordVerb",
			"RecordingStartTime", "Fri, 20 Nov 2026 17:04:05 +0000", "ErrorCode", "0"),
	}
	twilioRecordingFields = withValues(anyValue("RecordingTrack", "EncryptionDetails", "RecordingType"), "RecordingStatus", "absent")
	twilioCallStatuses    = []url.Values{
		overForm(twilioCalls[0], "CallStatus", "completed", "CallDuration", "31", "Duration", "1", "Timestamp", "Fri, 20 Nov 2026 17:04:05 +0000",
			"CallbackSource", "call-progress-events", "SequenceNumber", "2"),
		overForm(twilioCalls[0], "CallStatus", "busy", "ParentCallSid", "CA66666666666666666666666666666666"),
	}
	twilioCallStatusFields = withValues(anyValue(append(twilioPlaces, "ApiVersion", "SipResponseCode", "AnsweredBy", "MachineDetectionDuration", "RecordingUrl", "RecordingSid", "RecordingDuration",
		"ForwardedFrom", "CallerName", "StirVerstat", "ParentCallSid", "ErrorCode", "QueueTime")...), "CallStatus", "in-progress")
)

// metaMessages are messages by their type, or by what an interactive one is.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
var metaMessages = map[string]string{
	"text":                  `"type":"text","text":{"body":"Is it open?"}`,
	"image":                 `"type":"image","image":{"id":"1","mime_type":"image/jpeg","sha256":"x","caption":"The roof","url":"https://lookaside.fbsbx.com/1"}`,
	"video":                 `"type":"video","video":{"id":"1","mime_type":"video/mp4","sha256":"x","caption":"The roof","url":"https://lookaside.fbsbx.com/1"}`,
	"audio":                 `"type":"audio","audio":{"id":"1","mime_type":"audio/ogg; codecs=opus","sha256":"x","voice":true,"url":"https://lookaside.fbsbx.com/1"}`,
	"document":              `"type":"document","document":{"id":"1","mime_type":"application/pdf","sha256":"x","caption":"The plan","filename":"plan.pdf","url":"https://lookaside.fbsbx.com/1"}`,
	"sticker":               `"type":"sticker","sticker":{"id":"1","mime_type":"image/webp","sha256":"x","animated":false,"url":"https://lookaside.fbsbx.com/1"}`,
	"location":              `"type":"location","location":{"latitude":52.2,"longitude":21.1,"name":"Depot","address":"Main 1","url":"https://example.com"}`,
	"contacts":              `"type":"contacts","contacts":[{"name":{"formatted_name":"Ann Lee","first_name":"Ann","middle_name":"M","last_name":"Lee","prefix":"Dr","suffix":"Jr"},"phones":[{"phone":"+15550003333","wa_id":"15550003333","type":"CELL"}],"emails":[{"email":"ann@example.com","type":"WORK"}],"addresses":[{"street":"Main 1","city":"Chicago","state":"IL","zip":"60601","country":"United States","country_code":"US","type":"HOME"}],"urls":[{"url":"https://example.com","type":"WORK"}],"org":{"company":"Lee","department":"Taps","title":"Head"},"birthday":"2000-01-01"}]`,
	"button":                `"type":"button","button":{"text":"Yes","payload":"yes:1"}`,
	"button_reply":          `"type":"interactive","interactive":{"type":"button_reply","button_reply":{"id":"yes:1","title":"Yes"}}`,
	"list_reply":            `"type":"interactive","interactive":{"type":"list_reply","list_reply":{"id":"5:1","title":"Five","description":"Very good"}}`,
	"nfm_reply":             `"type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"name":"flow","body":"Sent","response_json":"{\"flow_token\":\"x\",\"day\":\"Tuesday\"}"}}`,
	"call_permission_reply": `"type":"interactive","interactive":{"type":"call_permission_reply","call_permission_reply":{"response":"accept","is_permanent":false,"expiration_timestamp":1780315200,"response_source":"user_action"}}`,
	"reaction":              `"type":"reaction","reaction":{"message_id":"wamid.0","emoji":"👍"}`,
	"order":                 `"type":"order","order":{"catalog_id":"1","text":"please","product_items":[{"product_retailer_id":"tap","quantity":2,"item_price":30,"currency":"USD"}]}`,
	"system":                `"type":"system","system":{"body":"Ann changed from +1 to +2","type":"user_changed_number","wa_id":"15550003333","new_wa_id":"15550003333","identity":"x","customer":"15550002222","user_id":"US.13","parent_user_id":"US.ENT.13","previous_user_id":"US.12","previous_parent_user_id":"US.ENT.12"}`,
	"unsupported":           `"type":"unsupported","errors":[{"code":131051,"details":"x","title":"Message type unknown","message":"Message type unknown","error_data":{"details":"Message type is currently not supported."},"href":"https://example.com"}],"unsupported":{"type":"poll"}`,
	"edit":                  `"type":"edit","edit":{"original_message_id":"wamid.0","message":{"type":"text","text":{"body":"the 21st"}}}`,
	"revoke":                `"type":"revoke","revoke":{"original_message_id":"wamid.0"}`,
	"poll":                  `"type":"poll","poll":{"question":"When?","options":[{"name":"Monday"}]}`,
	"request_welcome":       `"type":"request_welcome"`,
}

const metaPeople = `"contacts":[{"wa_id":"15550002222","user_id":"US.12","parent_user_id":"US.ENT.12","profile":{"name":"Ann","username":"ann.lee"}}]`

func metaMessage(inside string) string {
	return metaBody("messages", metaPeople+`,"messages":[{"id":"wamid.1","from":"15550002222","from_user_id":"US.12","from_parent_user_id":"US.ENT.12","timestamp":"1780315200",`+inside+`}]`)
}

// metaEcho is what the staff writes in the WhatsApp Business app.
func metaEcho(inside string) string {
	return metaBody("smb_message_echoes", `"message_echoes":[{"id":"wamid.1","from":"15550783881","to":"15550002222","to_user_id":"US.12","to_parent_user_id":"US.ENT.12","timestamp":"1780315200",`+inside+`}]`)
}

// metaOf is what a change under a field tells, where it is not anything at all.
var metaOf = map[string]string{
	"messages":           `"messages":[{"id":"wamid.1","from":"15550002222","type":"text","text":{"body":"Yes"}}]`,
	"calls":              `"calls":[{"id":"wacid.1","from":"15550002222","event":"connect"}]`,
	"message_echoes":     `"message_echoes":[{"id":"wamid.1","to":"15550002222","type":"text","text":{"body":"Yes"}}]`,
	"smb_message_echoes": `"message_echoes":[{"id":"wamid.1","to":"15550002222","type":"text","text":{"body":"Yes"}}]`,
	"history":            `"history":[{"metadata":{"phase":0},"threads":[{"id":"15550002222","messages":[{"id":"wamid.1","from":"15550002222","type":"text","text":{"body":"Yes"}}]}]}]`,
	"smb_app_state_sync": `"state_sync":[{"type":"contact","contact":{"full_name":"Ann","phone_number":"15550002222"},"action":"add"}]`,
	"user_id_update":     `"user_id_update":[{"wa_id":"15550002222","user_id":{"previous":"US.12","current":"US.13"}}]`,
}

// metaBodies are all of Meta's that the table is made from.
func metaBodies() []string {
	var all []string
	for _, kind := range slices.Sorted(maps.Keys(metaMessages)) {
		all = append(all, metaMessage(metaMessages[kind]))
	}
	return append(all,
		metaMessage(`"type":"text","text":{"body":"Yes"},"context":{"id":"wamid.0","from":"15550783881","forwarded":true,"frequently_forwarded":true,"referred_product":{"catalog_id":"1","product_retailer_id":"tap"}}`),
		metaMessage(`"type":"text","text":{"body":"Yes"},"referral":{"source_url":"https://fb.me/x","source_id":"1","source_type":"ad","headline":"Taps","body":"Cheap","media_type":"image","image_url":"https://example.com/1","video_url":"https://example.com/2","thumbnail_url":"https://example.com/3","ctwa_clid":"x","welcome_message":{"text":"Hi"}}`),
		metaMessage(`"type":"text","text":{"body":"Yes"},"group_id":"1","identity":{"acknowledged":true,"created_timestamp":"1780315200","hash":"x"}`),
		metaBody("messages", `"contacts":[{"wa_id":"15550002222","profile":{"name":"Ann"}}],"messages":[{"id":"wamid.1","from":"15550002222","type":"text","text":{"body":"No time"}}]`),
		metaBody("messages", `"contacts":[{"user_id":"US.12","parent_user_id":"US.ENT.12"}],"messages":[{"id":"wamid.1","type":"text","text":{"body":"No number"}}]`),
		metaBody("messages", `"statuses":[{"id":"wamid.1","status":"sent","timestamp":"1780315200","recipient_id":"15550002222","recipient_user_id":"US.12","parent_recipient_user_id":"US.ENT.12","recipient_type":"individual","recipient_participant_id":"1","biz_opaque_callback_data":"0197a0b0-0000-7000-8000-000000000001","conversation":{"id":"1","expiration_timestamp":"1780315200","origin":{"type":"service"}},"pricing":{"billable":true,"pricing_model":"PMP","category":"service","type":"regular"}}]`),
		metaBody("messages", `"statuses":[{"id":"wamid.1","status":"failed","timestamp":"1780315200","recipient_id":"15550002222","errors":[{"code":131047,"title":"Re-engagement message","message":"Re-engagement message","error_data":{"details":"More than 24 hours"},"href":"https://example.com"}]}]`),
		metaBody("messages", `"errors":[{"code":131000,"title":"Something went wrong","message":"Something went wrong","error_data":{"details":"Something"},"href":"https://example.com"}]`),
		metaBody("calls", metaPeople+`,"calls":[{"id":"wacid.1","from":"15550002222","from_user_id":"US.12","from_parent_user_id":"US.ENT.12","to":"15550783881","event":"connect","direction":"USER_INITIATED","timestamp":"1780315200","session":{"sdp_type":"offer","sdp":"v=0"}}]`),
		metaBody("calls", `"calls":[{"id":"wacid.1","from":"15550783881","to":"15550002222","event":"connect","direction":"BUSINESS_INITIATED","timestamp":"1780315200"}]`),
		metaBody("calls", `"calls":[{"id":"wacid.1","from":"15550002222","to":"15550783881","event":"connect","timestamp":"1780315200","session":{"sdp_type":"answer","sdp":"v=0"}}]`),
		metaBody("calls", `"calls":[{"id":"wacid.1","from":"15550783881","to":"15550002222","event":"connect","timestamp":"1780315200"}]`),
		metaBody("calls", metaPeople+`,"calls":[{"id":"wacid.1","from":"15550002222","to":"15550783881","event":"terminate","direction":"USER_INITIATED","timestamp":"1780315260","status":"COMPLETED","start_time":"1780315210","end_time":"1780315260","duration":50,"biz_opaque_callback_data":"x","errors":[{"code":131000,"title":"Something","message":"Something","error_data":{"details":"Something"},"href":"https://example.com"}]}]`),
		metaBody("calls", metaPeople+`,"calls":[{"id":"wacid.1","from":"15550002222","event":"terminate","end_time":"1780315260","start_time":"1780315210"}]`),
		metaEcho(`"type":"text","text":{"body":"On my way"}`),
		metaEcho(`"type":"text","text":{"body":"On my way"},"context":{"id":"wamid.0"}`),
		metaEcho(`"type":"text","text":{"body":"On my way"},"group_id":"1"`),
		metaEcho(`"type":"image","image":{"id":"1","mime_type":"image/jpeg","sha256":"x","caption":"The roof"}`),
		metaEcho(`"type":"edit","edit":{"original_message_id":"wamid.0","message":{"type":"text","text":{"body":"the 21st"}}}`),
		metaEcho(`"type":"revoke","revoke":{"original_message_id":"wamid.0"}`),
		metaBody("user_id_update", `"contacts":[{"wa_id":"15550002222","profile":{"name":"Ann"}}],"user_id_update":[{"wa_id":"15550002222","detail":"x","user_id":{"previous":"US.12","current":"US.13"},"parent_user_id":{"previous":"US.ENT.12","current":"US.ENT.13"},"timestamp":"1780315200"}]`),
	)
}

// metaFields are what an app can subscribe to at a business account.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview
var metaFields = []string{
	"account_alerts", "account_review_update", "account_settings_update", "account_update", "business_capability_update", "business_status_update",
	"business_username_update", "calls", "flows", "group_lifecycle_update", "group_participants_update", "group_settings_update", "group_status_update",
	"history", "message_echoes", "message_template_components_update", "message_template_quality_update", "message_template_status_update",
	"messages", "messaging_handovers", "partner_solutions", "payment_configuration_update", "phone_number_name_update", "phone_number_quality_update",
	"security", "smb_app_state_sync", "smb_message_echoes", "standby", "template_category_update", "template_correct_category_detection",
	"tracking_events", "user_id_update", "user_preferences",
}

// stripeEvents are those of payments, with what they are about.
// https://docs.stripe.com/api/events/types
var stripeEvents = []struct{ kind, object string }{
	{"checkout.session.completed", stripeSession("paid")},
	{"checkout.session.async_payment_succeeded", stripeSession("paid")},
	{"checkout.session.async_payment_failed", stripeSession("unpaid")},
	{"checkout.session.expired", stripeSession("unpaid")},
	{"payment_intent.payment_failed", stripeIntent},
	{"payment_intent.created", stripeIntent},
	{"payment_intent.processing", stripeIntent},
	{"payment_intent.requires_action", stripeIntent},
	{"payment_intent.succeeded", stripeIntent},
	{"payment_intent.canceled", stripeIntent},
	{"payment_intent.partially_funded", stripeIntent},
	{"charge.succeeded", stripeCharge},
	{"charge.pending", stripeCharge},
	{"charge.failed", stripeCharge},
	{"charge.updated", stripeCharge},
	{"charge.captured", stripeCharge},
	{"charge.expired", stripeCharge},
	{"charge.refunded", stripeCharge},
	{"charge.refund.updated", stripeRefund},
	{"refund.created", stripeRefund},
	{"refund.updated", stripeRefund},
	{"refund.failed", stripeRefund},
	{"charge.dispute.created", stripeDispute("needs_response")},
	{"charge.dispute.updated", stripeDispute("under_review")},
	{"charge.dispute.funds_withdrawn", stripeDispute("under_review")},
	{"charge.dispute.funds_reinstated", stripeDispute("won")},
	{"charge.dispute.closed", stripeDispute("lost")},
	{"customer.created", `{"id":"cus_1","object":"customer"}`},
}

func stripeSession(status string) string {
	return `{"id":"cs_1","object":"checkout.session","client_reference_id":"0197a0b0-0000-7000-8000-000000000001","payment_status":"` + status +
		`","status":"complete","amount_total":1250,"amount_subtotal":1250,"currency":"usd","payment_intent":"pi_1","customer_email":"ann@example.com","livemode":false,"metadata":{"ringback_order":"0197a0b0-0000-7000-8000-000000000001"}}`
}

const (
	stripeIntent = `{"id":"pi_1","object":"payment_intent","amount":1250,"amount_received":0,"currency":"usd","status":"requires_payment_method","metadata":{"ringback_order":"0197a0b0-0000-7000-8000-000000000001"},"last_payment_error":{"code":"card_declined","message":"Your card was declined."}}`
	stripeCharge = `{"id":"ch_1","object":"charge","amount":1250,"amount_refunded":1250,"refunded":true,"currency":"usd","payment_intent":"pi_1","status":"succeeded","metadata":{"ringback_order":"0197a0b0-0000-7000-8000-000000000001"}}`
	stripeRefund = `{"id":"re_1","object":"refund","amount":1250,"currency":"usd","payment_intent":"pi_1","charge":"ch_1","status":"failed","failure_reason":"lost_or_stolen_card","metadata":{}}`
)

func stripeDispute(status string) string {
	return `{"id":"dp_1","object":"dispute","amount":1250,"currency":"usd","status":"` + status + `","reason":"fraudulent","charge":"ch_1","payment_intent":"pi_1","metadata":{}}`
}
