package onemachine_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/api"
	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/entrasim"
	"hourglass/internal/onemachine"
	"hourglass/internal/store"
)

// lifetime of the grants in these tests.
const lifetime = 3 * time.Second

// stage is one machine with one technician, who may do everything everywhere.
type stage struct {
	*onemachine.Machine
	ada *onemachine.Client

	mu      sync.Mutex
	scenes  map[string]*scene // by tenant
	secrets []string          // every password and pass that Microsoft was ever told or told us
}

func newStage(t *testing.T, cfg onemachine.Config) *stage {
	t.Helper()
	cfg.Sample = true
	s := &stage{Machine: start(t, cfg), scenes: map[string]*scene{}}
	var err error
	s.ada, err = s.SignedIn(patiently(t), onemachine.Ada)
	require.NoError(t, err)
	s.Sim.OnExchange(s.see)
	return s
}

// scene is one grant at a customer of its own, whose tenant tells the stand-in's requests apart.
type scene struct {
	name     string
	stage    *stage
	customer store.Customer
	tenant   string
	// watch is told of every exchange with the tenant, before the product has the answer.
	watch func(entrasim.Exchange)
	// whole is the last instant at which something was broken or being restarted on this scene's behalf.
	whole time.Time
}

var passesAllowed = entrasim.TAPPolicy{Enabled: true, MinMinutes: 10, MaxMinutes: 480}

// newScene gives every second customer Entra ID P2, so that both ways to assign a role are walked.
func (s *stage) newScene(t *testing.T, name string) *scene {
	t.Helper()
	s.mu.Lock()
	n := len(s.scenes)
	s.mu.Unlock()
	settings := entrasim.Settings{Licence: []entrasim.Licence{entrasim.P2, entrasim.Free}[n%2], TAPPolicy: passesAllowed}
	customer, err := s.AddCustomer(patiently(t), fmt.Sprintf("Customer%d", n+1), settings)
	require.NoError(t, err)
	made := &scene{name: name, stage: s, customer: customer, tenant: customer.TenantID.String()}
	s.mu.Lock()
	s.scenes[made.tenant] = made
	s.mu.Unlock()
	return made
}

// see is the stand-in's side of every exchange.
func (s *stage) see(e entrasim.Exchange) {
	s.mu.Lock()
	here := s.scenes[e.Tenant]
	s.secrets = append(s.secrets, secretsIn(e)...)
	s.mu.Unlock()
	if here != nil && here.watch != nil {
		here.watch(e)
	}
}

// secretsIn are the passwords that were set, whether or not that was answered, and the passes that were issued.
func secretsIn(e entrasim.Exchange) (found []string) {
	var asked struct{ PasswordProfile struct{ Password string } }
	var answered struct{ TemporaryAccessPass string }
	_ = json.Unmarshal(e.RequestBody, &asked) // most exchanges have neither
	_ = json.Unmarshal(e.ResponseBody, &answered)
	for _, secret := range []string{asked.PasswordProfile.Password, answered.TemporaryAccessPass} {
		if secret != "" {
			found = append(found, secret)
		}
	}
	return found
}

// ask sends the one request of the scene. Asking again gives the same grant.
func (sc *scene) ask(ctx context.Context) (api.Grant, error) {
	return sc.stage.ada.Request(ctx, "only-"+sc.customer.ID.String(), api.GrantRequest{
		CustomerId: sc.customer.ID, ProfileId: onemachine.ShortVisit, LifetimeSeconds: int64(lifetime / time.Second),
	})
}

// request asks as a browser does that does not know what became of an earlier attempt: until it is answered.
func (sc *scene) request(ctx context.Context) error {
	return until(ctx, func() (bool, error) {
		_, err := sc.ask(ctx)
		if refused(err) {
			return false, err
		}
		return err == nil, nil
	})
}

// refused tells an answer that stays the same, however often one asks, from a process that is not there.
func refused(err error) bool {
	var problem *onemachine.Problem
	return errors.As(err, &problem) && problem.Status < http.StatusInternalServerError
}

// reaches waits until the grant is in a state, asking the database: the API may be the one that was killed.
func (sc *scene) reaches(ctx context.Context, state access.State) (g store.Grant, err error) {
	err = until(ctx, func() (bool, error) {
		grants, _, err := sc.stage.Store.Grants(ctx, store.GrantFilter{CustomerID: sc.customer.ID})
		if err != nil || len(grants) == 0 {
			return false, err
		}
		g = grants[0]
		if g.State == access.Ended && state != access.Ended {
			return false, fmt.Errorf("the grant ended (%s) before it was %s", g.Outcome, state)
		}
		return g.State == state, nil
	})
	if err != nil {
		err = fmt.Errorf("waiting for %s in state %q: %w", state, g.State, err)
	}
	return g, err
}

// until polls with a deadline.
func until(ctx context.Context, done func() (bool, error)) error {
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		if ok, err := done(); ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-ticker.C:
		}
	}
}

// check waits for the end and holds the scene to its promises.
func (sc *scene) check(t *testing.T) store.Grant {
	t.Helper()
	ctx := patiently(t)
	g, err := sc.reaches(ctx, access.Ended)
	require.NoError(t, err)
	assert.Equal(t, access.Expired, g.Outcome)

	again, err := sc.ask(ctx)
	require.NoError(t, err)
	assert.Equal(t, g.ID, again.Id, "a repeated request gives the same grant")
	grants, _, err := sc.stage.Store.Grants(ctx, store.GrantFilter{CustomerID: sc.customer.ID})
	require.NoError(t, err)
	assert.Len(t, grants, 1, "one-live-grant")

	records, err := sc.stage.Records(ctx, g.ID)
	require.NoError(t, err)
	got := onemachine.Tally(records)
	// An account whose creation was not answered is found by the retry.
	assert.Equal(t, 1, got[audit.AccountCreated]+got[audit.AccountFound], "nothing-forgotten: %v", got)
	maps.DeleteFunc(got, func(a audit.Action, _ int) bool { return a == audit.AccountCreated || a == audit.AccountFound })
	assert.Equal(t, map[audit.Action]int{
		audit.GrantRequested: 1, audit.GrantProvisioning: 1, audit.CredentialIssued: 1,
		audit.GrantActive: 1, audit.GrantEnding: 1, audit.GrantEnded: 1,
	}, got, "nothing-forgotten: every record once")

	_, err = sc.stage.Store.DataKey(ctx, g.ID)
	require.ErrorIs(t, err, access.ErrDataKeyDestroyed, "two-keys")
	sc.checkOff(t)
	return g
}

// checkOff asks the stand-in: exactly one account, and nothing on.
func (sc *scene) checkOff(t *testing.T) {
	t.Helper()
	users := sc.stage.Sim.Users(sc.tenant)
	require.Len(t, users, 1, "exactly one account")
	account := users[0]
	assert.False(t, account.AccountEnabled, "proof-of-off")
	assert.Empty(t, slices.Concat(account.Roles, account.Eligible, account.Groups), "proof-of-off")
	assert.Empty(t, account.Methods, "proof-of-off")
	sc.stage.mu.Lock()
	secrets := slices.Clone(sc.stage.secrets)
	sc.stage.mu.Unlock()
	for _, secret := range secrets {
		_, err := sc.stage.Sim.TrySignIn(sc.tenant, account.UPN, secret)
		require.Error(t, err, "proof-of-off: a secret that was issued opens the account")
	}
}

// checkNoneLive: every grant has ended.
func (s *stage) checkNoneLive(t *testing.T) {
	t.Helper()
	census, err := s.Store.Census(patiently(t))
	require.NoError(t, err)
	for state, n := range census.Live {
		assert.Zero(t, n, "%s", state)
	}
}

// checkWhole holds everything that was written to two-keys and nothing-forgotten.
func (s *stage) checkWhole(t *testing.T) {
	t.Helper()
	ctx := patiently(t)
	said, err := s.Hourglass(ctx, "audit", "verify")
	require.NoError(t, err)
	t.Log(said)

	s.mu.Lock()
	secrets := slices.Clone(s.secrets)
	s.mu.Unlock()
	require.NotEmpty(t, secrets)
	found, err := s.Search(ctx, append(secrets, onemachine.Ada.String())...)
	require.NoError(t, err)
	where := found.In[onemachine.Ada.String()]
	assert.NotEmpty(t, where, "a search that finds nothing proves nothing")
	if onServer {
		assert.Contains(t, strings.Join(where, " "), "table temporal.", "nor one that leaves Temporal's tables out")
	}
	for i, secret := range secrets {
		assert.Empty(t, found.In[secret], "two-keys: secret %d of %d", i, len(secrets))
	}
	t.Logf("looked for %d passwords and passes in %d files and histories, %d MB", len(secrets), found.Places, found.Bytes>>20)
}
