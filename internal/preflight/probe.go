package preflight

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/entra"
	"hourglass/internal/seal"
	"hourglass/internal/store"
)

const (
	// probeAgain is how long a password reset that worked counts as allowed, so that a check which settings call for
	// does not write to the tenant each time.
	probeAgain = 20 * time.Hour
	probeName  = "Hourglass pre-flight (always disabled)"
)

// passwordReset finds out whether Microsoft lets the app set the password of an account without roles, and returns the
// account on which that is tried. It sets f.PasswordReset, except where something else stands in the way.
func (r *reading) passwordReset(ctx context.Context, app entra.App, f *access.TenantFacts) access.ObjectID {
	if !r.triable(f) {
		return access.ObjectID{}
	}
	renewed, err := r.renewed(ctx, app)
	if err != nil {
		r.unread(ctx, access.FactPasswordReset, err)
		return r.task.Probe.ObjectID
	}
	if r.task.HasRole && !r.task.MayTakeRole {
		if err := r.returnRole(ctx, app); err != nil {
			r.unread(ctx, access.FactPasswordReset, err)
			return r.task.Probe.ObjectID
		}
	} else if r.recentlyAllowed() && !renewed {
		f.PasswordReset = r.task.Facts.PasswordReset
		return r.task.Probe.ObjectID
	}
	probe, err := r.probe(ctx, f.Domains)
	if err == nil {
		f.PasswordReset, err = r.try(ctx, app, probe.ObjectID)
	}
	before := r.task.Facts
	f.ResetLost = f.PasswordReset == access.ResetRefused && (before.ResetLost || renewed && before.PasswordReset == access.ResetAllowed)
	if err == nil {
		probe.At = new(r.clock())
		err = r.store.NoteProbe(ctx, r.task, probe)
	}
	if err != nil {
		r.unread(ctx, access.FactPasswordReset, err)
	}
	if f.PasswordReset == access.ResetPending || entra.KindOf(err) == entra.NotFound {
		r.soon = verySoon // the role, or the account, is on its way through Microsoft
	}
	return probe.ObjectID
}

// renewed reports whether the app is another object in the tenant than the last time: its consent was taken back and given anew.
// What roles the one before had are lost, the one that Hourglass took too.
func (r *reading) renewed(ctx context.Context, app entra.App) (bool, error) {
	before := r.task.Facts.Permissions
	if before == nil || before.PrincipalID.IsZero() || app.PrincipalID.IsZero() || before.PrincipalID == app.PrincipalID {
		return false, nil
	}
	if !r.task.HasRole {
		return true, nil
	}
	r.task.HasRole = false
	return true, r.store.NoteAppRole(ctx, r.task, false)
}

// triable reports whether a refusal would mean anything: the account domain is one in which Microsoft sets passwords, and
// no permission is missing without which every grant fails.
func (r *reading) triable(f *access.TenantFacts) bool {
	return managed(f.Domains, r.task.Customer.AccountDomain) && !slices.ContainsFunc(f.Permissions.Missing, func(p access.MissingPermission) bool {
		return p.Need == access.NeededByEveryGrant
	})
}

func managed(domains []access.TenantDomain, name string) bool {
	return slices.ContainsFunc(domains, func(d access.TenantDomain) bool { return d.Managed && strings.EqualFold(d.Name, name) })
}

func (r *reading) recentlyAllowed() bool {
	return r.task.Facts.PasswordReset == access.ResetAllowed && !r.task.Requested &&
		r.task.Probe.At != nil && r.clock().Before(r.task.Probe.At.Add(probeAgain))
}

// try resets the password, and takes the role where that is refused and the role allowed.
func (r *reading) try(ctx context.Context, app entra.App, probe access.ObjectID) (access.PasswordReset, error) {
	answer, err := r.reset(ctx, probe)
	if err != nil || answer == access.ResetAllowed {
		return answer, err
	}
	// Somebody may have given the account roles by hand: then the refusal says nothing about the app.
	held, err := r.tenant.Roles(ctx, probe)
	if err != nil {
		return "", err
	}
	if len(held) > 0 {
		return "", errors.New("the account of the pre-flight holds roles")
	}
	if !r.task.MayTakeRole || app.PrincipalID.IsZero() {
		return access.ResetRefused, nil
	}
	if err := r.store.NoteAppRole(ctx, r.task, true); err != nil {
		return "", err // nothing-forgotten: no role without its record
	}
	if err := r.tenant.TakeRole(ctx, app.PrincipalID, access.UserAdministrator); err != nil {
		r.log.WarnContext(ctx, "the app could not take User Administrator", "error", err)
		return access.ResetRefused, nil
	}
	if answer, err = r.reset(ctx, probe); answer == access.ResetRefused {
		answer = access.ResetPending
	}
	return answer, err
}

// reset sets a password that nobody keeps.
func (r *reading) reset(ctx context.Context, probe access.ObjectID) (access.PasswordReset, error) {
	err := r.tenant.SetPassword(ctx, probe, seal.NewPassword(r.random))
	switch {
	case err == nil:
		return access.ResetAllowed, nil
	case entra.KindOf(err) == entra.Forbidden:
		return access.ResetRefused, nil
	}
	return "", err
}

// returnRole gives back the role that the app had taken, as an admin does not allow it any more.
func (r *reading) returnRole(ctx context.Context, app entra.App) error {
	if app.PrincipalID.IsZero() {
		return errors.New("the token does not say which object the app is")
	}
	if err := r.tenant.ReturnRole(ctx, app.PrincipalID, access.UserAdministrator); err != nil {
		return err
	}
	return r.store.NoteAppRole(ctx, r.task, false)
}

// probe finds the account on which resets are tried, or makes it. Its marker is durable before that, so that one whose
// creation was not answered is found again, whoever goes on.
func (r *reading) probe(ctx context.Context, domains []access.TenantDomain) (store.Probe, error) {
	known := r.task.Probe
	account, err := r.findProbe(ctx, known)
	if _, domain, _ := strings.Cut(account.UserName, "@"); err == nil && !managed(domains, domain) {
		// There is none yet, or its domain was federated and nobody can set its password any more.
		if !account.ID.IsZero() {
			if err := r.tenant.DeleteAccount(ctx, account.ID); err != nil {
				return known, err
			}
		}
		known = store.Probe{}
	}
	if known.Marker == (access.Marker{}) {
		if known.Marker, err = r.newMarker(); err != nil {
			return known, err
		}
		if err := r.store.NoteProbe(ctx, r.task, known); err != nil {
			return known, err
		}
		account, err = r.makeProbe(ctx, known.Marker)
	}
	if entra.KindOf(err) == entra.NotFound {
		account, err = r.makeProbe(ctx, known.Marker)
	}
	if err != nil {
		return known, err
	}
	if account.Enabled {
		if err := r.tenant.SetEnabled(ctx, account.ID, false); err != nil {
			return known, err
		}
	}
	if known.ObjectID == account.ID {
		return known, nil
	}
	known.ObjectID = account.ID
	return known, r.store.NoteProbe(ctx, r.task, known)
}

func (r *reading) newMarker() (access.Marker, error) {
	var random [8]byte
	if _, err := io.ReadFull(r.random, random[:]); err != nil {
		return access.Marker{}, fmt.Errorf("drawing a marker: %w", err)
	}
	return access.NewMarker(random), nil
}

// findProbe looks by id, then by marker; there is nothing to look for before the first time.
func (r *reading) findProbe(ctx context.Context, known store.Probe) (entra.Account, error) {
	if known.Marker == (access.Marker{}) {
		return entra.Account{}, nil
	}
	if !known.ObjectID.IsZero() {
		account, err := r.tenant.Account(ctx, known.ObjectID)
		if entra.KindOf(err) != entra.NotFound {
			return account, err
		}
	}
	return r.tenant.FindAccount(ctx, known.Marker)
}

// makeProbe uses the name that is the marker's own. Where it is taken, the account is ours and not yet found by its marker.
func (r *reading) makeProbe(ctx context.Context, m access.Marker) (entra.Account, error) {
	name, err := access.NewUPN("hg-preflight-"+strings.TrimPrefix(strings.ToLower(m.String()), "hg-"), r.task.Customer.AccountDomain)
	if err != nil {
		return entra.Account{}, err
	}
	account, err := r.tenant.CreateAccount(ctx, entra.NewAccount{
		UPN: name, DisplayName: must(access.NewName(probeName)), Marker: m, Password: seal.NewPassword(r.random),
	})
	if entra.KindOf(err) != entra.Conflict {
		return account, err
	}
	taken, lookErr := r.tenant.AccountNamed(ctx, name)
	if lookErr != nil || taken.Marker != m.String() {
		return entra.Account{}, errors.Join(err, lookErr)
	}
	return taken, nil
}

// must is for values that are written in this package.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
