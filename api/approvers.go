package api

import (
	"context"
	"errors"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// deciding is what the store does for those who decide at a customer.
type deciding interface {
	Approvers(ctx context.Context, id access.CustomerID) (store.Approvers, error)
	ChangeApprovers(ctx context.Context, id access.CustomerID, revision int64, to access.Approvers, by store.Actor) error
}

func (s *server) GetApprovers(ctx context.Context, request GetApproversRequestObject) (GetApproversResponseObject, error) {
	ctx, _ = begin(ctx)
	view, err := s.approversOf(ctx, request.Id)
	return GetApprovers200JSONResponse{view}, err
}

func (s *server) ChangeApprovers(ctx context.Context, request ChangeApproversRequestObject) (ChangeApproversResponseObject, error) {
	ctx, by := begin(ctx)
	revision, err := parseRevision(request.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	if _, err := s.store.Customer(ctx, request.Id); err != nil {
		return nil, err
	}
	chosen := access.Approvers{People: request.Body.People, Teams: request.Body.Teams}
	err = s.store.ChangeApprovers(ctx, request.Id, revision, chosen, by.actor())
	if errors.Is(err, access.ErrNotFound) {
		return nil, wrongFields(ProblemError{Code: "unknown", Advice: "Name people and teams that exist."})
	}
	if err != nil {
		return nil, err
	}
	view, err := s.approversOf(ctx, request.Id)
	return ChangeApprovers200JSONResponse{view}, err
}

func (s *server) approversOf(ctx context.Context, id access.CustomerID) (ApproversJSONResponse, error) {
	a, err := s.store.Approvers(ctx, id)
	if err != nil {
		return ApproversJSONResponse{}, err
	}
	view := ApproversJSONResponse{
		People: membersView(a.People), Teams: make([]Named, len(a.Teams)), Deciders: membersView(a.Deciders), Revision: a.Revision,
	}
	for i, t := range a.Teams {
		view.Teams[i] = Named{Id: t.ID.String(), Name: t.Name.String()}
	}
	return view, nil
}
