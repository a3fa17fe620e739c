package api

import (
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

// described adds to an operation's description what huma cannot know: with which
// statuses a body, a change or a condition is refused, that an ETag is one text though
// it may be sent several times, what a calendar is, and that the database may be away.
func described(document *huma.OpenAPI, op *huma.Operation) {
	if document.Components.Responses == nil {
		document.Components.Responses = map[string]*huma.Response{}
	}
	if document.Components.Responses["Unavailable"] == nil {
		document.Components.Responses["Unavailable"] = &huma.Response{
			Description: "The database is away or in trouble, or too much is done at once: try again",
			Headers:     map[string]*huma.Param{"Retry-After": {Description: "In how many seconds", Schema: &huma.Schema{Type: huma.TypeInteger}}},
			Content:     op.Responses["404"].Content,
		}
	}
	op.Responses["503"] = &huma.Response{Ref: "#/components/responses/Unavailable"}
	if op.Method != http.MethodGet {
		refuses(op, http.StatusBadRequest, http.StatusConflict)
	}
	if op.RequestBody != nil || op.OperationID == "upload-media" {
		refuses(op, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity)
	}
	for _, p := range op.Parameters {
		if p.In == "header" && p.Name == "If-Match" {
			p.Schema = &huma.Schema{Type: huma.TypeString}
			refuses(op, http.StatusPreconditionFailed)
		}
	}
	switch op.OperationID {
	case "save-automations":
		refuses(op, http.StatusPreconditionRequired)
	case "export-schedules":
		op.Responses["200"].Content = map[string]*huma.MediaType{"text/calendar": {Schema: &huma.Schema{Type: huma.TypeString}}}
	}
}

// refuses adds statuses to those that the operation refuses with, all of one shape.
func refuses(op *huma.Operation, statuses ...int) {
	for _, status := range statuses {
		code := strconv.Itoa(status)
		if op.Responses[code] == nil {
			op.Responses[code] = &huma.Response{Description: http.StatusText(status), Content: op.Responses["404"].Content}
		}
	}
}
