package audit

// Action says what a record is about. The words are stable: exports and checkpoints carry them.
type Action string

const (
	PersonAdded     Action = "person.added"
	PersonChanged   Action = "person.changed" // name or MSP roles
	PersonSuspended Action = "person.suspended"
	PersonResumed   Action = "person.resumed"
	EnrolmentAdded  Action = "enrolment.added"
	PasskeyEnrolled Action = "passkey.enrolled" // by a one-time link
	PasskeyAdded    Action = "passkey.added"    // by a signed-in person
	PasskeyRenamed  Action = "passkey.renamed"
	PasskeyRemoved  Action = "passkey.removed"
	PasskeyCloned   Action = "passkey.cloned" // it exists more than once, and is refused from then on
	SessionOpened   Action = "session.opened"
	SessionEnded    Action = "session.ended"

	PairingConfirmed Action = "pairing.confirmed" // by the person, in the portal
	PairingRefused   Action = "pairing.refused"   // a code that came without what it was bound to
	BrowserPaired    Action = "browser.paired"
	BrowserRemoved   Action = "browser.removed" // by somebody, or by Hourglass where something was used twice
	// BrowserRefused: a request in a paired browser's name; once for each cause and quarter of an hour.
	BrowserRefused Action = "browser.refused"

	CustomerAdded     Action = "customer.added"
	CustomerChanged   Action = "customer.changed" // its name or settings
	CustomerApprovers Action = "customer.approvers_changed"
	ProfileAdded      Action = "profile.added"
	ProfileChanged    Action = "profile.changed"
	ProfileRetired    Action = "profile.retired"
	TeamAdded         Action = "team.added"
	TeamChanged       Action = "team.changed" // name or members
	TeamRemoved       Action = "team.removed"
	EntitlementAdded  Action = "entitlement.added"
	// EntitlementRemoved: by somebody. One whose end date passes has no record of its own.
	EntitlementRemoved Action = "entitlement.removed"

	// ListImported follows the records of the changes that an import made.
	ListImported Action = "list.imported"

	ConnectionBegun     Action = "connection.begun"
	ConnectionConsented Action = "connection.consented" // the tenant is still to be verified
	ConnectionRefused   Action = "connection.refused"   // a callback that was not accepted
	ConnectionFailed    Action = "connection.failed"
	CustomerConnected   Action = "customer.connected"
	AppKeyExpires       Action = "app_key.expires" // a secret or a certificate comes near its end

	PreflightRequested Action = "preflight.requested"
	FindingAppeared    Action = "finding.appeared"
	FindingMended      Action = "finding.mended"
	AppRoleAllowed     Action = "app_role.allowed"   // the app may take User Administrator for itself
	AppRoleForbidden   Action = "app_role.forbidden" // it may no more
	AppRoleTaken       Action = "app_role.taken"     // it is about to take it
	AppRoleReturned    Action = "app_role.returned"

	CustomerLeaving      Action = "customer.leaving" // it is being disconnected or removed
	CustomerDisconnected Action = "customer.disconnected"
	CustomerRemoved      Action = "customer.removed"
	// CustomerAbandoned: somebody acknowledged that accounts there may still be on.
	CustomerAbandoned Action = "customer.abandoned"

	DrillsScheduled Action = "drills.scheduled" // how often; "never" ends it
	DrillBegun      Action = "drill.begun"
	DrillArmed      Action = "drill.armed" // the canary holds the roles
	DrillOff        Action = "drill.off"   // the canary is proven off
	DrillEnded      Action = "drill.ended"

	GrantRequested        Action = "grant.requested"
	GrantRefused          Action = "grant.refused"
	GrantAwaitingApproval Action = "grant.awaiting_approval"
	GrantApproved         Action = "grant.approved"
	GrantDenied           Action = "grant.denied"
	GrantProvisioning     Action = "grant.provisioning"
	GrantActive           Action = "grant.active"
	GrantExtended         Action = "grant.extended"
	GrantEnding           Action = "grant.ending"
	GrantEnded            Action = "grant.ended"

	// WorkflowsRead: somebody looked into workflows through the codec server; once for each quarter of an hour.
	WorkflowsRead Action = "workflows.read"

	AccountCreated     Action = "account.created"
	AccountFound       Action = "account.found"
	AccountOff         Action = "account.off"     // proven, when its customer left; a grant's proof is in grant.ended
	AccountDeleted     Action = "account.deleted" // or not, where Microsoft refused
	CredentialIssued   Action = "credential.issued"
	CredentialRevealed Action = "credential.revealed"
	CredentialFilled   Action = "credential.filled" // handed to a paired browser for one field of one page

	LaunchBegun Action = "launch.begun" // a paired browser opens Microsoft's sign-in
	FillRefused Action = "fill.refused"
	// LaunchReported is what a paired browser says of a sign-in, or of an attack on it.
	LaunchReported Action = "launch.reported"
)
