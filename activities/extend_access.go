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

// ExtendAccess moves the end of an active grant: later ends for the roles that Microsoft ends by itself, a new pass where the
// present one ends earlier, then the database. Roles come first: where Microsoft refuses them, the technician's pass still works.
func (a *Activities) ExtendAccess(ctx context.Context, in workflows.ExtendInput) (workflows.Extended, error) {
	defer startPulse(ctx).stop()
	extended, err := a.extendAccess(ctx, in)
	return extended, a.provisioningFailure(ctx, err)
}

func (a *Activities) extendAccess(ctx context.Context, in workflows.ExtendInput) (extended workflows.Extended, err error) {
	plan, err := a.activePlan(ctx, in.GrantID)
	if err != nil {
		return workflows.Extended{}, err
	}
	defer func() { err = a.unlessEnded(ctx, in.GrantID, err) }()
	tenant := a.entra.Tenant(plan.Customer.TenantID)
	extended = workflows.Extended{ExpiresAt: in.ExpiresAt}

	if plan.Grant.Switches.RolesEndAtMicrosoft {
		for _, role := range plan.Grant.Terms.Roles {
			if err := tenant.ExtendRole(ctx, plan.Account.ObjectID, role, in.ExpiresAt.Add(afterEnd)); err != nil {
				return workflows.Extended{}, err
			}
		}
	}
	if in.PassEndsAt != nil && in.PassEndsAt.Before(in.ExpiresAt) {
		remaining := in.ExpiresAt.Sub(a.clock())
		if extended.Rotated, err = a.replacePass(ctx, tenant, plan, in.Sealed, in.Key, remaining); err != nil {
			return workflows.Extended{}, err
		}
	}
	_, err = a.store.Extend(ctx, in.GrantID, store.Extension{Key: in.Key, By: in.By, ExpiresAt: in.ExpiresAt})
	return extended, err
}

// replacePass issues a pass for the remaining time and seals it together with the password that stays.
// A pass that Microsoft replaced stops working, so the technician is shown the new one.
func (a *Activities) replacePass(ctx context.Context, tenant *entra.Tenant, plan store.Plan, old workflows.SealedCredential, key string, remaining time.Duration) (workflows.Rotated, error) {
	credential, err := a.open(ctx, plan.Grant.ID, old)
	if err != nil {
		return workflows.Rotated{}, err
	}
	pass, inTime, err := a.issuePass(ctx, tenant, plan.Account.ObjectID, remaining)
	if err != nil {
		return workflows.Rotated{}, err
	}
	credential.Pass = pass.Value
	return a.keepCredential(ctx, plan.Grant.ID, credential, store.Issued{
		Issue: key, Kind: plan.Grant.Terms.Credential, PassEndsAt: &pass.EndsAt, PassEndsInTime: inTime,
	})
}

// open reads a sealed credential back inside the worker, which holds both keys.
func (a *Activities) open(ctx context.Context, id access.GrantID, text workflows.SealedCredential) (access.Credential, error) {
	wrapped, err := a.store.DataKey(ctx, id)
	if err != nil {
		return access.Credential{}, err
	}
	var sealed seal.Sealed
	if err := sealed.UnmarshalText([]byte(text)); err != nil {
		return access.Credential{}, err
	}
	return a.vault.Open(id, wrapped, sealed)
}

func (a *Activities) activePlan(ctx context.Context, id access.GrantID) (store.Plan, error) {
	plan, err := a.store.Plan(ctx, id)
	if err == nil && plan.Grant.State != access.Active {
		err = access.ErrIllegalTransition
	}
	return plan, err
}
