// Package entra speaks to Microsoft: the token endpoint of the sign-in host and Microsoft Graph, always
// in the name of Hourglass's app, or of one of the customer's own, and always inside one customer's tenant (right-tenant).
//
// A Client holds what all tenants share: connections, the app's identity, limits. A Tenant is the view of one
// customer's tenant; each of its methods is one effect or one question. Nothing is retried in here, because the
// workflow retries; instead every effect is safe to repeat, and every failure is an *Error whose Kind says what a
// repeat can hope for. Microsoft's answers are hostile input: they are bounded in size and number, and an answer
// of the wrong shape is a failure, never a zero value that would look like "off".
//
// The package is the only importer of the Microsoft SDK, and imports only the sub-packages that it calls. It knows
// nothing of grants, of the database or of Temporal, keeps no state but tokens and what the comments of Licence and
// PassPolicy name, and never logs or returns a body or a message of Microsoft's.
//
// How a call travels (each step in the file of that name):
//
//	accounts.go …      builds the request with the SDK and reads the answer into this package's types
//	tenant.go          run: gives the call its name, its kind (read or write) and the deadline
//	pipeline.go        the one way out: waits for the limiter, authenticates, sends, bounds and judges the answer
//	limits.go          Microsoft's published limits, per tenant
//	credential.go      tokens per tenant, checked against the tenant before they are used
//	judge.go           from Microsoft's codes to the kinds of errors.go
package entra
