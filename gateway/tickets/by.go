package tickets

// By is who did something that stands on a ticket's timeline; its zero value is
// the gateway.
type By struct {
	Who      string // their name, for people to read
	Staff    string // the id of one of the staff; empty: an API key, or none of them
	Customer bool   // the ticket's own
}

// Customer is the ticket's customer.
var Customer = By{Who: "customer", Customer: true}

// Author is what is kept of whose doing it was: customer, gateway or advisor. A
// name says nothing about that: anybody may be called anything.
func (b By) Author() string {
	switch {
	case b.Customer:
		return "customer"
	case b == By{}:
		return "gateway"
	}
	return "advisor"
}
