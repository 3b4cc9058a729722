// Package catalogue reads which directory roles the customers' tenants have, once a day and on demand, so that profiles can be
// made of roles that exist, and one that a tenant lacks is seen before somebody needs it.
//
// The queue is in the database: every worker makes rounds, and each tenant is read by one of them. The package knows the
// store and Microsoft, and nothing of profiles, of HTTP or of Temporal.
package catalogue

import (
	"context"
	"log/slog"
	"time"

	"hourglass/internal/entra"
	"hourglass/internal/rounds"
	"hourglass/internal/store"
)

const (
	// every is how often the queue is looked at; who asks for a new reading waits about that long.
	every = 5 * time.Second
	// daily is how old a catalogue becomes, and afterFailure when a tenant that did not answer is asked again, by whoever
	// claims it then: a claim is for that long.
	daily        = 24 * time.Hour
	afterFailure = time.Hour
	// atOnce bounds the tenants that one round asks, side by side.
	atOnce = 8
)

// Reader is one worker's part in reading catalogues.
type Reader struct {
	store   *store.Store
	entra   *entra.Client
	clock   func() time.Time
	log     *slog.Logger
	onRound func(name string, err error)
}

// New. A nil clock is the machine's.
func New(s *store.Store, microsoft *entra.Client, clock func() time.Time, log *slog.Logger) *Reader {
	if clock == nil {
		clock = time.Now
	}
	return &Reader{s, microsoft, clock, log, func(string, error) {}}
}

// OnRound has every round told to f under the name "catalogue". Before Run.
func (r *Reader) OnRound(f func(name string, err error)) { r.onRound = f }

// Run makes rounds until ctx ends.
func (r *Reader) Run(ctx context.Context) {
	rounds.Every(ctx, every, r.Round)
}

// Round reads every tenant that is due, at most atOnce of them.
func (r *Reader) Round(ctx context.Context) {
	rounds.Queue[store.DueCatalogue]{
		Name: "catalogue", Log: r.log, OnRound: r.onRound,
		Due: func(ctx context.Context) ([]store.DueCatalogue, error) {
			return r.store.ClaimCatalogues(ctx, atOnce, r.clock().Add(afterFailure))
		},
		Do: func(ctx context.Context, d store.DueCatalogue) {
			if err := r.read(ctx, d); err != nil && ctx.Err() == nil {
				r.log.WarnContext(ctx, "a tenant's roles were not read", "customer", d.CustomerID.String(), "tenant", d.TenantID.String(), "error", err)
			}
		},
	}.Round(ctx)
}

// read leaves what was known before where the tenant does not answer.
func (r *Reader) read(ctx context.Context, d store.DueCatalogue) error {
	definitions, err := r.entra.Tenant(d.TenantID).RoleDefinitions(ctx)
	if err != nil {
		return err
	}
	roles := make([]store.TenantRole, len(definitions))
	for i, def := range definitions {
		roles[i] = store.TenantRole{ID: def.ID, Name: def.Name, BuiltIn: def.BuiltIn, Enabled: def.Enabled}
	}
	return r.store.KeepCatalogue(ctx, d, roles, r.clock().Add(daily))
}
