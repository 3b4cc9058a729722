package workflows

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"hourglass/internal/access"
)

// describe keeps the text that Temporal's UI shows on top of the workflow's page.
func (g *grant) describe(ctx workflow.Context) {
	var b strings.Builder
	fmt.Fprintf(&b, "**%s**", headline[g.state.State])
	line := func(label string, at *time.Time) {
		if at != nil {
			fmt.Fprintf(&b, "\n- %s %s", label, at.UTC().Format(time.RFC3339))
		}
	}
	line("active since", g.state.ActiveAt)
	line("access until", g.state.ExpiresAt)
	line("pass until", g.state.PassEndsAt)
	if g.state.RolesEndAtMicrosoft {
		b.WriteString("\n- Microsoft itself ends the roles")
	}
	if g.ending() {
		fmt.Fprintf(&b, "\n- ends because: %s %s", g.state.Cause, g.state.Comment)
	}
	if g.state.Proof != nil {
		line("read back as off at", &g.state.Proof.ReadAt)
	}
	workflow.SetCurrentDetails(ctx, b.String())
}

var headline = map[access.State]string{
	access.Requested:        "Requested",
	access.AwaitingApproval: "Waiting for an approver",
	access.Provisioning:     "Provisioning",
	access.Active:           "Active",
	access.Ending:           "NOT OFF: the account may still be on",
	access.Ended:            "Ended: proven off",
}
