package activities

import (
	"context"
	"errors"

	"hourglass/internal/access"
	"hourglass/internal/entra"
	"hourglass/internal/store"
)

// leaveTraces takes away what pre-flight has left in a tenant in which every account is proven off: the account on which it tried
// password resets, and the role that it took for the app, which nothing needs any more. It reports whether the departure can end: not
// while Microsoft has a bad moment, or a check is still at it. What Microsoft refuses stays, and keeps nobody from leaving.
//
// Microsoft calls: 2 (find, delete) for the account, 2 for the role.
func (a *Activities) leaveTraces(ctx context.Context, tenant *entra.Tenant, d store.Departure) (done bool, err error) {
	traces, err := a.store.PreflightTraces(ctx, d)
	if err != nil || traces.Checking {
		return false, err
	}
	if traces.Probe.Marker != (access.Marker{}) {
		deletion := access.AccountDeleted
		if err := deleteProbe(ctx, tenant, traces.Probe); err != nil {
			if a.comesBack(ctx, d, "pre-flight's account was not deleted", err) {
				return false, ctx.Err()
			}
			deletion = access.DeletionRefused
		}
		if err := a.store.ProbeDeletion(ctx, d, deletion); err != nil {
			return false, err
		}
	}
	if traces.HasRole {
		if err := returnOwnRole(ctx, tenant); err != nil {
			return !a.comesBack(ctx, d, "the app's role was not returned", err), ctx.Err()
		}
		return true, a.store.AppRoleLeft(ctx, d)
	}
	return true, nil
}

// comesBack reports whether what went wrong is worth another round.
func (a *Activities) comesBack(ctx context.Context, d store.Departure, what string, err error) bool {
	a.log.WarnContext(ctx, what, "customer", d.CustomerID, "error", err)
	return ctx.Err() != nil || passing[entra.KindOf(err)]
}

// deleteProbe finds the account by its id, or by its marker where its creation was not answered.
func deleteProbe(ctx context.Context, tenant *entra.Tenant, probe store.Probe) error {
	found, exists, err := findAccount(ctx, tenant, store.Account{ObjectID: probe.ObjectID, Marker: probe.Marker, CreateAttempted: true})
	if err != nil || !exists {
		return err
	}
	return tenant.DeleteAccount(ctx, found.ID)
}

func returnOwnRole(ctx context.Context, tenant *entra.Tenant) error {
	app, err := tenant.App(ctx)
	if err != nil {
		return err
	}
	if app.PrincipalID.IsZero() {
		return errors.New("the token does not say which object the app is")
	}
	return tenant.ReturnRole(ctx, app.PrincipalID, access.UserAdministrator)
}
