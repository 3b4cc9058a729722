package api

import (
	"context"
	"errors"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

func (s *server) GetAccess(ctx context.Context, _ GetAccessRequestObject) (GetAccessResponseObject, error) {
	ctx, by := begin(ctx)
	now := s.now()
	reaches, err := s.store.Access(ctx, by.person.ID, now)
	if err != nil {
		return nil, err
	}
	ends, err := s.store.AccessEnds(ctx, by.person.ID, now)
	if err != nil {
		return nil, err
	}
	customers := make([]ReachableCustomer, len(reaches))
	for i, r := range reaches {
		customers[i] = reachView(r)
	}
	return GetAccess200JSONResponse{Customers: customers, ChangesAt: ends}, nil
}

func (s *server) ListGrants(ctx context.Context, request ListGrantsRequestObject) (ListGrantsResponseObject, error) {
	ctx, by := begin(ctx)
	filter := store.GrantFilter{
		PersonID:   request.Params.PersonId,
		CustomerID: request.Params.CustomerId,
		States:     request.Params.State,
		Before:     request.Params.Before,
		Limit:      request.Params.Limit,
	}
	if !seesAll(by.person.Roles) {
		if !filter.PersonID.IsZero() && filter.PersonID != by.person.ID {
			return ListGrants200JSONResponse{Grants: []Grant{}}, nil
		}
		filter.PersonID = by.person.ID
	}
	page, next, err := s.store.Grants(ctx, filter)
	if err != nil {
		return nil, err
	}
	return ListGrants200JSONResponse{Grants: viewsOf(page), Next: next}, nil
}

func (s *server) GetGrant(ctx context.Context, request GetGrantRequestObject) (GetGrantResponseObject, error) {
	ctx, by := begin(ctx)
	g, err := s.grantFor(ctx, by, "getGrant", request.Id)
	if err != nil {
		return nil, err
	}
	return GetGrant200JSONResponse{GrantJSONResponse(viewOf(g))}, nil
}

// CreateGrant writes the grant with its data key before the workflow is started. Whatever happens between
// the two is repaired by the sweep, or by a repeat of the request (end-before-beginning).
func (s *server) CreateGrant(ctx context.Context, request CreateGrantRequestObject) (CreateGrantResponseObject, error) {
	ctx, by := begin(ctx)
	new, err := s.newGrant(by, *request.Body, request.Params.IdempotencyKey)
	if err != nil {
		return nil, err
	}
	g, created, err := s.store.RequestGrant(ctx, new)
	if errors.Is(err, access.ErrNotFound) {
		// An unknown customer or profile looks like one to which the caller is not entitled.
		err = access.Refused{{Code: access.RefusedNotEntitled, Advice: notEntitled.detail}}
	}
	if err != nil {
		return nil, err
	}
	if g.State == access.Requested {
		s.startWorkflow(ctx, g)
	}
	view := GrantJSONResponse(viewOf(g))
	if !created {
		return CreateGrant200JSONResponse{view}, nil
	}
	return CreateGrant201JSONResponse{
		Body:    Grant(view),
		Headers: CreateGrant201ResponseHeaders{Location: "/api/v1/grants/" + g.ID.String()},
	}, nil
}

// startWorkflow goes on when the client hangs up. A failure is no failure of the request: the grant is durable.
func (s *server) startWorkflow(ctx context.Context, g store.Grant) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), engineAnswer)
	defer cancel()
	if err := s.engine.Begin(ctx, g); err != nil {
		s.log.WarnContext(ctx, "the workflow of a grant did not answer; the sweep will start it", "grant_id", g.ID.String(), "error", err)
	}
}

func (s *server) newGrant(by caller, body GrantRequest, key string) (store.NewGrant, error) {
	request, err := parseRequest(body)
	if err != nil {
		return store.NewGrant{}, err
	}
	// The person is part of the fingerprint, so that nobody's key can ever answer with another's grant.
	content, err := fingerprint(by.person.ID, body.CustomerId, body.ProfileId, body.LifetimeSeconds, request.Reason.String(), request.Ticket.String())
	if err != nil {
		return store.NewGrant{}, err
	}
	marker, err := newMarker(s.random)
	if err != nil {
		return store.NewGrant{}, err
	}
	id := access.MustID[access.GrantID](newID(s.random))
	wrapped, err := s.vault.NewDataKey(id)
	if err != nil {
		return store.NewGrant{}, err
	}
	return store.NewGrant{
		ID:             id,
		AccountID:      access.MustID[access.AccountID](newID(s.random)),
		Marker:         marker,
		PersonID:       by.person.ID,
		CustomerID:     body.CustomerId,
		ProfileID:      body.ProfileId,
		Request:        request,
		IdempotencyKey: key,
		Fingerprint:    content,
		WrappedKey:     wrapped,
		Waiting:        s.waiting,
	}, nil
}

// parseRequest turns what the document admits into values of the domain; the domain is the stricter.
func parseRequest(body GrantRequest) (access.Request, error) {
	var request access.Request
	var wrong []ProblemError
	if body.LifetimeSeconds != 0 {
		lifetime, err := access.LifetimeOfSeconds(body.LifetimeSeconds)
		if err != nil {
			wrong = append(wrong, ProblemError{Code: "invalid", Field: "lifetime_seconds", Advice: "Send whole seconds, at most 86400."})
		}
		request.Lifetime = lifetime
	}
	var err error
	if request.Reason, err = access.NewReason(body.Reason); err != nil {
		wrong = append(wrong, ProblemError{Code: "invalid", Field: "reason", Advice: "Send one line of at most 500 characters."})
	}
	if request.Ticket, err = access.NewTicket(body.Ticket); err != nil {
		wrong = append(wrong, ProblemError{Code: "invalid", Field: "ticket", Advice: "Send a ticket number of at most 64 characters without spaces."})
	}
	if wrong != nil {
		return access.Request{}, &failure{kind: invalidRequest, errors: wrong}
	}
	return request, nil
}

// entitled refuses somebody who could not request this grant again now. What adds power to a live grant asks it.
func (s *server) entitled(ctx context.Context, g store.Grant, now time.Time) error {
	reaches, err := s.store.Access(ctx, g.PersonID, now)
	if err != nil {
		return err
	}
	for _, r := range reaches {
		for _, p := range r.Profiles {
			if r.Customer.ID == g.CustomerID && p.ID == g.Terms.ProfileID {
				return nil
			}
		}
	}
	return access.Refused{{Code: access.RefusedNotEntitled, Advice: notEntitled.detail}}
}
