package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"hourglass/internal/access"
)

type (
	// DrillInput starts DrillWorkflow.
	DrillInput struct{ DrillID access.DrillID }

	// DrillEnding says with which kind of failure the canary could not be armed; "" where it was.
	DrillEnding struct {
		DrillID access.DrillID
		Failure string `json:",omitempty"`
	}
)

// DrillWorkflow gives a canary account the strongest profile of a customer, switches it off and deletes it.
//
// Whatever happens before, the canary ends off (end-before-beginning): switching it off is the tail of the function, on a
// context that nothing cancels, without a retry limit, and asks Microsoft what there is.
func DrillWorkflow(ctx workflow.Context, in DrillInput) error {
	unstoppable, _ := workflow.NewDisconnectedContext(ctx)
	describe := func(what string) { workflow.SetCurrentDetails(unstoppable, fmt.Sprintf("**Drill**: %s", what)) }

	describe("the canary gets the profile")
	ending := DrillEnding{DrillID: in.DrillID}
	if err := run(ctx, provisioning("Give a canary account the strongest profile"), ArmCanary, in, nil); err != nil {
		ending.Failure = publicFailure(err)
	}
	describe("NOT OFF: the canary is being switched off")
	insist(unstoppable, switchingOff("Switch the canary off and prove it"), SwitchOffCanary, ending, nil)
	describe("the canary is proven off")
	insist(unstoppable, leaving("Delete the canary"), RemoveCanary, in, nil)
	describe("over")
	return nil
}
