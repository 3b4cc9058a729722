// Package entrasim is the stand-in for Microsoft: the sign-in host, Microsoft Graph and a plain admin centre, over
// HTTPS with its own certificate authority, in one process. Tests and cmd/demo embed it; the product never does.
//
// It is a strict server, not a mock: tokens are signed and verified, every Graph call passes the permission gate and
// Microsoft's rule about privileged targets, unknown routes, properties and filters are refused, and time-bound things
// (passes, role schedules, sessions, tokens) end by the clock. Where Microsoft's documentation and observed behaviour
// disagree, the documentation's stricter reading is the default (PasswordRuleStrict).
//
// Left out: $batch, FIDO2 provisioning, federated identity credentials at the token endpoint, conditional access, and the
// registration of sign-in methods at the sign-in page (RegisterMethod does it from a test).
//
// It knows nothing about Hourglass: no import of the product, and nothing of the product's words except in the samples.
//
// # Listeners
//
// Start opens four of them, each on its own port: LoginURL (tokens, consent, sign-in pages), GraphURL (the base of every
// Graph call, ends in "/v1.0", no trailing slash), AdminURL (the admin centre) and ControlURL. The first three speak TLS
// with a certificate for localhost, 127.0.0.1 and Microsoft's own host names, so that a browser test can map the real names
// to these ports; the issuer and the endpoints of the OpenID document follow the host that was asked.
//
// # Steering it
//
// A test uses the Go API: AddTenant, RegisterApp, Consent, AddUser, ... to seed; SetDelays, SetLicence, SetTAPPolicy,
// AddFault, SetLatency, ... to disturb; User, Roles, Methods, Sessions, Audits, Stats, TrySignIn, ... to look.
//
// The control listener (plain HTTP, loopback only, never called by the product) offers the same as JSON. Durations are
// Go's ("90s"), instants RFC 3339. {t} is a tenant's id or one of its domains.
//
//	GET    /tenants                    list of {id, name, defaultDomain, licence, ...}
//	POST   /tenants                    TenantSpec
//	PATCH  /tenants/{t}                any of {licence, tapPolicy, securityDefaults, passwordRule, delays}
//	POST   /tenants/{t}/users          UserSpec                -> {id}
//	POST   /tenants/{t}/groups         GroupSpec               -> {id}
//	POST   /tenants/{t}/roles          {user, role}            assign a role by hand, as a customer's admin would
//	GET    /tenants/{t}/users/{u}      account, roles, methods, sessions of one user (id, user name or employeeId)
//	PATCH  /tenants/{t}/users/{u}      any of {accountEnabled, password, userPrincipalName, locked, revokeSessions}
//	DELETE /tenants/{t}/users/{u}      soft delete, as a customer's admin would
//	GET    /tenants/{t}/audits         directory audit rows
//	POST   /tenants/{t}/consent        {clientId, permissions} permissions empty: all that the app declares
//	PATCH  /tenants/{t}/consent/{app}  {disabled, revoke}      switch the app off or on; take single permissions away
//	DELETE /tenants/{t}/consent/{app}  revoke
//	PUT    /domains/{domain}           {federated}
//	POST   /apps                       AppSpec
//	GET    /faults, POST /faults       Fault -> {id};          DELETE /faults[/{id}]
//	PUT    /latency                    {"graph": "50ms"}
//	PUT    /throttling                 {"enabled": true}
//	GET    /stats                      calls per route, sum of answer times
//	GET    /requests                   the last recorded requests (never tokens, passwords or passes)
package entrasim
