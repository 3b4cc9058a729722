// Package activities holds the effects of a grant, one file each. Every activity is idempotent: it
// reads what is, does what is missing, and writes the database's side of its step (state and audit
// record) in one transaction. Which comes after which is for package workflows to say.
//
// What leaves an activity goes into a workflow history: results carry no secret but the sealed
// credential, failures no word of Microsoft's answer but its code and request id (failure.go).
package activities

import (
	"crypto/rand"
	"io"
	"log/slog"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/entra"
	"hourglass/internal/seal"
	"hourglass/internal/store"
	"hourglass/workflows"
)

// Activities are the effects, bound to what they work on.
type Activities struct {
	store  *store.Store
	entra  *entra.Client
	vault  *seal.Vault
	clock  func() time.Time
	random io.Reader
	log    *slog.Logger
	wave   *wave

	onReady func(time.Duration)
	onEnded func(access.Outcome, time.Duration)
}

var _ workflows.Activities = (*Activities)(nil)

// Config of New. Clock and Random default to the machine's; nobody has to be told of anything.
type Config struct {
	Store  *store.Store
	Entra  *entra.Client
	Vault  *seal.Vault
	Clock  func() time.Time
	Random io.Reader
	Logger *slog.Logger
	// OnReady is told how long after its request, or its approval, a grant's access was there.
	OnReady func(took time.Duration)
	// OnEnded is told how long after the moment at which a grant was to end its account was proven off.
	OnEnded func(cause access.Outcome, late time.Duration)
}

func New(c Config) *Activities {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Random == nil {
		c.Random = rand.Reader
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.OnReady == nil {
		c.OnReady = func(time.Duration) {}
	}
	if c.OnEnded == nil {
		c.OnEnded = func(access.Outcome, time.Duration) {}
	}
	return &Activities{c.Store, c.Entra, c.Vault, c.Clock, c.Random, c.Logger, &wave{}, c.OnReady, c.OnEnded}
}
