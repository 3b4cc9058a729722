package entra

import "time"

// Limits are per tenant and stay below what Microsoft allows an app in one tenant (microsoft-graph.md, 1.13).
// A zero field is what Microsoft publishes.
type Limits struct {
	// Units are resource units; the published limit of the smallest tenants is 3,500 per 10 s.
	Units Rate
	// Writes: 3,000 per 150 s.
	Writes Rate
	// Reports are the calls to /users/{id}/authentication and /auditLogs: 5 per 10 s.
	Reports Rate
}

// Rate is how many in every stretch of time.
type Rate struct {
	Count int
	Per   time.Duration
}
