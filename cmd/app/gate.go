package app

import "ringback/settings/staff"

// Gate is what a server with this configuration lets people in by, for who
// works beside it for its first company.
func Gate(c Config, d *Database, company string) staff.Gate {
	return staff.Gate{DB: d.DB, Bootstrap: c.BootstrapKey, Company: company, PublicURL: c.publicURL}
}
