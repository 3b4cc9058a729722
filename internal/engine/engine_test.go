package engine

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"hourglass/internal/access"
	"hourglass/internal/store"
	"hourglass/workflows"
)

// previous is a Temporal in which the run of a technician's previous grant is still open: it refuses the next one as often as
// refusals says, and whoever waits for the run to close is told closed.
type previous struct {
	client.Client
	refusals, asked int
	closed          error
}

func (*previous) NewWithStartWorkflowOperation(client.StartWorkflowOptions, any, ...any) client.WithStartWorkflowOperation {
	return nil
}

func (p *previous) UpdateWithStartWorkflow(context.Context, client.UpdateWithStartWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	if p.asked++; p.asked <= p.refusals {
		return nil, temporal.NewApplicationError("another grant", workflows.RefusedOtherGrant)
	}
	return begun{}, nil
}

func (p *previous) GetWorkflow(context.Context, string, string) client.WorkflowRun {
	return run{err: p.closed}
}

type begun struct{ client.WorkflowUpdateHandle }

func (begun) Get(context.Context, any) error { return nil }

type run struct {
	client.WorkflowRun
	err error
}

func (r run) Get(context.Context, any) error { return r.err }

// request is a grant of the next request at a connected customer.
func request(t *testing.T) (*store.Store, store.Grant) {
	t.Helper()
	s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "hourglass.db"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	require.NoError(t, s.Migrate(t.Context()))
	name, err := access.NewName("Contoso")
	require.NoError(t, err)
	contoso := store.Customer{
		ID: access.MustID[access.CustomerID](uuid.NewString()), Name: name, TenantID: access.MustID[access.TenantID](uuid.NewString()),
		Connection: access.Connected, AccountDomain: "contoso.onmicrosoft.com",
	}
	require.NoError(t, s.AddCustomer(t.Context(), contoso, store.Actor{}))
	return s, store.Grant{
		ID: access.MustID[access.GrantID](uuid.NewString()), CustomerID: contoso.ID, PersonID: access.MustID[access.PersonID](uuid.NewString()),
	}
}

func TestAGrantBeginsWhenThePreviousRunHasClosed(t *testing.T) {
	s, grant := request(t)
	for how, closed := range map[string]error{
		"well":               nil,
		"by a failure or so": &temporal.WorkflowExecutionError{},
	} {
		p := &previous{refusals: 1, closed: closed}
		require.NoError(t, New(p, "default", s).Begin(t.Context(), grant), how)
		assert.Equal(t, 2, p.asked, how)
	}
}

// Nobody knows then whether the previous run has closed, so that asking again at once would go on for as long as the trouble does.
func TestAPreviousRunThatCannotBeWaitedForIsSaid(t *testing.T) {
	s, grant := request(t)
	for _, trouble := range []error{serviceerror.NewUnavailable("no frontend"), serviceerror.NewPermissionDenied("no", "")} {
		p := &previous{refusals: 1000, closed: trouble}
		require.ErrorIs(t, New(p, "default", s).Begin(t.Context(), grant), trouble)
		assert.Equal(t, 1, p.asked)
	}
}
