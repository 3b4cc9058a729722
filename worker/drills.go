package worker

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// drill begins the drills that are due, and asks for a workflow for every one that runs. Several workers may do both at the
// same time: only one of them begins a drill.
func (r repairer) drill(ctx context.Context) error {
	due, err := r.store.DueDrills(ctx, atOnce)
	failed := []error{err}
	for _, customer := range due {
		if _, _, err := r.store.BeginDueDrill(ctx, newDrill(customer)); err != nil && !errors.Is(err, access.ErrNotFound) {
			failed = append(failed, fmt.Errorf("customer %s: %w", customer, err))
		}
	}
	running, err := r.store.RunningDrills(ctx, atOnce)
	failed = append(failed, err)
	for _, d := range running {
		if err := r.engine.Drill(ctx, d.CustomerID, d.ID); err != nil {
			failed = append(failed, fmt.Errorf("drill %s: %w", d.ID, err))
		}
	}
	return errors.Join(failed...)
}

func newDrill(customer access.CustomerID) store.NewDrill {
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails
	return store.NewDrill{
		ID: access.MustID[access.DrillID](uuid.NewString()), CustomerID: customer,
		CanaryID: access.MustID[access.AccountID](uuid.NewString()), Marker: access.NewMarker(random),
	}
}
