package activities

import (
	"context"
	"errors"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"hourglass/internal/access"
	"hourglass/internal/entra"
)

// refusedAttempts is how often a 403 is taken for a role removal that Microsoft has not yet carried
// to all its replicas, before it counts as a permission that is missing.
const refusedAttempts = 5

// hopeless are the kinds of answers that asking again does not mend while a technician waits.
var hopeless = map[entra.Kind]bool{
	entra.Invalid:         true,
	entra.Unlicensed:      true,
	entra.PolicyRefused:   true,
	entra.Unauthenticated: true,
}

// provisioningFailure is what a provisioning step hands to Temporal: repeated where that can help.
func (a *Activities) provisioningFailure(ctx context.Context, err error) error {
	kind := entra.KindOf(err)
	final := hopeless[kind] ||
		kind == entra.Forbidden && activity.GetInfo(ctx).Attempt >= refusedAttempts ||
		errors.Is(err, access.ErrIllegalTransition) ||
		errors.Is(err, access.ErrInvalid) ||
		errors.Is(err, access.ErrNotFound) ||
		errors.Is(err, access.ErrDataKeyDestroyed)
	return a.failure(ctx, err, final)
}

// endingFailure is what SwitchOff hands to Temporal: always repeated (proof-of-off). It carries how far the attempt came.
func (a *Activities) endingFailure(ctx context.Context, err error, progress ...any) error {
	return a.failure(ctx, err, false, progress...)
}

// failure gives an error the type and the fixed words that may stand in a history. What the error
// says beyond that goes to the log.
func (a *Activities) failure(ctx context.Context, err error, final bool, details ...any) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err() // the grant was ended or the worker is stopping: Temporal knows what to do
	}
	kind, words, wait := describe(err)
	info := activity.GetInfo(ctx)
	a.log.WarnContext(ctx, "activity failed", "activity", info.ActivityType.Name, "attempt", info.Attempt,
		"workflow", info.WorkflowExecution.ID, "kind", kind, "final", final, "error", err)
	return temporal.NewApplicationErrorWithOptions(words, kind, temporal.ApplicationErrorOptions{
		NonRetryable:   final,
		NextRetryDelay: wait,
		Details:        details,
	})
}

func describe(err error) (kind, words string, wait time.Duration) {
	var microsoft *entra.Error
	var on *stillOn
	switch {
	case errors.As(err, &microsoft):
		return "entra." + string(microsoft.Kind), microsoft.Error(), microsoft.After
	case errors.As(err, &on):
		return "NotOff", on.Error(), 0
	case errors.Is(err, errInUse):
		return "GrantLive", errInUse.Error(), 0
	case errors.Is(err, access.ErrIllegalTransition):
		return "IllegalTransition", "the grant is in another state", 0
	case errors.Is(err, access.ErrInvalid):
		return "Invalid", "a stored value is not legal", 0
	case errors.Is(err, access.ErrNotFound):
		return "NotFound", "no such grant", 0
	case errors.Is(err, access.ErrDataKeyDestroyed):
		return "DataKeyDestroyed", "the grant's data key is destroyed", 0
	}
	return "Internal", "see the worker's log", 0
}
