package activities

import (
	"context"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/entra"
	"hourglass/internal/seal"
	"hourglass/internal/store"
	"hourglass/workflows"
)

// RotatePassword sets a fresh password, enables the account and, where the profile says so, issues a
// Temporary Access Pass. It returns the credential sealed under the grant's data key. ProvisionAccount does the same
// in its second half; on its own it is for grants that an earlier version began.
//
// The password comes first, so that one which somebody may know never opens an enabled account. It is
// set even where only the pass is handed out: an admin of the customer may have changed it meanwhile.
// Both are separate writes, because Microsoft authorises a write as a whole.
//
// Microsoft calls: 2 (password, enable), and 1 for the pass. Reading the pass policy is kept per tenant.
func (a *Activities) RotatePassword(ctx context.Context, in workflows.GrantRef) (workflows.Rotated, error) {
	defer startPulse(ctx).stop()
	rotated, err := a.rotatePassword(ctx, in.GrantID)
	return rotated, a.provisioningFailure(ctx, err)
}

func (a *Activities) rotatePassword(ctx context.Context, id access.GrantID) (rotated workflows.Rotated, err error) {
	plan, err := a.store.Plan(ctx, id)
	if err != nil {
		return workflows.Rotated{}, err
	}
	if err := access.CheckTransition(plan.Grant.State, access.Active); err != nil {
		return workflows.Rotated{}, err // the grant is ending: its account is not to be enabled
	}
	defer func() { err = a.unlessEnded(ctx, id, err) }()
	tenant := a.entra.Tenant(plan.Customer.TenantID)
	account, terms := plan.Account.ObjectID, plan.Grant.Terms

	password := seal.NewPassword(a.random)
	if err := setPassword(ctx, tenant, account, plan.Account.UPN, terms.Credential, password); err != nil {
		return workflows.Rotated{}, err
	}
	if err := tenant.SetEnabled(ctx, account, true); err != nil {
		return workflows.Rotated{}, err
	}
	credential := access.Credential{UserName: plan.Account.UPN}
	if terms.Credential.HasPassword() {
		credential.Password = password
	}
	issued := store.Issued{Issue: "first", Kind: terms.Credential}
	if terms.Credential.HasPass() {
		pass, inTime, err := a.issuePass(ctx, tenant, account, terms.Lifetime.Duration())
		if err != nil {
			return workflows.Rotated{}, err
		}
		credential.Pass, issued.PassEndsAt, issued.PassEndsInTime = pass.Value, &pass.EndsAt, inTime
	}
	return a.keepCredential(ctx, id, credential, issued)
}

// issuePass issues a pass for as much of the remaining time as the customer's policy allows.
// inTime is false where the policy's minimum is longer than that: then the end of the grant takes
// the pass away, and Microsoft's own clock would be too late.
func (a *Activities) issuePass(ctx context.Context, tenant *entra.Tenant, account access.ObjectID, remaining time.Duration) (pass entra.Pass, inTime bool, err error) {
	policy, err := tenant.PassPolicy(ctx)
	if err != nil {
		return entra.Pass{}, false, err
	}
	minutes := min(int(remaining/time.Minute), policy.MaxMinutes)
	inTime = minutes >= policy.MinMinutes
	pass, err = tenant.IssuePass(ctx, account, max(minutes, policy.MinMinutes))
	return pass, inTime, err
}

// keepCredential seals a credential and records that it was issued (never what it is).
func (a *Activities) keepCredential(ctx context.Context, id access.GrantID, c access.Credential, issued store.Issued) (workflows.Rotated, error) {
	wrapped, err := a.store.DataKey(ctx, id)
	if err != nil {
		return workflows.Rotated{}, err
	}
	sealed, err := a.vault.Seal(id, wrapped, c)
	if err != nil {
		return workflows.Rotated{}, err
	}
	text, err := sealed.MarshalText()
	if err != nil {
		return workflows.Rotated{}, err
	}
	if err := a.store.CredentialIssued(ctx, id, issued); err != nil {
		return workflows.Rotated{}, err
	}
	return workflows.Rotated{Sealed: workflows.SealedCredential(text), PassEndsAt: issued.PassEndsAt}, nil
}
