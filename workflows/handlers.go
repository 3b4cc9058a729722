package workflows

import (
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"hourglass/internal/access"
)

// registerHandlers comes before the first blocking call: an update that arrives with the start finds its handler.
func (g *grant) registerHandlers(ctx workflow.Context) error {
	g.mutating = workflow.NewMutex(ctx)
	return errors.Join(
		workflow.SetQueryHandler(ctx, QueryState, func() (State, error) { return g.state, nil }),
		workflow.SetQueryHandler(ctx, QueryCredential, func() (SealedCredential, error) {
			if g.state.State != access.Active {
				return "", refuse(RefusedNow, "the grant is not active")
			}
			return g.sealed, nil
		}),
		handle(ctx, UpdateBegin, g.begin, g.meant),
		handle(ctx, UpdateReturn, g.giveBack, g.meant),
		handle(ctx, UpdateRevoke, g.revoke, g.meant),
		handle(ctx, UpdateDecide, g.decide, g.mayDecide),
		handle(ctx, UpdateExtend, g.extend, g.mayExtend),
		handle(ctx, UpdateReissue, g.reissue, g.mayReissue),
	)
}

func handle[A any](ctx workflow.Context, name string, handler func(workflow.Context, A) (State, error), validator func(A) error) error {
	return workflow.SetUpdateHandlerWithOptions(ctx, name, handler, workflow.UpdateHandlerOptions{Validator: validator})
}

// begin comes with the start. Its answer means that handlers and clean-up are in place.
func (g *grant) begin(workflow.Context, Named) (State, error) { return g.state, nil }

func (g *grant) giveBack(_ workflow.Context, n Named) (State, error) {
	g.finish(access.Returned, n.By, n.Comment)
	return g.state, nil
}

func (g *grant) revoke(_ workflow.Context, n Named) (State, error) {
	g.finish(access.Revoked, n.By, n.Comment)
	return g.state, nil
}

func (g *grant) decide(ctx workflow.Context, d Decision) (State, error) {
	if err := g.mutating.Lock(ctx); err != nil {
		return g.state, err
	}
	defer g.mutating.Unlock()
	if err := g.mayDecide(d); err != nil {
		return g.state, err
	}
	if err := run(ctx, recording("Record the decision"), RecordDecision, d, nil); err != nil {
		return g.state, err
	}
	g.decided, g.approved, g.by = true, d.Approved, d.By
	return g.state, nil
}

func (g *grant) extend(ctx workflow.Context, e Extension) (State, error) {
	return g.mutate(ctx, func(ctx workflow.Context) error {
		if err := g.mayExtend(e); err != nil {
			return err
		}
		in := ExtendInput{Extension: e, Sealed: g.sealed, PassEndsAt: g.state.PassEndsAt}
		var extended Extended
		summary := "Extend access until " + e.ExpiresAt.UTC().Format(time.RFC3339)
		if err := run(ctx, provisioning(summary), ExtendAccess, in, &extended); err != nil {
			return err
		}
		g.state.ExpiresAt = &extended.ExpiresAt
		if extended.Sealed != "" {
			g.keep(extended.Rotated)
		}
		g.describe(ctx)
		return nil
	})
}

func (g *grant) reissue(ctx workflow.Context, r Reissue) (State, error) {
	return g.mutate(ctx, func(ctx workflow.Context) error {
		if err := g.mayReissue(r); err != nil {
			return err
		}
		var rotated Rotated
		in := ReissueInput{Reissue: r, Sealed: g.sealed}
		if err := run(ctx, provisioning("Issue a new pass"), ReissuePass, in, &rotated); err != nil {
			return err
		}
		g.keep(rotated)
		g.describe(ctx)
		return nil
	})
}

// mutate runs one change of an active grant at a time, and lets the end of the grant interrupt it.
// What the validator checked may have changed while it waited, so change has to check again.
func (g *grant) mutate(ctx workflow.Context, change func(workflow.Context) error) (State, error) {
	ctx, interrupt := workflow.WithCancel(ctx)
	g.interrupts = append(g.interrupts, interrupt)
	if err := g.mutating.Lock(ctx); err != nil {
		return g.state, err
	}
	defer g.mutating.Unlock()
	return g.state, change(ctx)
}

// Validators: cheap, read-only, and their refusals leave no trace in the history.

func (g *grant) meant(n Named) error {
	if n.GrantID != g.in.GrantID {
		return refuse(RefusedOtherGrant, "the running workflow belongs to another grant")
	}
	return nil
}

func (g *grant) mayDecide(d Decision) error {
	if err := g.meant(d.Named); err != nil {
		return err
	}
	if g.state.State != access.AwaitingApproval || g.decided || g.ending() {
		return refuse(RefusedNow, "the grant does not wait for an approver")
	}
	return nil
}

func (g *grant) mayExtend(e Extension) error {
	if err := g.mayChange(e.Named); err != nil {
		return err
	}
	latest := g.state.ActiveAt.Add(g.in.Maximum.Duration())
	if !e.ExpiresAt.After(*g.state.ExpiresAt) || e.ExpiresAt.After(latest) {
		return refuse(RefusedInvalid, fmt.Sprintf("the end must be later than now and at most %s", latest.UTC().Format(time.RFC3339)))
	}
	return nil
}

func (g *grant) mayReissue(r Reissue) error {
	if err := g.mayChange(r.Named); err != nil {
		return err
	}
	if !g.in.Credential.HasPass() {
		return refuse(RefusedInvalid, "the profile hands out no pass")
	}
	return nil
}

func (g *grant) mayChange(n Named) error {
	if err := g.meant(n); err != nil {
		return err
	}
	if g.state.State != access.Active || g.ending() {
		return refuse(RefusedNow, "the grant is not active")
	}
	return nil
}

func refuse(kind, message string) error {
	return temporal.NewNonRetryableApplicationError(message, kind, nil)
}
