package workflows

import (
	"errors"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"hourglass/internal/access"
)

const switchOffSummary = "Switch the account off and prove it"

// switchOffNearby tries once to switch the account off within the workflow task that found the lifetime over, and
// reports whether there is a proof: then nothing had to pass through Temporal on the way (decision 0043). After a
// failure, in says what was taken away nevertheless.
//
// Only a lifetime that is over ends like this. Whoever returns or revokes waits for an answer, which an update gets
// with the end of the workflow task.
func (g *grant) switchOffNearby(ctx workflow.Context, in *SwitchOffInput, proof *access.Proof) bool {
	if g.state.Cause != access.Expired {
		return false
	}
	// Histories of v0.2.0 and before have none of this.
	if workflow.GetVersion(ctx, "switch off nearby", workflow.DefaultVersion, 1) == workflow.DefaultVersion {
		return false
	}
	ctx = workflow.WithLocalActivityOptions(ctx, nearby(switchOffSummary))
	err := workflow.ExecuteLocalActivity(ctx, SwitchOff, *in).Get(ctx, proof)
	var failure *temporal.ApplicationError
	if errors.As(err, &failure) && failure.HasDetails() {
		var reached Progress
		if failure.Details(&reached) == nil {
			in.Removed = reached.Removed
		}
	}
	return err == nil
}
