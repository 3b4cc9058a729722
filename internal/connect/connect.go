// Package connect takes a customer whose administrator has consented, or who brought an app registration of its own, to the
// end of its connection: it asks the tenant itself, with a fresh token each time, until everything is as expected or the
// time is over. It also watches over the ends of the secrets and certificates with which Hourglass speaks to Microsoft.
//
// Nothing that came with the browser counts here. An attempt names the tenant that was expected before anybody was sent
// to Microsoft; the tenant's token endpoint and Graph say the rest (right-tenant). The attempt's row is both the queue and
// the progress that people see, so that whoever dies, the next round of any worker goes on (docs/decisions/0015).
//
// The package knows the store and Microsoft. It knows nothing of HTTP, of browsers or of Temporal.
package connect

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/entra"
	"hourglass/internal/rounds"
	"hourglass/internal/store"
)

const (
	// every is how often the queue is looked at, and checkAgain how long a tenant is left alone between two checks.
	every      = time.Second
	checkAgain = 5 * time.Second
	// Patience is how long after the consent a tenant may take. Microsoft's own tests wait two minutes for a consent to
	// spread (microsoft-graph.md, section 3).
	Patience = 10 * time.Minute
	// OwnPatience is the same where the tenant brought an app of its own, which nobody has just consented to as a rule.
	OwnPatience = 3 * time.Minute
	// atOnce bounds the tenants that one round asks, side by side.
	atOnce = 16
)

// Connector is one worker's part in connecting customers. Several may work on the same queue: what they do at the same
// time is reading, and only one of them ends an attempt.
type Connector struct {
	store      *store.Store
	entra      *entra.Client
	apps       Apps
	clock      func() time.Time
	log        *slog.Logger
	secretEnds time.Time
	onRound    func(name string, err error)
}

// Config is what a Connector works with.
type Config struct {
	Store *store.Store
	Entra *entra.Client
	Apps  Apps
	// SecretEnds is when the deployment's client secret ends; zero where nobody said so. A certificate says it itself.
	SecretEnds time.Time
	Clock      func() time.Time // nil: the machine's
	Log        *slog.Logger
}

func New(cfg Config) *Connector {
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	return &Connector{
		store: cfg.Store, entra: cfg.Entra, apps: cfg.Apps, clock: cfg.Clock, log: cfg.Log, secretEnds: cfg.SecretEnds,
		onRound: func(string, error) {},
	}
}

// OnRound has every round told to f under the name "connect". Before Run.
func (c *Connector) OnRound(f func(name string, err error)) { c.onRound = f }

// Run makes rounds until ctx ends.
func (c *Connector) Run(ctx context.Context) {
	go c.watch(ctx)
	rounds.Every(ctx, every, c.Round)
}

// Round checks every tenant that is due, once.
func (c *Connector) Round(ctx context.Context) {
	rounds.Queue[store.Attempt]{
		Name: "connect", Log: c.log, OnRound: c.onRound, Do: c.advance,
		Due: func(ctx context.Context) ([]store.Attempt, error) { return c.store.DueConnections(ctx, atOnce) },
	}.Round(ctx)
}

// advance checks one tenant and writes down what came of it.
func (c *Connector) advance(ctx context.Context, a store.Attempt) {
	verified, wait, err := c.verify(ctx, a)
	if ctx.Err() != nil {
		return // the worker stops; the attempt stays due
	}
	log := c.log.With("customer", a.CustomerID.String(), "tenant", a.TenantID.String())
	var failure access.ConnectFailure
	switch {
	case err == nil:
		if err = c.store.Connect(ctx, a.ID, verified); errors.As(err, &failure) {
			err = c.store.FailConnection(ctx, a.ID, failure)
		}
	case errors.As(err, &failure):
		log.WarnContext(ctx, "customer is not connected", "failure", failure, "error", err)
		err = c.store.FailConnection(ctx, a.ID, failure)
	case !c.clock().Before(a.ConsentedAt.Add(patience(a))):
		log.WarnContext(ctx, "customer is not connected: the time is over", "step", wait.step, "error", err)
		err = c.store.FailConnection(ctx, a.ID, tooLate(a, wait.step))
	default:
		log.InfoContext(ctx, "tenant is not ready yet", "step", wait.step, "missing", wait.missing, "error", err)
		err = c.store.ConnectionWaits(ctx, a.ID, wait.step, wait.missing, c.clock().Add(max(checkAgain, wait.pause)))
	}
	// Another worker may have been faster, a later attempt taken this one's place, or an admin changed the customer: then the
	// next round verifies it again.
	if err != nil && !errors.Is(err, access.ErrIllegalTransition) && !errors.Is(err, access.ErrChanged) {
		log.ErrorContext(ctx, "the progress of a connection was not written down", "error", err)
	}
}

func patience(a store.Attempt) time.Duration {
	if a.AppKeyID.IsZero() {
		return Patience
	}
	return OwnPatience
}

// tooLate is the failure of an attempt that is stuck at a step when the time is over.
func tooLate(a store.Attempt, at access.ConnectStep) access.ConnectFailure {
	switch {
	case at == access.StepPermissions:
		return access.PermissionsMissing
	case at == access.StepToken && a.AppKeyID.IsZero():
		return access.NoToken
	}
	return access.NotVerified // an app of the customer's own is refused at once, unless Microsoft does not answer
}
