package api

import (
	"context"
	"errors"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// teams is what the store does for teams.
type teams interface {
	Teams(ctx context.Context) ([]store.Team, error)
	Team(ctx context.Context, id access.TeamID) (store.Team, error)
	AddTeam(ctx context.Context, id access.TeamID, name access.Name, members []access.PersonID, by store.Actor, once ...store.Intent) error
	ChangeTeam(ctx context.Context, id access.TeamID, revision int64, name access.Name, members []access.PersonID, by store.Actor) error
	RemoveTeam(ctx context.Context, id access.TeamID, by store.Actor) error
}

func (s *server) ListTeams(ctx context.Context, _ ListTeamsRequestObject) (ListTeamsResponseObject, error) {
	ctx, _ = begin(ctx)
	all, err := s.store.Teams(ctx)
	views := make([]Team, len(all))
	for i, t := range all {
		views[i] = teamView(t)
	}
	return ListTeams200JSONResponse{Teams: views}, err
}

func (s *server) GetTeam(ctx context.Context, request GetTeamRequestObject) (GetTeamResponseObject, error) {
	ctx, _ = begin(ctx)
	view, err := s.team(ctx, request.Id)
	return GetTeam200JSONResponse{TeamJSONResponse(view)}, err
}

func (s *server) CreateTeam(ctx context.Context, request CreateTeamRequestObject) (CreateTeamResponseObject, error) {
	ctx, by := begin(ctx)
	name, err := access.NewName(request.Body.Name)
	if err != nil {
		return nil, wrongFields(badName)
	}
	id := access.MustID[access.TeamID](newID(s.random))
	once, err := intent("createTeam", request.Params.IdempotencyKey, request.Body)
	if err != nil {
		return nil, err
	}
	err = s.store.AddTeam(ctx, id, name, request.Body.Members, by.actor(), once)
	if made, repeated := madeBefore[access.TeamID](err); repeated {
		view, err := s.team(ctx, made)
		return CreateTeam200JSONResponse{TeamJSONResponse(view)}, err
	}
	if err != nil {
		return nil, unknownMember(err)
	}
	view, err := s.team(ctx, id)
	return CreateTeam201JSONResponse{
		Body:    view,
		Headers: CreateTeam201ResponseHeaders{Location: "/api/v1/teams/" + id.String()},
	}, err
}

func (s *server) ChangeTeam(ctx context.Context, request ChangeTeamRequestObject) (ChangeTeamResponseObject, error) {
	ctx, by := begin(ctx)
	name, err := access.NewName(request.Body.Name)
	if err != nil {
		return nil, wrongFields(badName)
	}
	revision, err := parseRevision(request.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	if _, err := s.store.Team(ctx, request.Id); err != nil {
		return nil, err
	}
	if err := s.store.ChangeTeam(ctx, request.Id, revision, name, request.Body.Members, by.actor()); err != nil {
		return nil, unknownMember(err)
	}
	s.endUncovered()
	view, err := s.team(ctx, request.Id)
	return ChangeTeam200JSONResponse{TeamJSONResponse(view)}, err
}

// unknownMember tells a member who does not exist from a team that does not.
func unknownMember(err error) error {
	if errors.Is(err, access.ErrNotFound) {
		return wrongFields(ProblemError{Code: "unknown", Field: "members", Advice: "Name people who exist."})
	}
	return err
}

func (s *server) RemoveTeam(ctx context.Context, request RemoveTeamRequestObject) (RemoveTeamResponseObject, error) {
	ctx, by := begin(ctx)
	return RemoveTeam204Response{}, s.store.RemoveTeam(ctx, request.Id, by.actor())
}

func (s *server) team(ctx context.Context, id access.TeamID) (Team, error) {
	t, err := s.store.Team(ctx, id)
	return teamView(t), err
}

func teamView(t store.Team) Team {
	return Team{Id: t.ID, Name: t.Name.String(), Members: membersView(t.Members), Revision: t.Revision}
}

func membersView(members []store.Member) []Named {
	views := make([]Named, len(members))
	for i, m := range members {
		views[i] = Named{Id: m.ID.String(), Name: m.Name}
	}
	return views
}
