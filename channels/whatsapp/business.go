package whatsapp

import "ringback/channels"

// whole is the business account that a change is about as a whole; empty: it is about
// one of its numbers, or about none that can be read.
func (c change) whole() string {
	if c.account() != "" || !digits(c.business) || len(c.business) > maxBusiness {
		return ""
	}
	return c.business
}

// maxBusiness is how long the id of a business account may be, in digits.
const maxBusiness = 32

// businesses are the business accounts that a body tells of as a whole.
func businesses(r channels.Request) ([]string, error) {
	changes, err := open(r.Body)
	if err != nil {
		return nil, err
	}
	var all []string
	seen := map[string]bool{"": true}
	for _, c := range changes {
		if business := c.whole(); !seen[business] {
			seen[business] = true
			all = append(all, business)
		}
	}
	return all, nil
}
