package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/workflows"
)

func TestApproval(t *testing.T) {
	decision := func(approved bool) workflows.Decision {
		return workflows.Decision{Named: workflows.Named{GrantID: grantID, By: approver}, Approved: approved}
	}
	cases := []struct {
		name   string
		update string
		arg    any
		cause  access.Outcome
		calls  []string
	}{
		{"approved", workflows.UpdateDecide, decision(true), access.Expired,
			append([]string{workflows.AwaitApproval, workflows.RecordDecision}, whole()...)},
		{"denied", workflows.UpdateDecide, decision(false), access.Denied,
			[]string{workflows.AwaitApproval, workflows.RecordDecision}},
		{"withdrawn by the technician", workflows.UpdateReturn, named(), access.Returned,
			[]string{workflows.AwaitApproval, workflows.Withdraw}},
		{"revoked by an admin", workflows.UpdateRevoke, workflows.Named{GrantID: grantID, By: approver}, access.Revoked,
			[]string{workflows.AwaitApproval, workflows.Withdraw}},
		{"nobody decides", "", nil, access.Expired,
			[]string{workflows.AwaitApproval, workflows.Withdraw}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t)
			s.in.ApprovalRequired = true
			if c.update != "" {
				s.env.RegisterDelayedCallback(func() { s.update(c.update, c.arg) }, 5*time.Hour)
			}
			state := s.play()
			require.Equal(t, c.calls, s.called())
			require.Equal(t, c.cause, state.Cause)
			require.Equal(t, access.Ended, state.State)
			if c.name == "approved" {
				require.Equal(t, lifetime, s.offAt.Sub(*state.ActiveAt), "the clock never runs while waiting")
			}
		})
	}
}

func TestApprovalOfAGrantThatDoesNotWaitIsRefused(t *testing.T) {
	s := newStage(t)
	var answer *outcome
	s.env.RegisterDelayedCallback(func() {
		answer = s.update(workflows.UpdateDecide, workflows.Decision{Named: named(), Approved: true})
	}, time.Minute)
	s.play()
	answer.refusedAs(t, workflows.RefusedNow)
}
