package api

import (
	"context"
	"errors"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// preflights is what the store does for the pre-flights of customers' tenants. Workers make them.
type preflights interface {
	Preflight(ctx context.Context, id access.CustomerID) (store.Preflight, error)
	PreflightSummaries(ctx context.Context, customers []store.Customer) (map[access.CustomerID]store.PreflightSummary, error)
	RequestPreflight(ctx context.Context, id access.CustomerID, by store.Actor) error
	AllowAppRole(ctx context.Context, id access.CustomerID, allowed bool, by store.Actor) error
}

func (s *server) GetPreflight(ctx context.Context, request GetPreflightRequestObject) (GetPreflightResponseObject, error) {
	ctx, _ = begin(ctx)
	view, err := s.preflight(ctx, request.Id)
	return GetPreflight200JSONResponse{view}, err
}

func (s *server) RunPreflight(ctx context.Context, request RunPreflightRequestObject) (RunPreflightResponseObject, error) {
	ctx, by := begin(ctx)
	if err := s.store.RequestPreflight(ctx, request.Id, by.actor()); err != nil {
		return nil, onlyConnected(err)
	}
	view, err := s.preflight(ctx, request.Id)
	return RunPreflight202JSONResponse{view}, err
}

func (s *server) ChangePreflight(ctx context.Context, request ChangePreflightRequestObject) (ChangePreflightResponseObject, error) {
	ctx, by := begin(ctx)
	if err := s.store.AllowAppRole(ctx, request.Id, request.Body.MayTakeUserAdministrator, by.actor()); err != nil {
		return nil, onlyConnected(err)
	}
	view, err := s.preflight(ctx, request.Id)
	return ChangePreflight200JSONResponse{view}, err
}

// onlyConnected gives the one state in which a tenant cannot be checked its problem.
func onlyConnected(err error) error {
	if errors.Is(err, access.ErrIllegalTransition) {
		return &failure{kind: customerUnavailable, cause: err}
	}
	return err
}

func (s *server) preflight(ctx context.Context, id access.CustomerID) (PreflightJSONResponse, error) {
	p, err := s.store.Preflight(ctx, id)
	if err != nil {
		return PreflightJSONResponse{}, err
	}
	return PreflightJSONResponse(preflightView(p)), nil
}

func preflightView(p store.Preflight) Preflight {
	view := Preflight{
		Customer:  Named{Id: p.Customer.ID.String(), Name: p.Customer.Name.String()},
		Health:    p.Health,
		Checking:  p.Checking,
		CheckedAt: instant(p.CheckedAt),
		NextAt:    instant(p.NextAt),
		Profiles:  make([]PreflightProfile, len(p.Profiles)),
		Findings:  make([]PreflightFinding, len(p.Findings)),
		Unread:    make([]PreflightUnread, len(p.Unread)),

		MayTakeUserAdministrator:  p.MayTakeRole,
		HasTakenUserAdministrator: p.HasRole,
	}
	names := map[access.ProfileID]string{}
	for i, profile := range p.Profiles {
		names[profile.ID] = profile.Name.String()
		view.Profiles[i] = PreflightProfile{Id: profile.ID, Name: profile.Name.String(), Verdict: profile.Verdict}
	}
	for i, f := range p.Findings {
		view.Findings[i] = PreflightFinding{
			Code: string(f.Code), Subject: f.Subject, Severity: f.Severity, Everywhere: f.Everywhere,
			Sentence: f.Sentence, Action: f.Action, Link: f.Link, Since: instant(f.Since),
		}
		for _, id := range f.Profiles {
			view.Findings[i].Profiles = append(view.Findings[i].Profiles, Named{Id: id.String(), Name: names[id]})
		}
	}
	for i, fact := range p.Unread {
		view.Unread[i] = PreflightUnread{Fact: string(fact), Sentence: fact.UnreadSentence()}
	}
	return view
}

// summarise adds to each customer what its pre-flight says in a line.
func (s *server) summarise(ctx context.Context, customers []store.Customer, views []Customer) error {
	summaries, err := s.store.PreflightSummaries(ctx, customers)
	if err != nil {
		return err
	}
	for i, c := range customers {
		if c.Connection == access.Unconnected {
			continue // there is no tenant to say anything of
		}
		sum := summaries[c.ID]
		views[i].Preflight = PreflightSummary{
			Health: sum.Health, Blocking: sum.Blocking, Warnings: sum.Warnings, Infos: sum.Infos, CheckedAt: instant(sum.CheckedAt),
		}
	}
	return nil
}

// beforeRequest is what a technician should know of a profile before asking for it: what makes the grant fail, and what will
// be different with this profile. What is an admin's to care for is not among it.
func beforeRequest(findings []access.Finding, id access.ProfileID) (blocked bool, shown []ReachableFinding) {
	for _, f := range findings {
		if !f.Touches(id) || f.Severity == access.Info || f.Severity == access.Warning && f.Everywhere {
			continue
		}
		blocked = blocked || f.Severity == access.Blocking
		shown = append(shown, ReachableFinding{Code: string(f.Code), Severity: f.Severity, Sentence: f.Sentence})
	}
	return blocked, shown
}
