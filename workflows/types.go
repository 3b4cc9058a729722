package workflows

import (
	"context"
	"time"

	"hourglass/internal/access"
)

// Input starts JITAccessWorkflow. The rest of a grant is read from the database by the activities.
type Input struct {
	GrantID          access.GrantID
	PersonID         access.PersonID
	CustomerID       access.CustomerID
	TenantID         access.TenantID
	Credential       access.CredentialKind
	Maximum          access.Lifetime
	ApprovalRequired bool
}

// State is what QueryState and the updates answer.
type State struct {
	GrantID access.GrantID
	State   access.State
	// Cause is set from the moment on at which the grant has to end.
	Cause access.Outcome `json:",omitempty"`
	// Comment is the words of the person who revoked, or the kind of the failure.
	Comment    string     `json:",omitempty"`
	ActiveAt   *time.Time `json:",omitempty"`
	ExpiresAt  *time.Time `json:",omitempty"`
	PassEndsAt *time.Time `json:",omitempty"`
	// RolesEndAtMicrosoft: the roles are schedules that Microsoft itself ends.
	RolesEndAtMicrosoft bool
	Proof               *access.Proof `json:",omitempty"`
}

// SealedCredential is a credential under the data key of its grant, in its text form.
type SealedCredential string

// Arguments of the updates.
type (
	// Named names the grant that is meant, and who asks.
	Named struct {
		GrantID access.GrantID
		By      access.PersonID
		Comment string `json:",omitempty"`
	}
	// Extension moves the end of an active grant to a later instant.
	Extension struct {
		Named
		// Key makes a repeated request one extension.
		Key       string
		ExpiresAt time.Time
	}
	// Reissue asks for a new Temporary Access Pass that lasts until the grant's end.
	Reissue struct {
		Named
		Key string
	}
	// Decision of an approver.
	Decision struct {
		Named
		Approved bool
	}
)

// Inputs and results of the activities.
type (
	GrantRef struct{ GrantID access.GrantID }

	// ProvisionInput asks for an account. AndCredential: and for its credential, in the same step.
	ProvisionInput struct {
		GrantID       access.GrantID
		AndCredential bool `json:",omitempty"`
	}

	// Rotated is a credential: the outcome of ProvisionAccount, where it was asked for one, RotatePassword and ReissuePass.
	Rotated struct {
		Sealed     SealedCredential
		PassEndsAt *time.Time `json:",omitempty"`
	}

	// Activated is the outcome of AssignRoles: the clock of the lifetime started at ActiveAt.
	Activated struct {
		ActiveAt, ExpiresAt time.Time
		RolesEndAtMicrosoft bool
	}

	// SwitchOffInput says why the grant ends; a repeat keeps the first cause. Removed is what was taken away before.
	SwitchOffInput struct {
		GrantID access.GrantID
		Cause   access.Outcome
		By      access.PersonID
		Comment string `json:",omitempty"`
		Removed Tally  `json:",omitzero"`
	}

	// Progress is how far an attempt of SwitchOff is. Heartbeats carry it, and the failure of an attempt.
	Progress struct {
		Step    string
		Removed Tally
	}

	// Tally counts what was found on an account and taken away, over all attempts.
	Tally struct{ Roles, Groups, Methods int }

	// ExtendInput carries the present credential, because a new pass is sealed together with the
	// password that stays.
	ExtendInput struct {
		Extension
		Sealed     SealedCredential
		PassEndsAt *time.Time `json:",omitempty"`
	}

	// Extended is the outcome of ExtendAccess. Sealed is empty where the credential stayed.
	Extended struct {
		ExpiresAt time.Time
		Rotated
	}

	ReissueInput struct {
		Reissue
		Sealed SealedCredential
	}

	WithdrawInput struct {
		Named
		Outcome access.Outcome
	}
)

// Grant names the grant that an activity is about.
func (in GrantRef) Grant() access.GrantID       { return in.GrantID }
func (in ProvisionInput) Grant() access.GrantID { return in.GrantID }
func (in Named) Grant() access.GrantID          { return in.GrantID }
func (in SwitchOffInput) Grant() access.GrantID { return in.GrantID }

// Activities is everything that the workflow has done by others. Each is idempotent and writes the
// database's side of its step (state and audit record) itself.
type Activities interface {
	// ProvisionAccount finds the account by id or marker or creates it, and makes sure that it is
	// disabled and holds no role. Where it is asked to, it goes on as RotatePassword does.
	ProvisionAccount(context.Context, ProvisionInput) (Rotated, error)
	// RotatePassword sets a fresh password, enables the account and, where the profile says so,
	// issues a pass. For grants whose ProvisionAccount came back without a credential.
	RotatePassword(context.Context, GrantRef) (Rotated, error)
	// AssignRoles gives exactly the roles of the profile and starts the clock.
	AssignRoles(context.Context, GrantRef) (Activated, error)
	// SwitchOff does whatever is still missing, reads everything back and returns the proof.
	SwitchOff(context.Context, SwitchOffInput) (access.Proof, error)
	ExtendAccess(context.Context, ExtendInput) (Extended, error)
	ReissuePass(context.Context, ReissueInput) (Rotated, error)
	AwaitApproval(context.Context, GrantRef) error
	// RecordDecision writes an approver's decision; a denial ends the grant.
	RecordDecision(context.Context, Decision) error
	// Withdraw ends a grant that was never approved.
	Withdraw(context.Context, WithdrawInput) error
	// LeaveCustomer tries once to switch off each account of a customer that leaves, and ends the departure
	// when nothing is left to do.
	LeaveCustomer(context.Context, LeaveInput) (Left, error)
	// ArmCanary gives a canary account the profile of the drill.
	ArmCanary(context.Context, DrillInput) error
	// SwitchOffCanary does whatever is still missing, reads everything back and keeps the proof.
	SwitchOffCanary(context.Context, DrillEnding) error
	// RemoveCanary deletes the canary, where Microsoft lets it, and ends the drill.
	RemoveCanary(context.Context, DrillInput) error
}
