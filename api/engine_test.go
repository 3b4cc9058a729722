package api

import (
	"context"
	"sync"
	"time"

	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/seal"
	"hourglass/internal/store"
)

const (
	thePass     = "pass-canary-7x!"
	thePassword = "password-canary-9q!"
)

// fakeEngine stands for the workflows alone. It records what it is asked, fails when told to, and does the
// workflow's part on the real store only when a test says so.
type fakeEngine struct {
	house *house

	mu    sync.Mutex
	fails error
	begun map[access.GrantID]int
	asked []string
	// sealFor makes Credential seal for another grant.
	sealFor access.GrantID
	// meanwhile happens while Credential or Return answers.
	meanwhile func()
}

func (e *fakeEngine) note(what string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.asked = append(e.asked, what)
	return e.fails
}

func (e *fakeEngine) failWith(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.fails = err
}

func (e *fakeEngine) calls() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]string{}, e.asked...)
}

func (e *fakeEngine) forget() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.asked = nil
}

func (e *fakeEngine) Begin(_ context.Context, g store.Grant) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.begun[g.ID]++
	return e.fails
}

func (e *fakeEngine) Return(context.Context, access.GrantID, access.PersonID) error {
	if e.meanwhile != nil {
		e.meanwhile()
	}
	return e.note("return")
}

func (e *fakeEngine) Revoke(_ context.Context, _ access.GrantID, _ access.PersonID, comment string) error {
	return e.note("revoke " + comment)
}

// Extend does what the workflow does, which sees a key twice as one extension.
func (e *fakeEngine) Extend(ctx context.Context, id access.GrantID, key string, by access.PersonID, until time.Time) error {
	if err := e.note("extend " + key + " " + until.Format(time.RFC3339)); err != nil {
		return err
	}
	_, err := e.house.store.Extend(ctx, id, store.Extension{Key: key, By: by, ExpiresAt: until})
	return err
}

func (e *fakeEngine) Decide(_ context.Context, _ access.GrantID, _ access.PersonID, approved bool, comment string) error {
	if approved {
		return e.note("approve " + comment)
	}
	return e.note("deny " + comment)
}

func (e *fakeEngine) Reissue(_ context.Context, _ access.GrantID, key string, _ access.PersonID) error {
	return e.note("reissue " + key)
}

func (e *fakeEngine) Leave(context.Context, access.CustomerID) error { return e.note("leave") }

func (e *fakeEngine) Drill(context.Context, access.CustomerID, access.DrillID) error {
	return e.note("drill")
}

func (e *fakeEngine) Credential(ctx context.Context, g store.Grant) (seal.Sealed, error) {
	if err := e.note("credential"); err != nil {
		return seal.Sealed{}, err
	}
	id := g.ID
	if !e.sealFor.IsZero() {
		id = e.sealFor
	}
	wrapped, err := e.house.store.DataKey(ctx, id)
	if err != nil {
		return seal.Sealed{}, err
	}
	if e.meanwhile != nil {
		e.meanwhile()
	}
	return e.house.vault.Seal(id, wrapped, access.Credential{
		UserName: "ada@contoso.example", Pass: access.NewSecret(thePass), Password: access.NewSecret(thePassword),
	})
}

// activate does what the workflow does until a grant is active.
func (h *house) activate(id access.GrantID) {
	h.t.Helper()
	ctx := h.t.Context()
	upn, err := access.ParseUPN("ada@contoso.example")
	require.NoError(h.t, err)
	_, err = h.store.BeginProvisioning(ctx, id, upn)
	require.NoError(h.t, err)
	require.NoError(h.t, h.store.AccountProvisioned(ctx, id, store.Provisioned{ObjectID: newOf[access.ObjectID](h), UPN: upn.String()}))
	ends := h.clock.now().Add(time.Hour)
	require.NoError(h.t, h.store.CredentialIssued(ctx, id, store.Issued{Issue: "first", Kind: access.PassAndPassword, PassEndsAt: &ends, PassEndsInTime: true}))
	_, err = h.store.Activate(ctx, id, h.clock.now(), false)
	require.NoError(h.t, err)
}

// beginEnding does what the workflow does first when a grant ends.
func (h *house) beginEnding(id access.GrantID) {
	h.t.Helper()
	_, err := h.store.BeginEnding(h.t.Context(), id, store.Ending{Cause: access.Returned})
	require.NoError(h.t, err)
}

// end does what the workflow does last.
func (h *house) end(id access.GrantID) {
	h.t.Helper()
	g, err := h.store.Grant(h.t.Context(), id)
	require.NoError(h.t, err)
	_, err = h.store.End(h.t.Context(), id, access.Proof{ReadAt: h.clock.now(), ObjectID: g.ObjectID, SessionsRevokedAt: h.clock.now(), RemovedRoles: 1})
	require.NoError(h.t, err)
}
