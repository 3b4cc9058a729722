package api

import (
	"context"
	"errors"
	"fmt"
	"io"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// drills is what the store does for drills.
type drills interface {
	BeginDrill(ctx context.Context, n store.NewDrill, by store.Actor) (d store.Drill, begun bool, err error)
	Drills(ctx context.Context, id access.CustomerID, limit int) ([]store.Drill, error)
	LastDrills(ctx context.Context, ids []access.CustomerID) (map[access.CustomerID]store.Drill, error)
	DrillSchedule(ctx context.Context, id access.CustomerID) (store.DrillSchedule, error)
	ScheduleDrills(ctx context.Context, id access.CustomerID, every access.DrillInterval, by store.Actor) (store.DrillSchedule, error)
}

func (s *server) BeginDrill(ctx context.Context, request BeginDrillRequestObject) (BeginDrillResponseObject, error) {
	ctx, by := begin(ctx)
	var random [8]byte
	if _, err := io.ReadFull(s.random, random[:]); err != nil {
		return nil, fmt.Errorf("drawing a marker: %w", err)
	}
	d, _, err := s.store.BeginDrill(ctx, store.NewDrill{
		ID: access.MustID[access.DrillID](newID(s.random)), CustomerID: request.Id,
		CanaryID: access.MustID[access.AccountID](newID(s.random)), Marker: access.NewMarker(random),
	}, by.actor())
	if errors.Is(err, access.ErrNotConnected) {
		return nil, &failure{kind: customerUnavailable, cause: err}
	}
	if err != nil {
		return nil, err
	}
	s.keepDrilling(d)
	return BeginDrill202JSONResponse(drillView(d)), nil
}

// keepDrilling does not wait, as endUncovered does not.
func (s *server) keepDrilling(d store.Drill) {
	go func() {
		ctx, cancel := context.WithTimeout(s.base, engineAnswer)
		defer cancel()
		if err := s.engine.Drill(ctx, d.CustomerID, d.ID); err != nil && s.base.Err() == nil {
			s.log.WarnContext(ctx, "a drill was not started; the workers will start it", "drill", d.ID, "error", err)
		}
	}()
}

func (s *server) ListDrills(ctx context.Context, request ListDrillsRequestObject) (ListDrillsResponseObject, error) {
	ctx, _ = begin(ctx)
	list, err := s.store.Drills(ctx, request.Id, request.Params.Limit)
	if err != nil {
		return nil, err
	}
	schedule, err := s.store.DrillSchedule(ctx, request.Id)
	views := make([]Drill, len(list))
	for i, d := range list {
		views[i] = drillView(d)
	}
	return ListDrills200JSONResponse{Schedule: scheduleView(schedule), Drills: views}, err
}

func (s *server) ScheduleDrills(ctx context.Context, request ScheduleDrillsRequestObject) (ScheduleDrillsResponseObject, error) {
	ctx, by := begin(ctx)
	schedule, err := s.store.ScheduleDrills(ctx, request.Id, request.Body.Every, by.actor())
	return ScheduleDrills200JSONResponse(scheduleView(schedule)), err
}

func scheduleView(s store.DrillSchedule) DrillSchedule {
	return DrillSchedule{Every: s.Every, DueAt: instant(s.DueAt)}
}

func drillView(d store.Drill) Drill {
	view := Drill{
		Id: d.ID, State: drillState(d), Finding: drillFinding(d), BegunBy: Named{Id: d.By.String(), Name: d.ByName},
		Profile: Named{Id: d.ProfileID.String(), Name: d.ProfileName}, Roles: make([]Named, len(d.Roles)),
		UserName: d.Canary.UPN, ObjectId: d.Canary.ObjectID,
		BegunAt: d.BegunAt.UTC(), ArmedAt: instant(d.ArmedAt), EndingAt: instant(d.EndingAt), OffAt: instant(d.OffAt), EndedAt: instant(d.EndedAt),
		OffSeconds: d.OffAfter().Seconds(), Proof: proofView(d.Proof), Deletion: d.Deletion, Steps: make([]DrillStep, len(d.Steps)),
	}
	for i, role := range d.Roles {
		view.Roles[i] = Named{Id: role.String(), Name: access.DirectoryRoleOf(role).Name}
	}
	for i, step := range d.Steps {
		view.Steps[i] = DrillStep{Phase: step.Phase, Name: step.Name, At: step.At.UTC(), TookMs: step.Took}
	}
	return view
}

func drillState(d store.Drill) DrillState {
	switch {
	case d.Passed():
		return DrillPassed
	case d.EndedAt != nil:
		return DrillFailed
	case d.OffAt != nil:
		return DrillCleaningUp
	case d.EndingAt != nil:
		return DrillSwitchingOff
	}
	return DrillArming
}

// drillFinding says what is wrong; it is empty, and absent from the answer, where nothing is.
func drillFinding(d store.Drill) string {
	switch {
	case d.Failure == store.FailedLate:
		return fmt.Sprintf("The canary could not be switched off within %d minutes, because: %s. It was off after %d seconds.",
			int(access.DrillPatience.Minutes()), d.Reason, int(d.OffAfter().Seconds()))
	case d.Failure != "":
		return fmt.Sprintf("The canary could not be given the profile, because: %s.", orElse(d.Reason, d.Failure))
	case d.Reason == "":
		return ""
	case d.EndingAt == nil:
		return fmt.Sprintf("The canary could not be given the profile yet, because: %s.", d.Reason)
	}
	return fmt.Sprintf("The canary could not be switched off, because: %s. It is tried again until it is off.", d.Reason)
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// withDrills shows customers with how their last drills ended.
func (s *server) withDrills(ctx context.Context, customers ...store.Customer) ([]Customer, error) {
	ids := make([]access.CustomerID, len(customers))
	for i, c := range customers {
		ids[i] = c.ID
	}
	last, err := s.store.LastDrills(ctx, ids)
	if err != nil {
		return nil, err
	}
	views := make([]Customer, len(customers))
	for i, c := range customers {
		views[i] = customerView(c)
		if d, drilled := last[c.ID]; drilled {
			views[i].LastDrill = LastDrill{At: d.BegunAt.UTC(), Passed: d.Passed(), OffSeconds: d.OffAfter().Seconds(), Finding: drillFinding(d)}
		}
	}
	return views, nil
}
