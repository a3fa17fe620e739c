package channels

import "context"

// WiringChecker is a provider that can be asked whether it brings here what happens at
// one of our numbers, and told to.
type WiringChecker interface {
	// CheckWiring holds what is set at the number to what we need when we are reached at
	// the public URL: for texts, for calls or for both. The error is a *SendError.
	CheckWiring(ctx context.Context, account Account, number, publicURL string, texts, calls bool) ([]WiringFinding, error)
	// SetWiring sets at the number what CheckWiring would find wrong and can be set.
	SetWiring(ctx context.Context, account Account, number, publicURL string, texts, calls bool) error
}

// What a finding is about beside what stands at a number: that it belongs to the business
// that its sender names, and that carriers know who texts from it.
const (
	FindingBusiness     = "business"
	FindingRegistration = "registration"
)

// How a registration with carriers stands.
const (
	Registered          = "registered"
	RegistrationWaits   = "waiting"
	RegistrationRefused = "refused"
	RegistrationMissing = "missing"
)

// WiringFinding is how one thing at a provider stands. It is stored.
type WiringFinding struct {
	What  string `json:"what" doc:"number, message, message_fails, call, call_status, call_fails, business or registration"`
	Is    string `json:"is" doc:"What is set there; empty: nothing. Of a registration: registered, waiting, refused or missing"`
	Needs string `json:"needs,omitempty" doc:"What would be right; left out: it is right"`
	Note  bool   `json:"note,omitempty" doc:"It is not as it could be, and works all the same"`
	Kind  string `json:"kind,omitempty" doc:"Of a registration: 10DLC or toll-free"`
	Why   string `json:"why,omitempty" doc:"Why a registration was refused, in the provider's words"`
	Apart bool   `json:"apart,omitempty" doc:"Of a 10DLC registration that is missing: the number is in no Messaging Service, to which one belongs"`
}

// Wrong reports whether nothing comes here because of it.
func (f WiringFinding) Wrong() bool { return f.Needs != "" && !f.Note }
