package workflows_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/workflow"

	"hourglass/internal/access"
	"hourglass/workflows"
)

var leaver = access.MustID[access.CustomerID]("00000000-0000-4000-8000-000000000005")

// LeaveCustomer proves one account more in each round, as far as rounds says.
func (p *played) LeaveCustomer(ctx context.Context, _ workflows.LeaveInput) (workflows.Left, error) {
	if err := p.step(ctx, workflows.LeaveCustomer); err != nil {
		return workflows.Left{}, err
	}
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.s.rounds = append(p.s.rounds, p.s.now())
	return p.s.left(len(p.s.rounds)), nil
}

// provesOneARound is a customer with n accounts, of which each round proves one.
func provesOneARound(n int) func(int) workflows.Left {
	return func(round int) workflows.Left { return workflows.Left{Off: round, Accounts: n, Over: round == n} }
}

func (s *stage) leave() workflows.Left {
	s.env.ExecuteWorkflow(workflows.LeaveWorkflow, workflows.LeaveInput{CustomerID: leaver})
	require.True(s.t, s.env.IsWorkflowCompleted())
	require.NoError(s.t, s.env.GetWorkflowError())
	var left workflows.Left
	require.NoError(s.t, s.env.GetWorkflowResult(&left))
	return left
}

// pauses are the times between the rounds.
func (s *stage) pauses() (pauses []time.Duration) {
	for i := range s.rounds[1:] {
		pauses = append(pauses, s.rounds[i+1].Sub(s.rounds[i]).Round(time.Second))
	}
	return pauses
}

func TestLeaving_EndsWithTheRoundThatLeavesNothing(t *testing.T) {
	s := newStage(t)
	s.left = provesOneARound(4)
	require.Equal(t, workflows.Left{Over: true, Off: 4, Accounts: 4}, s.leave())
	require.Equal(t, []time.Duration{time.Second, time.Second, time.Second}, s.pauses(), "as long as it goes on there is no waiting")
}

func TestLeaving_WhatDoesNotGoOnIsTriedLessOften(t *testing.T) {
	s := newStage(t)
	s.left = func(round int) workflows.Left { return workflows.Left{Accounts: 1, Over: round == 12} }
	s.leave()
	pauses := s.pauses()
	require.True(t, slices.IsSorted(pauses))
	require.Equal(t, 2*time.Second, pauses[0])
	require.Equal(t, time.Minute, pauses[len(pauses)-1])
}

func TestLeaving_GoesOnWhateverFailsOrIsCancelled(t *testing.T) {
	s := newStage(t)
	s.left = provesOneARound(3)
	s.failing[workflows.LeaveCustomer] = 5
	s.during[workflows.LeaveCustomer] = func(context.Context) { s.env.CancelWorkflow() }
	require.True(t, s.leave().Over)
	require.Len(t, s.rounds, 3)
}

func TestLeaving_AnOperatorsFailureIsNotItsEnd(t *testing.T) {
	s := newStage(t)
	s.left = provesOneARound(2)
	s.failing[workflows.LeaveCustomer] = -1
	s.env.RegisterDelayedCallback(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.failing[workflows.LeaveCustomer] = 0
	}, 150*time.Second)
	require.True(t, s.leave().Over)
}

func TestLeaving_ASignalBeginsTheNextRoundAtOnce(t *testing.T) {
	s := newStage(t)
	s.left = func(round int) workflows.Left { return workflows.Left{Accounts: 1, Over: round == 9} }
	var woken time.Time
	s.env.RegisterDelayedCallback(func() {
		woken = s.env.Now()
		s.env.SignalWorkflow(workflows.SignalAgain, nil)
	}, 100*time.Second)
	s.leave()
	require.True(t, slices.ContainsFunc(s.rounds, func(at time.Time) bool { return at.Sub(woken).Abs() < time.Second }))
}

func TestLeaving_ALongOneGoesOnInANewRun(t *testing.T) {
	s := newStage(t)
	s.left = func(int) workflows.Left { return workflows.Left{Accounts: 1} }
	s.env.ExecuteWorkflow(workflows.LeaveWorkflow, workflows.LeaveInput{CustomerID: leaver})
	require.True(t, workflow.IsContinueAsNewError(s.env.GetWorkflowError()))
	require.Len(t, s.rounds, 100)
}
