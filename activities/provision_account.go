package activities

import (
	"context"

	"hourglass/internal/access"
	"hourglass/internal/entra"
	"hourglass/internal/seal"
	"hourglass/internal/store"
	"hourglass/workflows"
)

// ProvisionAccount finds the account by its id or its marker or creates it, makes sure that it is disabled and
// holds no role, directly or through a group, and goes on with its credential (rotate_password.go) where it is asked to.
//
// Microsoft calls, first grant: 1 (create). Returning: 3 (read the account, its roles, its groups). A repeat after the
// account was there: 2 (its roles, its groups). And those of the credential.
func (a *Activities) ProvisionAccount(ctx context.Context, in workflows.ProvisionInput) (workflows.Rotated, error) {
	defer startPulse(ctx).stop()
	var rotated workflows.Rotated
	err := a.provisionAccount(ctx, in.GrantID)
	if err == nil && in.AndCredential {
		rotated, err = a.rotatePassword(ctx, in.GrantID)
	}
	return rotated, a.provisioningFailure(ctx, err)
}

func (a *Activities) provisionAccount(ctx context.Context, id access.GrantID) error {
	plan, err := a.store.Plan(ctx, id)
	if err != nil {
		return err
	}
	name, err := nameOf(plan)
	if err != nil {
		return err
	}
	// Durable before the first write: a retry knows that a creation may have taken effect.
	plan, err = a.store.BeginProvisioning(ctx, id, name.UPN)
	if err != nil {
		return err
	}

	tenant := a.entra.Tenant(plan.Customer.TenantID)
	if plan.Grant.AccountAt != nil { // an attempt before this one, which may have come as far as the credential
		return strip(ctx, tenant, plan.Account.ObjectID)
	}
	account, found, err := findAccount(ctx, tenant, plan.Account)
	if err != nil {
		return err
	}
	if !found {
		if account, err = a.createAccount(ctx, tenant, plan.Account.Marker, name); err != nil {
			return err
		}
		return a.store.AccountProvisioned(ctx, id, store.Provisioned{ObjectID: account.ID, UPN: account.UserName})
	}
	return a.prepareFound(ctx, tenant, id, account)
}

// nameOf is how the account is called. The name that was tried first stays, whatever becomes of the templates: a repeat
// must not make a second account. So does that of an account which its customer deleted, unless its domain is another now.
func nameOf(plan store.Plan) (access.AccountName, error) {
	name, err := plan.Customer.Naming.Name(access.Subject{
		Person: plan.Person.Name, Handle: plan.Person.Handle,
		Customer: plan.Customer.Name, Domain: plan.Customer.AccountDomain, Marker: plan.Account.Marker,
	})
	if tried, unnamed := access.ParseUPN(plan.Account.UPN); unnamed == nil && tried.Domain() == name.UPN.Domain() {
		name.UPN = tried
	}
	return name, err
}

// findAccount looks by id where it is known, otherwise by marker if a creation was ever attempted.
// A customer may have deleted the account: then it is not found, and made anew.
func findAccount(ctx context.Context, tenant *entra.Tenant, known store.Account) (entra.Account, bool, error) {
	if !known.ObjectID.IsZero() {
		account, err := tenant.Account(ctx, known.ObjectID)
		if entra.KindOf(err) != entra.NotFound {
			return account, err == nil, err
		}
	}
	if !known.CreateAttempted {
		return entra.Account{}, false, nil
	}
	account, err := tenant.FindAccount(ctx, known.Marker)
	if entra.KindOf(err) == entra.NotFound {
		return entra.Account{}, false, nil
	}
	return account, err == nil, err
}

// createAccount tries the name, and the name that is this account's alone. A name that is taken by an account with our marker is the
// account of a creation whose answer was lost, not yet to be found by its marker.
func (a *Activities) createAccount(ctx context.Context, tenant *entra.Tenant, marker access.Marker, name access.AccountName) (entra.Account, error) {
	var conflict error
	for _, upn := range []access.UPN{name.UPN, name.UPN.Distinct(marker)} {
		asked := entra.NewAccount{UPN: upn, DisplayName: name.Display, Marker: marker, Password: seal.NewPassword(a.random)}
		account, err := tenant.CreateAccount(ctx, asked)
		if federated(ctx, tenant, upn.String(), err) {
			asked.Federated = true
			account, err = tenant.CreateAccount(ctx, asked)
		}
		if entra.KindOf(err) != entra.Conflict {
			return account, err
		}
		conflict = err
		taken, err := tenant.AccountNamed(ctx, upn)
		switch {
		case err == nil && taken.Marker == marker.String():
			return taken, nil
		case err != nil:
			return entra.Account{}, err
		}
	}
	return entra.Account{}, conflict
}

// prepareFound takes away what an account has that no grant of now gave it (least-power), and disables it.
func (a *Activities) prepareFound(ctx context.Context, tenant *entra.Tenant, id access.GrantID, account entra.Account) error {
	held, err := readPowers(ctx, tenant, account.ID)
	if err != nil {
		return err
	}
	if err := held.remove(ctx, tenant, account.ID); err != nil {
		return err
	}
	// Roles go first: Microsoft refuses to disable a privileged account for an app.
	if account.Enabled {
		if err := tenant.SetEnabled(ctx, account.ID, false); err != nil {
			return err
		}
	}
	err = a.store.AccountProvisioned(ctx, id, store.Provisioned{
		ObjectID: account.ID, UPN: account.UserName, Found: true, LeftoverRoles: held.count(),
	})
	if err != nil || held.count() == 0 {
		return err
	}
	return strip(ctx, tenant, account.ID)
}

// strip takes away what an account still holds, and reads back that nothing is left.
func strip(ctx context.Context, tenant *entra.Tenant, id access.ObjectID) error {
	held, err := readPowers(ctx, tenant, id)
	if err != nil || held.count() == 0 {
		return err
	}
	if err := held.remove(ctx, tenant, id); err != nil {
		return err
	}
	if held, err = readPowers(ctx, tenant, id); err != nil {
		return err
	}
	return held.notOff()
}
