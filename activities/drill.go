package activities

import (
	"context"
	"errors"
	"strings"
	"time"

	"go.temporal.io/sdk/activity"

	"hourglass/internal/access"
	"hourglass/internal/entra"
	"hourglass/internal/seal"
	"hourglass/internal/store"
	"hourglass/workflows"
)

// canaryLifetime is how long Microsoft leaves the canary its roles and its pass where it ends them by itself.
const canaryLifetime = 15 * time.Minute

// deletionTries is how often the deletion of a canary that is off is tried before the canary stays, disabled.
const deletionTries = 10

// ArmCanary makes the canary what a technician's account would be: found or created, with a password, enabled, with a pass
// where the profile has one, and with the profile's roles. Nobody is told password or pass.
//
// Microsoft calls: 1 (create), or those of switchOff for a canary of before; 2 (password, enable), 1 for a pass, 1 per role.
func (a *Activities) ArmCanary(ctx context.Context, in workflows.DrillInput) error {
	defer startPulse(ctx).stop()
	walked := &timeline{phase: access.Arming, clock: a.clock}
	err := a.armCanary(ctx, in.DrillID, walked)
	if err != nil && ctx.Err() == nil {
		err = errors.Join(err, a.store.DrillStuck(ctx, in.DrillID, access.Arming, walked.done(), reasonOf(err)))
	}
	return a.provisioningFailure(ctx, err)
}

func (a *Activities) armCanary(ctx context.Context, id access.DrillID, walked *timeline) (err error) {
	plan, err := a.store.DrillPlan(ctx, id)
	if err != nil || plan.Drill.ArmedAt != nil {
		return err
	}
	if plan.Customer.Connection != access.Connected {
		return access.ErrIllegalTransition // the customer leaves: its canary is not to be enabled
	}
	name, err := access.CanaryName(plan.Customer.AccountDomain, plan.Drill.Canary.Marker)
	if err != nil {
		return err
	}
	// Durable before the first write: a retry knows that a creation may have taken effect.
	if err := a.store.CanaryAttempted(ctx, id, name.UPN); err != nil {
		return err
	}
	tenant := a.entra.Tenant(plan.Customer.TenantID)
	account, err := a.findCanary(ctx, tenant, plan.Drill.Canary, name, walked)
	if err != nil {
		return err
	}
	if err := a.store.CanaryProvisioned(ctx, id, store.Provisioned{ObjectID: account.ID, UPN: account.UserName}); err != nil {
		return err
	}

	defer func() { err = a.unlessDrilled(ctx, id, err) }()
	walked.begin("set a password and enable the account")
	if err := setPassword(ctx, tenant, account.ID, account.UserName, plan.Drill.Credential, seal.NewPassword(a.random)); err != nil {
		return err
	}
	if err := tenant.SetEnabled(ctx, account.ID, true); err != nil {
		return err
	}
	if plan.Drill.Credential.HasPass() {
		walked.begin("issue a pass")
		if _, _, err := a.issuePass(ctx, tenant, account.ID, canaryLifetime); err != nil {
			return err
		}
	}
	walked.begin("assign the roles")
	var assignments []func() error
	for _, role := range plan.Drill.Roles {
		assignments = append(assignments, func() error {
			_, err := tenant.AssignRole(ctx, account.ID, role, a.clock().Add(canaryLifetime))
			return err
		})
	}
	if err := all(assignments); err != nil {
		return err
	}
	return a.store.DrillArmed(ctx, id, walked.done())
}

// findCanary makes the canary, or takes the one of before, which whoever may have switched it on again is switched off first.
func (a *Activities) findCanary(ctx context.Context, tenant *entra.Tenant, known store.Account, name access.AccountName, walked *timeline) (entra.Account, error) {
	walked.begin("find or create the account")
	account, found, err := findAccount(ctx, tenant, known)
	if err != nil || !found {
		if err == nil {
			account, err = a.createAccount(ctx, tenant, known.Marker, name)
		}
		return account, err
	}
	_, err = a.switchOff(ctx, tenant, located{account, true}, ending{show: func(workflows.Progress) {}})
	return account, err
}

// SwitchOffCanary is what a drill is for: it switches the canary off as a grant's account is switched off, proves it, and keeps
// how long each step took. While anything is still on it fails, says why, and is repeated for ever.
func (a *Activities) SwitchOffCanary(ctx context.Context, in workflows.DrillEnding) error {
	pulse := startPulse(ctx)
	defer pulse.stop()
	walked := &timeline{phase: access.SwitchingOff, clock: a.clock}
	err := a.switchOffCanary(ctx, in, pulse, walked)
	if err != nil && ctx.Err() == nil {
		pulse.beat(ctx) // what was taken away so far, for the next attempt
		err = errors.Join(err, a.store.DrillStuck(ctx, in.DrillID, access.SwitchingOff, walked.done(), reasonOf(err)))
	}
	return a.endingFailure(ctx, err)
}

func (a *Activities) switchOffCanary(ctx context.Context, in workflows.DrillEnding, pulse *pulse, walked *timeline) error {
	plan, err := a.store.DrillEnding(ctx, in.DrillID, in.Failure)
	if err != nil || plan.Drill.OffAt != nil {
		return err
	}
	tenant := a.entra.Tenant(plan.Customer.TenantID)
	walked.begin("find the account")
	found, err := a.locate(ctx, tenant, plan.Drill.Canary)
	if err != nil {
		return err
	}
	proof, err := a.switchOff(ctx, tenant, found, ending{since: *plan.Drill.EndingAt, removed: earlier(ctx, workflows.Tally{}), show: func(p workflows.Progress) {
		walked.begin(p.Step)
		pulse.show(p)
	}})
	if err != nil {
		return err
	}
	return a.store.DrillOff(ctx, in.DrillID, proof, walked.done())
}

// RemoveCanary deletes the canary, which is off. Where Microsoft refuses, it stays, disabled, for the next drill.
func (a *Activities) RemoveCanary(ctx context.Context, in workflows.DrillInput) error {
	defer startPulse(ctx).stop()
	return a.endingFailure(ctx, a.removeCanary(ctx, in.DrillID))
}

func (a *Activities) removeCanary(ctx context.Context, id access.DrillID) error {
	plan, err := a.store.DrillPlan(ctx, id)
	if err != nil || plan.Drill.EndedAt != nil {
		return err
	}
	walked := &timeline{phase: access.CleaningUp, clock: a.clock}
	walked.begin("delete the account")
	deletion := access.AccountDeleted
	err = deleteAccount(ctx, a.entra.Tenant(plan.Customer.TenantID), plan.Drill.Proof.ObjectID)
	switch {
	case err == nil:
	case ctx.Err() != nil || a.deletionComesBack(err, *plan.Drill.Proof) && activity.GetInfo(ctx).Attempt < deletionTries:
		return err
	default:
		a.log.WarnContext(ctx, "a canary that is off was not deleted", "customer", plan.Customer.ID, "drill", id, "error", err)
		deletion = access.DeletionRefused
	}
	return a.store.EndDrill(ctx, id, deletion, walked.done())
}

// timeline keeps when each step began and how long it took.
type timeline struct {
	phase access.DrillPhase
	clock func() time.Time
	steps []access.DrillStep
}

// begin ends the step before.
func (t *timeline) begin(step string) {
	t.close()
	t.steps = append(t.steps, access.DrillStep{Phase: t.phase, Name: step, At: t.clock().UTC()})
}

func (t *timeline) close() {
	if n := len(t.steps); n > 0 {
		t.steps[n-1].Took = t.clock().Sub(t.steps[n-1].At).Milliseconds()
	}
}

func (t *timeline) done() []access.DrillStep {
	t.close()
	return t.steps
}

// reasonOf says why in words that may be read by people: those of package entra, of the read-back and of the step names,
// which hold nothing of Microsoft's answers but codes and request ids.
func reasonOf(err error) string {
	var on *stillOn
	if entra.KindOf(err) == "" && !errors.As(err, &on) {
		kind, words, _ := describe(err)
		return kind + ": " + words
	}
	return strings.ReplaceAll(err.Error(), "\n", "; ")
}
