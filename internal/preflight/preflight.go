// Package preflight asks each connected customer's tenant, before anybody requests a grant there, whether one would work:
// daily, right after the connection, and when somebody asks for it. It reads facts; what they mean is access.Preflight's
// to say, and the store's to keep.
//
// The customer's row is the queue, the lease and the result (docs/decisions/0020): every worker takes on checks that are
// due, nobody else is given one until its lease is over, and whoever dies only delays it.
//
// Two things here write to a tenant. An account of its own, disabled for ever and without any role, is where password
// resets are tried. And where that is refused, and an admin has allowed it, the app takes the role User Administrator; it
// returns it when the admin takes that back.
//
// The package knows the store and Microsoft. It knows nothing of HTTP or of Temporal.
package preflight

import (
	"context"
	"crypto/rand"
	"errors"
	"hash/fnv"
	"io"
	"log/slog"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/entra"
	"hourglass/internal/rounds"
	"hourglass/internal/store"
)

const (
	// every is how often the queue is looked at.
	every = time.Second
	// atOnce bounds the tenants that one round asks, side by side.
	atOnce = 16
	// longest bounds one check. It is over before its lease is, so that no other worker is at it then.
	longest = 100 * time.Second
	lease   = 2 * time.Minute

	// A tenant is checked again 22 to 26 hours later: each customer has its own moment of the day.
	earliestAgain, spread = 22 * time.Hour, 4 * time.Hour
	// soon is when one is, where no grant would work or something could not be read; verySoon, where that is a matter of
	// minutes.
	soon, verySoon = 15 * time.Minute, time.Minute
	// confirmAfter is when a tenant that refused the app is asked again. It is longer than a worker goes on with the key
	// that the app had before (entra.Client).
	confirmAfter = 3 * time.Second
)

// Checker is one worker's part in the checks.
type Checker struct {
	store  *store.Store
	entra  *entra.Client
	clock  func() time.Time
	random io.Reader
	log    *slog.Logger

	confirmAfter time.Duration
	onRound      func(name string, err error)
}

// New. A nil clock is the machine's.
func New(s *store.Store, microsoft *entra.Client, clock func() time.Time, log *slog.Logger) *Checker {
	if clock == nil {
		clock = time.Now
	}
	return &Checker{s, microsoft, clock, rand.Reader, log, confirmAfter, func(string, error) {}}
}

// OnRound has every round told to f under the name "preflight". Before Run.
func (c *Checker) OnRound(f func(name string, err error)) { c.onRound = f }

// Run makes rounds until ctx ends.
func (c *Checker) Run(ctx context.Context) {
	rounds.Every(ctx, every, c.Round)
}

// Round makes the checks that are due, once.
func (c *Checker) Round(ctx context.Context) {
	rounds.Queue[store.PreflightTask]{
		Name: "preflight", Log: c.log, OnRound: c.onRound, Do: c.check,
		Due: func(ctx context.Context) ([]store.PreflightTask, error) {
			return c.store.ClaimPreflights(ctx, atOnce, lease)
		},
	}.Round(ctx)
}

// check reads one tenant and writes down what came of it.
func (c *Checker) check(ctx context.Context, task store.PreflightTask) {
	r := &reading{Checker: c, task: task, tenant: c.entra.Tenant(task.Customer.TenantID), soon: soon,
		log: c.log.With("customer", task.Customer.ID.String(), "tenant", task.Customer.TenantID.String())}
	bounded, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	facts := r.facts(bounded)
	if ctx.Err() != nil {
		return // the worker stops; the check is taken on again when its lease is over
	}
	now := c.clock()
	err := c.store.FinishPreflight(ctx, task, facts, now.Add(earliestAgain+momentOf(task.Customer.ID)), now.Add(r.soon))
	if err != nil && !errors.Is(err, access.ErrIllegalTransition) { // another worker may have taken it over
		r.log.ErrorContext(ctx, "what a check has read was not written down", "error", err)
	}
}

// momentOf spreads the customers over the time between the earliest next check and the latest.
func momentOf(id access.CustomerID) time.Duration {
	h := fnv.New64a()
	_, _ = io.WriteString(h, id.String())
	return time.Duration(h.Sum64() % uint64(spread))
}
