package workflows_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"hourglass/internal/access"
	"hourglass/workflows"
)

const lifetime, maximum = time.Hour, 4 * time.Hour

var (
	grantID    = access.MustID[access.GrantID]("00000000-0000-4000-8000-000000000001")
	otherGrant = access.MustID[access.GrantID]("00000000-0000-4000-8000-000000000002")
	technician = access.MustID[access.PersonID]("00000000-0000-4000-8000-000000000003")
	approver   = access.MustID[access.PersonID]("00000000-0000-4000-8000-000000000004")

	provisioning = []string{workflows.ProvisionAccount, workflows.AssignRoles}
	// earlier are the steps with a worker of a version that had three.
	earlier = []string{workflows.ProvisionAccount, workflows.RotatePassword, workflows.AssignRoles}

	// taken is what an attempt took away that failed then.
	taken = workflows.Tally{Roles: 2, Methods: 1}
)

// stage plays one grant against activities that only remember what they were asked, with Temporal's
// time-skipping environment.
type stage struct {
	t   *testing.T
	env *testsuite.TestWorkflowEnvironment
	in  workflows.Input

	now      func() time.Time
	lifetime time.Duration

	mu      sync.Mutex
	calls   []string
	earlier bool           // ProvisionAccount is done by a worker that knows nothing of credentials there
	failing map[string]int // how many more times an activity fails; -1: for good
	during  map[string]func(context.Context)
	off     workflows.SwitchOffInput
	offAt   time.Time
	nearby  []bool // whether each SwitchOff was within a workflow task
	// left is what each round of a customer's departure comes to; rounds is when they were.
	left   func(round int) workflows.Left
	rounds []time.Time
	// drilled is what switching off the canary was told.
	drilled workflows.DrillEnding
}

func newStage(t *testing.T) *stage {
	longest, err := access.NewLifetime(maximum)
	require.NoError(t, err)
	var suite testsuite.WorkflowTestSuite
	s := &stage{
		t: t, env: suite.NewTestWorkflowEnvironment(),
		in:      workflows.Input{GrantID: grantID, PersonID: technician, Credential: access.PassAndPassword, Maximum: longest},
		failing: map[string]int{}, during: map[string]func(context.Context){},
	}
	s.now, s.lifetime = s.env.Now, lifetime
	s.env.SetTestTimeout(20 * time.Second)
	s.env.RegisterActivity(&played{s})
	return s
}

func (s *stage) play() workflows.State {
	s.env.ExecuteWorkflow(workflows.JITAccessWorkflow, s.in)
	require.True(s.t, s.env.IsWorkflowCompleted())
	require.NoError(s.t, s.env.GetWorkflowError())
	var state workflows.State
	require.NoError(s.t, s.env.GetWorkflowResult(&state))
	return state
}

// named is the argument of the simple updates.
func named() workflows.Named { return workflows.Named{GrantID: grantID, By: technician} }

// update sends an update and gives back where its outcome will be.
func (s *stage) update(name string, argument any) *outcome {
	o := &outcome{}
	s.env.UpdateWorkflow(name, "", &testsuite.TestUpdateCallback{
		OnAccept:   func() { o.accepted = true },
		OnReject:   func(err error) { o.err = err },
		OnComplete: func(result any, err error) { o.completed = true; o.err = err },
	}, argument)
	return o
}

type outcome struct {
	accepted, completed bool
	err                 error
}

func (o *outcome) refusedAs(t *testing.T, kind string) {
	t.Helper()
	var refusal *temporal.ApplicationError
	require.ErrorAs(t, o.err, &refusal)
	require.Equal(t, kind, refusal.Type())
}

// called is the order in which activities began.
func (s *stage) called() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// played implements workflows.Activities.
type played struct{ s *stage }

var _ workflows.Activities = (*played)(nil)

func (p *played) step(ctx context.Context, name string) error {
	p.s.mu.Lock()
	p.s.calls = append(p.s.calls, name)
	left, hook := p.s.failing[name], p.s.during[name]
	if left != 0 {
		p.s.failing[name] = left - 1
	}
	p.s.mu.Unlock()
	if hook != nil {
		hook(ctx)
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case left < 0:
		return temporal.NewNonRetryableApplicationError("refused", "entra.forbidden", nil)
	case left > 0:
		return temporal.NewApplicationError("try again", "entra.unavailable", workflows.Progress{Step: name, Removed: taken})
	}
	return nil
}

func (p *played) ProvisionAccount(ctx context.Context, in workflows.ProvisionInput) (workflows.Rotated, error) {
	if p.s.earlier || !in.AndCredential {
		return workflows.Rotated{}, p.step(ctx, workflows.ProvisionAccount)
	}
	return p.rotated(), p.step(ctx, workflows.ProvisionAccount)
}

func (p *played) RotatePassword(ctx context.Context, _ workflows.GrantRef) (workflows.Rotated, error) {
	return p.rotated(), p.step(ctx, workflows.RotatePassword)
}

func (p *played) rotated() workflows.Rotated {
	ends := p.s.now().Add(p.s.lifetime)
	return workflows.Rotated{Sealed: "sealed", PassEndsAt: &ends}
}

func (p *played) AssignRoles(ctx context.Context, _ workflows.GrantRef) (workflows.Activated, error) {
	now := p.s.now()
	return workflows.Activated{ActiveAt: now, ExpiresAt: now.Add(p.s.lifetime)}, p.step(ctx, workflows.AssignRoles)
}

func (p *played) SwitchOff(ctx context.Context, in workflows.SwitchOffInput) (access.Proof, error) {
	p.s.mu.Lock()
	p.s.off, p.s.offAt = in, p.s.now()
	p.s.nearby = append(p.s.nearby, activity.GetInfo(ctx).IsLocalActivity)
	p.s.mu.Unlock()
	return access.Proof{ReadAt: p.s.now()}, p.step(ctx, workflows.SwitchOff)
}

func (p *played) ExtendAccess(ctx context.Context, in workflows.ExtendInput) (workflows.Extended, error) {
	return workflows.Extended{ExpiresAt: in.ExpiresAt, Rotated: workflows.Rotated{Sealed: "extended"}}, p.step(ctx, workflows.ExtendAccess)
}

func (p *played) ReissuePass(ctx context.Context, _ workflows.ReissueInput) (workflows.Rotated, error) {
	return workflows.Rotated{Sealed: "reissued"}, p.step(ctx, workflows.ReissuePass)
}

func (p *played) AwaitApproval(ctx context.Context, _ workflows.GrantRef) error {
	return p.step(ctx, workflows.AwaitApproval)
}

func (p *played) RecordDecision(ctx context.Context, _ workflows.Decision) error {
	return p.step(ctx, workflows.RecordDecision)
}

func (p *played) Withdraw(ctx context.Context, _ workflows.WithdrawInput) error {
	return p.step(ctx, workflows.Withdraw)
}
