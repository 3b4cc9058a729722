package workflows_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"hourglass/internal/access"
	"hourglass/workflows"
)

func whole() []string {
	return append(slices.Clone(provisioning), workflows.SwitchOff)
}

// atEveryStep plays a grant for each step before access is active, also of the earlier version; until are the steps up to it.
func atEveryStep(t *testing.T, play func(t *testing.T, s *stage, step string, until []string)) {
	for name, steps := range map[string][]string{"": provisioning, "earlier version: ": earlier} {
		for i, step := range steps {
			t.Run(name+step, func(t *testing.T) {
				s := newStage(t)
				s.earlier = len(steps) == len(earlier)
				play(t, s, step, slices.Clone(steps[:i+1]))
			})
		}
	}
}

// TestStepsOfAnEarlierVersionAreOneMore: two versions share a queue while one replaces the other.
func TestStepsOfAnEarlierVersionAreOneMore(t *testing.T) {
	s := newStage(t)
	s.earlier = true
	state := s.play()
	require.Equal(t, append(slices.Clone(earlier), workflows.SwitchOff), s.called())
	require.Equal(t, access.Expired, state.Cause)
	require.NotNil(t, state.PassEndsAt)
}

func TestGrantEndsExactlyWhenItsLifetimeIsOver(t *testing.T) {
	s := newStage(t)
	state := s.play()
	require.Equal(t, whole(), s.called())
	require.Equal(t, access.Ended, state.State)
	require.Equal(t, access.Expired, state.Cause)
	require.Equal(t, lifetime, s.offAt.Sub(*state.ActiveAt))
	require.NotNil(t, state.Proof)
}

func TestEndBeforeBeginning_WhateverStepFails(t *testing.T) {
	atEveryStep(t, func(t *testing.T, s *stage, step string, until []string) {
		s.failing[step] = -1
		state := s.play()
		require.Equal(t, append(until, workflows.SwitchOff), s.called())
		require.Equal(t, access.Failed, state.Cause)
		require.Equal(t, "entra.forbidden", s.off.Comment)
		require.Equal(t, access.Ended, state.State)
	})
}

func TestEndBeforeBeginning_PassingTroubleIsRetried(t *testing.T) {
	atEveryStep(t, func(t *testing.T, s *stage, step string, _ []string) {
		s.failing[step] = 3
		state := s.play()
		require.Equal(t, access.Expired, state.Cause)
	})
}

func TestEndBeforeBeginning_StepThatNeverSucceedsGivesUpInTime(t *testing.T) {
	s := newStage(t)
	began := s.env.Now()
	s.failing[workflows.ProvisionAccount] = 1 << 30
	state := s.play()
	require.Equal(t, access.Failed, state.Cause)
	require.LessOrEqual(t, s.offAt.Sub(began), workflows.ProvisioningBudget+time.Second)
}

func TestEndBeforeBeginning_CancelledInTemporalAtEveryStep(t *testing.T) {
	atEveryStep(t, func(t *testing.T, s *stage, step string, until []string) {
		s.during[step] = func(context.Context) { s.env.CancelWorkflow() }
		state := s.play()
		require.Equal(t, access.Revoked, state.Cause)
		require.Equal(t, access.Ended, state.State)
		require.Equal(t, append(until, workflows.SwitchOff), s.called())
	})
	t.Run("while active", func(t *testing.T) {
		s := newStage(t)
		s.env.RegisterDelayedCallback(s.env.CancelWorkflow, 10*time.Minute)
		state := s.play()
		require.Equal(t, access.Revoked, state.Cause)
		require.Equal(t, 10*time.Minute, s.offAt.Sub(*state.ActiveAt).Round(time.Second))
	})
	t.Run("while switching off", func(t *testing.T) {
		s := newStage(t)
		s.failing[workflows.SwitchOff] = 2
		s.during[workflows.SwitchOff] = func(context.Context) { s.env.CancelWorkflow() }
		state := s.play()
		require.Equal(t, access.Expired, state.Cause)
		require.Equal(t, access.Ended, state.State)
	})
}

func TestEndBeforeBeginning_RevokedAtEveryStep(t *testing.T) {
	atEveryStep(t, func(t *testing.T, s *stage, step string, until []string) {
		s.during[step] = func(context.Context) { s.update(workflows.UpdateRevoke, named()) }
		state := s.play()
		require.Equal(t, access.Revoked, state.Cause)
		require.Equal(t, technician, s.off.By)
		require.LessOrEqual(t, len(s.called()), len(until)+1, "no further step is begun")
	})
}

func TestProofOfOff_SwitchOffIsRetriedUntilItBringsTheProof(t *testing.T) {
	const failures = 200
	s := newStage(t)
	s.env.SetTestTimeout(time.Minute)
	s.failing[workflows.SwitchOff] = failures
	var seen workflows.State
	s.env.RegisterDelayedCallback(func() { seen = s.query(t) }, lifetime+30*time.Minute)
	state := s.play()
	require.Equal(t, access.Ending, seen.State, "until the proof it is NOT OFF")
	require.Nil(t, seen.Proof)
	require.Len(t, s.called(), len(provisioning)+failures+1)
	require.NotNil(t, state.Proof)
}

func TestReturnEndsTheGrantAtOnce(t *testing.T) {
	s := newStage(t)
	var answer *outcome
	s.env.RegisterDelayedCallback(func() { answer = s.update(workflows.UpdateReturn, named()) }, 7*time.Minute)
	state := s.play()
	require.NoError(t, answer.err)
	require.True(t, answer.completed)
	require.Equal(t, access.Returned, state.Cause)
	require.Equal(t, technician, s.off.By)
	require.Equal(t, 7*time.Minute, s.offAt.Sub(*state.ActiveAt))
}

func TestFirstCauseStands(t *testing.T) {
	s := newStage(t)
	s.during[workflows.SwitchOff] = func(context.Context) {
		s.update(workflows.UpdateRevoke, workflows.Named{GrantID: grantID, By: approver})
	}
	state := s.play()
	require.Equal(t, access.Expired, state.Cause)
}

func TestUpdatesForAnotherGrantAreRefused(t *testing.T) {
	for name, argument := range map[string]any{
		workflows.UpdateBegin:  workflows.Named{GrantID: otherGrant},
		workflows.UpdateReturn: workflows.Named{GrantID: otherGrant},
		workflows.UpdateRevoke: workflows.Named{GrantID: otherGrant},
		workflows.UpdateExtend: workflows.Extension{Named: workflows.Named{GrantID: otherGrant}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			var answer *outcome
			s.env.RegisterDelayedCallback(func() { answer = s.update(name, argument) }, time.Minute)
			state := s.play()
			answer.refusedAs(t, workflows.RefusedOtherGrant)
			require.Equal(t, access.Expired, state.Cause)
		})
	}
}

func TestExtend(t *testing.T) {
	cases := []struct {
		name    string
		later   time.Duration // asked end, from the start of access
		refused string
		ends    time.Duration
	}{
		{"to the maximum", maximum, "", maximum},
		{"a little", lifetime + time.Minute, "", lifetime + time.Minute},
		{"beyond the maximum", maximum + time.Second, workflows.RefusedInvalid, lifetime},
		{"backwards", lifetime - time.Minute, workflows.RefusedInvalid, lifetime},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t)
			var answer *outcome
			s.env.RegisterDelayedCallback(func() {
				answer = s.update(workflows.UpdateExtend, workflows.Extension{
					Named: named(), Key: "k", ExpiresAt: s.query(t).ActiveAt.Add(c.later),
				})
			}, 30*time.Minute)
			state := s.play()
			if c.refused != "" {
				answer.refusedAs(t, c.refused)
			} else {
				require.NoError(t, answer.err)
			}
			require.Equal(t, c.ends, s.offAt.Sub(*state.ActiveAt))
		})
	}
}

func TestExtendIsInterruptedByTheEnd(t *testing.T) {
	s := newStage(t)
	s.failing[workflows.ExtendAccess] = 1 << 30
	s.env.RegisterDelayedCallback(func() {
		s.update(workflows.UpdateExtend, workflows.Extension{Named: named(), Key: "k", ExpiresAt: s.query(t).ActiveAt.Add(maximum)})
	}, 10*time.Minute)
	s.env.RegisterDelayedCallback(func() { s.update(workflows.UpdateRevoke, named()) }, 11*time.Minute)
	state := s.play()
	require.Equal(t, access.Revoked, state.Cause)
	require.InDelta(t, 11*time.Minute, s.offAt.Sub(*state.ActiveAt), float64(15*time.Second))
}

func TestTwoKeys_CredentialIsAnsweredWhileActiveOnly(t *testing.T) {
	s := newStage(t)
	ask := func() (sealed workflows.SealedCredential, err error) {
		value, err := s.env.QueryWorkflow(workflows.QueryCredential)
		if err == nil {
			err = value.Get(&sealed)
		}
		return sealed, err
	}
	s.during[workflows.AssignRoles] = func(context.Context) {
		_, err := ask()
		require.Error(t, err)
	}
	s.env.RegisterDelayedCallback(func() {
		sealed, err := ask()
		require.NoError(t, err)
		require.Equal(t, workflows.SealedCredential("sealed"), sealed)
		require.NoError(t, s.update(workflows.UpdateReissue, workflows.Reissue{Named: named(), Key: "k"}).err)
	}, 10*time.Minute)
	s.env.RegisterDelayedCallback(func() {
		sealed, err := ask()
		require.NoError(t, err)
		require.Equal(t, workflows.SealedCredential("reissued"), sealed)
	}, 20*time.Minute)
	s.play()
	_, err := ask()
	require.Error(t, err)
}

// Whatever people do and whenever, the grant is switched off last and in time.
func TestEndBeforeBeginning_Property(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newStage(t)
		for _, step := range whole() {
			s.failing[step] = rapid.IntRange(0, 3).Draw(rt, "failures of "+step)
		}
		for i := range rapid.IntRange(0, 5).Draw(rt, "updates") {
			name := rapid.SampledFrom([]string{workflows.UpdateReturn, workflows.UpdateRevoke, workflows.UpdateExtend, workflows.UpdateReissue}).Draw(rt, "update")
			at := time.Duration(rapid.Int64Range(0, int64(5*time.Hour)).Draw(rt, "when"))
			s.env.RegisterDelayedCallback(func() {
				switch name {
				case workflows.UpdateExtend:
					s.update(name, workflows.Extension{Named: named(), Key: fmt.Sprint(i), ExpiresAt: s.env.Now().Add(lifetime)})
				case workflows.UpdateReissue:
					s.update(name, workflows.Reissue{Named: named(), Key: fmt.Sprint(i)})
				default:
					s.update(name, named())
				}
			}, at)
		}
		state := s.play()
		calls := s.called()
		if calls[len(calls)-1] != workflows.SwitchOff || state.State != access.Ended {
			rt.Fatalf("ended as %s after %v", state.State, calls)
		}
		if state.ActiveAt != nil && s.offAt.Sub(*state.ActiveAt) > maximum+time.Minute {
			rt.Fatalf("switched off %s after the start", s.offAt.Sub(*state.ActiveAt))
		}
	})
}

func TestActivityNamesAreTheMethodsOfActivities(t *testing.T) {
	methods := reflect.TypeFor[workflows.Activities]()
	names := []string{
		workflows.ProvisionAccount, workflows.RotatePassword, workflows.AssignRoles, workflows.SwitchOff, workflows.ExtendAccess,
		workflows.ReissuePass, workflows.AwaitApproval, workflows.RecordDecision, workflows.Withdraw, workflows.LeaveCustomer,
		workflows.ArmCanary, workflows.SwitchOffCanary, workflows.RemoveCanary,
	}
	require.Equal(t, methods.NumMethod(), len(names))
	for _, name := range names {
		_, found := methods.MethodByName(name)
		require.True(t, found, name)
	}
}

func (s *stage) query(t *testing.T) (state workflows.State) {
	value, err := s.env.QueryWorkflow(workflows.QueryState)
	require.NoError(t, err)
	require.NoError(t, value.Get(&state))
	return state
}
