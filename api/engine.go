package api

import (
	"context"
	"errors"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/bulk"
	"hourglass/internal/seal"
	"hourglass/internal/store"
)

// Engine is what the API asks of the workflows. An error is access.ErrNotFound (no such workflow runs),
// access.ErrIllegalTransition, access.ErrInvalid, or anything else: then nobody knows whether it was
// carried out, and the caller is asked to try again.
type Engine interface {
	// Begin starts the grant's workflow unless it runs, and returns when the workflow has registered its clean-up.
	// What an error leaves undone, the sweep repairs.
	Begin(ctx context.Context, grant store.Grant) error
	Return(ctx context.Context, id access.GrantID, by access.PersonID) error
	Revoke(ctx context.Context, id access.GrantID, by access.PersonID, comment string) error
	// Extend and Reissue do nothing when they see a requestKey again.
	Extend(ctx context.Context, id access.GrantID, requestKey string, by access.PersonID, newLifetimeEnd time.Time) error
	Decide(ctx context.Context, id access.GrantID, by access.PersonID, approved bool, comment string) error
	Reissue(ctx context.Context, id access.GrantID, requestKey string, by access.PersonID) error
	// Leave starts the workflow of a customer's departure, or makes the one that runs try again at once.
	Leave(ctx context.Context, customer access.CustomerID) error
	// Drill makes sure that the workflow of a drill runs.
	Drill(ctx context.Context, customer access.CustomerID, drill access.DrillID) error
	// Credential asks the workflow for the sealed credential.
	Credential(ctx context.Context, grant store.Grant) (seal.Sealed, error)
}

// Store is what the API asks of internal/store.
type Store interface {
	Access(ctx context.Context, p access.PersonID, at time.Time) ([]store.Reach, error)
	AccessEnds(ctx context.Context, p access.PersonID, at time.Time) (time.Time, error)
	RequestGrant(ctx context.Context, n store.NewGrant) (g store.Grant, created bool, err error)
	Grant(ctx context.Context, id access.GrantID) (store.Grant, error)
	Grants(ctx context.Context, f store.GrantFilter) (page []store.Grant, next string, err error)
	DataKey(ctx context.Context, id access.GrantID) (wrapped []byte, err error)
	RecordWorkflowsRead(ctx context.Context, by access.PersonID) error
	RecordReveal(ctx context.Context, id access.GrantID, by access.PersonID, revealID string, kind access.CredentialKind) error
	Changes(ctx context.Context, after int64, limit int) ([]store.Change, error)
	GrantsOf(ctx context.Context, changes []store.Change) (map[access.GrantID]store.Grant, error)
	LastChange(ctx context.Context) (int64, error)
	connections
	customers
	preflights
	departures
	drills
	profiles
	catalogues
	entitlements
	people
	teams
	browsers
	bulk.Store
	auditLog
	naming
	deciding
}

// engineAnswer is how long a workflow may take to answer.
const engineAnswer = 10 * time.Second

// engineFailure decides what an error of the engine means for a grant that the store knows. A workflow that
// is not there yet is one that the sweep is about to start, so that it is worth asking again.
func engineFailure(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, access.ErrIllegalTransition), errors.Is(err, access.ErrInvalid):
		return err
	}
	return &failure{kind: engineUnavailable, cause: err}
}
