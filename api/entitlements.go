package api

import (
	"context"
	"errors"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/store"
	"hourglass/internal/uncovered"
)

// entitlements is what the store does for who may reach what.
type entitlements interface {
	Entitlements(ctx context.Context, f store.EntitlementFilter) (page []store.EntitlementView, more bool, err error)
	Entitlement(ctx context.Context, id access.EntitlementID) (store.EntitlementView, error)
	AddEntitlement(ctx context.Context, e store.Entitlement, by store.Actor, once ...store.Intent) error
	RemoveEntitlement(ctx context.Context, id access.EntitlementID, by store.Actor) error
	PersonReasons(ctx context.Context, p access.PersonID, at time.Time) ([]store.Reason, error)
	CustomerReasons(ctx context.Context, c access.CustomerID, at time.Time) ([]store.Reason, error)
	Uncovered(ctx context.Context, now time.Time, limit int) ([]store.Uncovered, error)
}

func (s *server) ListEntitlements(ctx context.Context, request ListEntitlementsRequestObject) (ListEntitlementsResponseObject, error) {
	ctx, _ = begin(ctx)
	asked := request.Params
	page, more, err := s.store.Entitlements(ctx, store.EntitlementFilter{
		PersonID: asked.PersonId, TeamID: asked.TeamId, ProfileID: asked.ProfileId, CustomerID: asked.CustomerId,
		After: asked.After, Limit: asked.Limit,
	})
	if err != nil {
		return nil, err
	}
	answer := ListEntitlements200JSONResponse{Entitlements: make([]Entitlement, len(page))}
	for i, e := range page {
		answer.Entitlements[i] = entitlementView(e)
	}
	if more {
		answer.Next = page[len(page)-1].ID.String()
	}
	return answer, nil
}

func (s *server) GetEntitlement(ctx context.Context, request GetEntitlementRequestObject) (GetEntitlementResponseObject, error) {
	ctx, _ = begin(ctx)
	e, err := s.store.Entitlement(ctx, request.Id)
	return GetEntitlement200JSONResponse(entitlementView(e)), err
}

func (s *server) CreateEntitlement(ctx context.Context, request CreateEntitlementRequestObject) (CreateEntitlementResponseObject, error) {
	ctx, by := begin(ctx)
	e, err := s.newEntitlement(ctx, *request.Body)
	if err != nil {
		return nil, err
	}
	once, err := intent("createEntitlement", request.Params.IdempotencyKey, request.Body)
	if err != nil {
		return nil, err
	}
	err = s.store.AddEntitlement(ctx, e, by.actor(), once)
	if before, repeated := madeBefore[access.EntitlementID](err); repeated {
		made, err := s.store.Entitlement(ctx, before)
		return CreateEntitlement200JSONResponse(entitlementView(made)), err
	}
	switch {
	case errors.Is(err, access.ErrNotFound):
		return nil, wrongFields(ProblemError{Code: "unknown", Advice: "Name a person or team, and a customer, that exist."})
	case err != nil:
		return nil, err
	}
	made, err := s.store.Entitlement(ctx, e.ID)
	return CreateEntitlement201JSONResponse{
		Body:    entitlementView(made),
		Headers: CreateEntitlement201ResponseHeaders{Location: "/api/v1/entitlements/" + e.ID.String()},
	}, err
}

func (s *server) newEntitlement(ctx context.Context, body NewEntitlement) (store.Entitlement, error) {
	e := store.Entitlement{
		ID:       access.MustID[access.EntitlementID](newID(s.random)),
		PersonID: body.PersonId, TeamID: body.TeamId, ProfileID: body.ProfileId, CustomerID: body.CustomerId,
	}
	if !body.EndsAt.IsZero() {
		ends := body.EndsAt.UTC()
		e.EndsAt = &ends
	}
	var wrong []ProblemError
	if e.PersonID.IsZero() == e.TeamID.IsZero() {
		wrong = append(wrong, ProblemError{Code: "required", Field: "person_id", Advice: "Send either a person or a team."})
	}
	if e.EndsAt != nil && (!e.EndsAt.After(s.now()) || e.EndsAt.Year() > 9999) {
		wrong = append(wrong, ProblemError{Code: "invalid", Field: "ends_at", Advice: "Send an instant that is still to come."})
	}
	profile, err := s.store.Profile(ctx, e.ProfileID)
	switch {
	case errors.Is(err, access.ErrNotFound):
		wrong = append(wrong, ProblemError{Code: "unknown", Field: "profile_id", Advice: "Name a profile that exists."})
	case err != nil:
		return store.Entitlement{}, err
	}
	switch {
	case wrong != nil:
		return store.Entitlement{}, wrongFields(wrong...)
	case profile.Retired:
		return store.Entitlement{}, &failure{kind: profileRetired}
	}
	return e, nil
}

func (s *server) RemoveEntitlement(ctx context.Context, request RemoveEntitlementRequestObject) (RemoveEntitlementResponseObject, error) {
	ctx, by := begin(ctx)
	if err := s.store.RemoveEntitlement(ctx, request.Id, by.actor()); err != nil {
		return nil, err
	}
	s.endUncovered()
	return RemoveEntitlement204Response{}, nil
}

// endUncovered is called after the commit of whatever takes access away. It does not wait: what it leaves, or a crash
// prevents, the workers end within seconds.
func (s *server) endUncovered() {
	go func() {
		if err := uncovered.End(s.base, s.store, s.engine, s.now()); err != nil && s.base.Err() == nil {
			s.log.WarnContext(s.base, "grants that nothing covers are still live; the workers will end them", "error", err)
		}
	}()
}

func (s *server) GetPersonAccess(ctx context.Context, request GetPersonAccessRequestObject) (GetPersonAccessResponseObject, error) {
	ctx, _ = begin(ctx)
	if _, err := s.store.Person(ctx, request.Id); err != nil {
		return nil, err
	}
	reasons, err := s.store.PersonReasons(ctx, request.Id, s.now())
	return GetPersonAccess200JSONResponse{reasonsView(reasons)}, err
}

func (s *server) GetCustomerAccess(ctx context.Context, request GetCustomerAccessRequestObject) (GetCustomerAccessResponseObject, error) {
	ctx, _ = begin(ctx)
	if _, err := s.store.Customer(ctx, request.Id); err != nil {
		return nil, err
	}
	reasons, err := s.store.CustomerReasons(ctx, request.Id, s.now())
	return GetCustomerAccess200JSONResponse{reasonsView(reasons)}, err
}

func reasonsView(reasons []store.Reason) ReasonsJSONResponse {
	views := make([]AccessReason, len(reasons))
	for i, r := range reasons {
		views[i] = AccessReason{
			Person:      Named{Id: r.PersonID.String(), Name: r.PersonName},
			Entitlement: entitlementView(r.EntitlementView),
		}
	}
	return ReasonsJSONResponse{Reasons: views}
}

func entitlementView(e store.EntitlementView) Entitlement {
	return Entitlement{
		Id:       e.ID,
		Person:   Named{Id: e.PersonID.String(), Name: e.PersonName},
		Team:     Named{Id: e.TeamID.String(), Name: e.TeamName},
		Profile:  Named{Id: e.ProfileID.String(), Name: e.ProfileName},
		Customer: Named{Id: e.CustomerID.String(), Name: e.CustomerName},
		EndsAt:   instant(e.EndsAt),
	}
}
