package activities_test

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	temporallog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"hourglass/activities"
	"hourglass/internal/access"
	"hourglass/internal/entra"
	"hourglass/internal/entrasim"
	"hourglass/internal/seal"
	"hourglass/internal/store"
	"hourglass/worker"
	"hourglass/workflows"
)

const (
	helpdesk      = "729827e3-9c14-49f7-bb1b-9608f156bbb8"
	exchange      = "29232cdf-9323-42fd-ade2-1d097af3e4de"
	globalAdmin   = entrasim.RoleGlobalAdministrator
	grantLifetime = 2 * time.Hour
)

// scene is one customer's tenant in the stand-in, the real store and the real client, and one technician.
type scene struct {
	t        *testing.T
	ctx      context.Context
	sim      *entrasim.Sim
	tenant   string
	store    *store.Store
	vault    *seal.Vault
	person   store.Person
	customer store.Customer
	run      *testsuite.TestActivityEnvironment
	// onCall, where it is set, is told of every exchange with Microsoft, before its caller goes on.
	onCall func(entra.Exchange)
	// activities are those that run knows.
	activities *activities.Activities
	// later is how far the activities' clock is ahead of the machine's.
	later time.Duration
}

// stage sets up a scene with a tenant of the given licence.
func stage(t *testing.T, licence entrasim.Licence) *scene {
	s := &scene{t: t, ctx: t.Context(), tenant: uuid.NewString()}
	var err error
	s.sim, err = entrasim.Start(entrasim.Config{})
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.sim.Close() })
	require.NoError(t, s.sim.RegisterApp(entrasim.SampleApp()))
	require.NoError(t, s.sim.AddTenant(entrasim.TenantSpec{
		ID: s.tenant, Name: "Contoso", DefaultDomain: "contoso.onmicrosoft.com",
		Settings: entrasim.Settings{Licence: licence, TAPPolicy: entrasim.TAPPolicy{Enabled: true}},
	}))
	require.NoError(t, s.sim.Connect(s.tenant, entrasim.SampleClientID))

	s.store, err = store.Open(s.ctx, "sqlite:"+filepath.Join(t.TempDir(), "hourglass.db"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.store.Close() })
	require.NoError(t, s.store.Migrate(s.ctx))
	text, err := seal.CreateKeyset()
	require.NoError(t, err)
	keys, err := seal.ParseKeyset(text)
	require.NoError(t, err)
	s.vault = seal.NewVault(keys)

	s.person = store.Person{ID: id[access.PersonID](t), Name: name(t, "Ada"), Handle: must(access.NewHandle("ada")), Roles: []access.MSPRole{access.Technician}}
	s.customer = store.Customer{
		ID: id[access.CustomerID](t), Name: name(t, "Contoso"), TenantID: must(access.ParseID[access.TenantID](s.tenant)),
		Connection: access.Connected, AccountDomain: "contoso.onmicrosoft.com", Limits: limits(4*time.Hour, 8*time.Hour),
	}
	require.NoError(t, s.store.AddPerson(s.ctx, s.person, store.Actor{}))
	require.NoError(t, s.store.AddCustomer(s.ctx, s.customer, store.Actor{}))

	client, err := entra.New(entra.Config{
		AuthorityURL: s.sim.LoginURL(), GraphURL: s.sim.GraphURL(), CAFile: s.sim.CAFile(),
		ClientID: entrasim.SampleClientID, ClientSecret: access.NewSecret(entrasim.SampleClientSecret),
		Limits: entra.Limits{
			Units: entra.Rate{Count: 1e6, Per: time.Second}, Writes: entra.Rate{Count: 1e6, Per: time.Second},
			Reports: entra.Rate{Count: 1e6, Per: time.Second},
		},
		OnCall: func(_ context.Context, e entra.Exchange) {
			if s.onCall != nil {
				s.onCall(e)
			}
		},
	})
	require.NoError(t, err)
	var suite testsuite.WorkflowTestSuite
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	suite.SetLogger(temporallog.NewStructuredLogger(log))
	s.run = suite.NewTestActivityEnvironment()
	s.activities = activities.New(activities.Config{
		Store: s.store, Entra: client, Vault: s.vault, Logger: log,
		Clock: func() time.Time { return time.Now().Add(s.later) },
	})
	worker.Register(s.run, s.activities)
	return s
}

// request asks for a grant with a profile made for it.
func (s *scene) request(kind access.CredentialKind, roles ...string) access.GrantID {
	profile := access.Profile{ID: id[access.ProfileID](s.t), Name: name(s.t, "Profile "+uuid.NewString()), Credential: kind, Limits: limits(grantLifetime, 8*time.Hour)}
	for _, role := range roles {
		profile.Roles = append(profile.Roles, must(access.ParseID[access.RoleID](role)))
	}
	require.NoError(s.t, s.store.AddProfile(s.ctx, profile, store.Actor{}))
	require.NoError(s.t, s.store.AddEntitlement(s.ctx, store.Entitlement{
		ID: id[access.EntitlementID](s.t), PersonID: s.person.ID, ProfileID: profile.ID, CustomerID: s.customer.ID,
	}, store.Actor{}))

	grant := id[access.GrantID](s.t)
	wrapped, err := s.vault.NewDataKey(grant)
	require.NoError(s.t, err)
	var random [8]byte
	_, _ = rand.Read(random[:])
	_, created, err := s.store.RequestGrant(s.ctx, store.NewGrant{
		ID: grant, AccountID: id[access.AccountID](s.t), Marker: access.NewMarker(random),
		PersonID: s.person.ID, CustomerID: s.customer.ID, ProfileID: profile.ID,
		IdempotencyKey: uuid.NewString(), WrappedKey: wrapped, Waiting: workflows.Waiting,
	})
	require.NoError(s.t, err)
	require.True(s.t, created)
	return grant
}

// patience is far longer than any delay that the tests set.
const patience = 15 * time.Second

// do runs an activity as Temporal would: again after every failure that is not final.
func do[R any](s *scene, activity string, in any) (result R, err error) {
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); <-again.C {
		value, failure := s.run.ExecuteActivity(activity, in)
		if err = failure; err == nil {
			if value.HasValue() {
				require.NoError(s.t, value.Get(&result))
			}
			return result, nil
		}
		var described *temporal.ApplicationError
		if errors.As(err, &described) && described.NonRetryable() {
			break
		}
	}
	return result, err
}

// open takes a grant to active and returns its credential.
func (s *scene) open(grant access.GrantID) access.Credential {
	rotated, err := s.ready(grant)
	require.NoError(s.t, err)
	_, err = do[workflows.Activated](s, workflows.AssignRoles, workflows.GrantRef{GrantID: grant})
	require.NoError(s.t, err)
	return s.unseal(grant, rotated)
}

// ready takes a grant to an account with a credential and without roles.
func (s *scene) ready(grant access.GrantID) (workflows.Rotated, error) {
	return do[workflows.Rotated](s, workflows.ProvisionAccount, workflows.ProvisionInput{GrantID: grant, AndCredential: true})
}

func (s *scene) unseal(grant access.GrantID, rotated workflows.Rotated) access.Credential {
	var sealed seal.Sealed
	require.NoError(s.t, sealed.UnmarshalText([]byte(rotated.Sealed)))
	wrapped, err := s.store.DataKey(s.ctx, grant)
	require.NoError(s.t, err)
	credential, err := s.vault.Open(grant, wrapped, sealed)
	require.NoError(s.t, err)
	return credential
}

func (s *scene) switchOff(grant access.GrantID) (access.Proof, error) {
	return do[access.Proof](s, workflows.SwitchOff, workflows.SwitchOffInput{GrantID: grant, Cause: access.Expired})
}

// standsStillAt lets what happens meanwhile happen when Microsoft has answered a call of this name for the first time.
func (s *scene) standsStillAt(op string, meanwhile func()) {
	var stood atomic.Bool
	s.onCall = func(e entra.Exchange) {
		if e.Op == op && stood.CompareAndSwap(false, true) {
			meanwhile()
		}
	}
}

// account is the technician's account as the stand-in holds it; there is exactly one.
func (s *scene) account() entrasim.Account {
	s.t.Helper()
	users := s.sim.Users(s.tenant)
	require.Len(s.t, users, 1, "exactly one account")
	return users[0]
}

// requireOff is proof-of-off, seen from Microsoft's side.
func (s *scene) requireOff(credentials ...access.Credential) {
	s.t.Helper()
	account := s.account()
	require.False(s.t, account.AccountEnabled)
	require.Empty(s.t, account.Roles)
	require.Empty(s.t, account.Methods)
	for _, c := range credentials {
		for _, secret := range []access.Secret{c.Password, c.Pass} {
			_, err := s.sim.TrySignIn(s.tenant, c.UserName, secret.Reveal())
			require.Error(s.t, err)
		}
	}
	for _, session := range account.Sessions {
		require.NotEmpty(s.t, session.Ended, "a session is still on")
	}
}

func id[I any, P interface {
	*I
	UnmarshalText([]byte) error
}](t *testing.T) (i I) {
	require.NoError(t, P(&i).UnmarshalText([]byte(uuid.NewString())))
	return i
}

func must[V any](v V, err error) V {
	if err != nil {
		panic(err)
	}
	return v
}

func name(t *testing.T, s string) access.Name {
	n, err := access.NewName(s)
	require.NoError(t, err)
	return n
}

func limits(standard, maximum time.Duration) access.Limits {
	return must(access.NewLimits(must(access.NewLifetime(standard)), must(access.NewLifetime(maximum))))
}
