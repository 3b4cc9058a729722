package workflows

import (
	"go.temporal.io/sdk/temporal"

	"hourglass/internal/access"
)

// TaskQueue is where workflows and activities are polled. One queue: one kind of worker does both.
const TaskQueue = "hourglass"

// JITAccess is the registered name of JITAccessWorkflow.
const JITAccess = "JITAccessWorkflow"

// Leave is the registered name of LeaveWorkflow.
const Leave = "LeaveWorkflow"

// Drill is the registered name of DrillWorkflow.
const Drill = "DrillWorkflow"

// SignalAgain lets LeaveWorkflow begin its next round at once.
const SignalAgain = "again"

// Names of activities; Activities declares them, package activities implements them.
const (
	ProvisionAccount = "ProvisionAccount"
	RotatePassword   = "RotatePassword"
	AssignRoles      = "AssignRoles"
	SwitchOff        = "SwitchOff"
	ExtendAccess     = "ExtendAccess"
	ReissuePass      = "ReissuePass"
	AwaitApproval    = "AwaitApproval"
	RecordDecision   = "RecordDecision"
	Withdraw         = "Withdraw"
	LeaveCustomer    = "LeaveCustomer"
	ArmCanary        = "ArmCanary"
	SwitchOffCanary  = "SwitchOffCanary"
	RemoveCanary     = "RemoveCanary"
)

// Queries.
const (
	// QueryState answers State: everything that an operator needs, and no secret.
	QueryState = "state"
	// QueryCredential answers SealedCredential, which only its data key opens (two-keys).
	QueryCredential = "credential"
)

// Updates. Each takes one argument that names the grant, so that an update meant for an earlier
// grant of the same person at the same customer is refused instead of hitting the current one.
const (
	UpdateBegin   = "begin"
	UpdateReturn  = "return"
	UpdateRevoke  = "revoke"
	UpdateExtend  = "extend"
	UpdateReissue = "reissue"
	UpdateDecide  = "decide"
)

// Search attributes. Temporal stores them in clear: ids only. They are set at the start and never change: a change
// costs an event and a write to the visibility store, and where a grant stands is in the database for whoever asks.
var (
	TenantID     = temporal.NewSearchAttributeKeyKeyword("TenantId")
	TechnicianID = temporal.NewSearchAttributeKeyKeyword("TechnicianId")

	// SearchAttributes is what the namespace has to know.
	SearchAttributes = []temporal.SearchAttributeKey{TenantID, TechnicianID}
)

// JITAccessID is the id under which the grants of one person at one customer run, one after the
// other: Temporal itself refuses a second one while the first is open (one-live-grant).
func JITAccessID(customer access.CustomerID, person access.PersonID) string {
	return "jit/" + customer.String() + "/" + person.String()
}

// LeaveID is the id under which a customer's departure runs.
func LeaveID(customer access.CustomerID) string { return "leave/" + customer.String() }

// DrillID is the id under which the drills of a customer run, one after the other.
func DrillID(customer access.CustomerID) string { return "drill/" + customer.String() }

// Types of the failures with which updates are refused; they are never encrypted.
const (
	// RefusedOtherGrant: the running workflow belongs to another grant.
	RefusedOtherGrant = "OtherGrant"
	// RefusedNow: the grant is not in a state in which this can be done.
	RefusedNow = "NotNow"
	// RefusedInvalid: the argument is outside what the grant's terms allow.
	RefusedInvalid = "Invalid"
)
