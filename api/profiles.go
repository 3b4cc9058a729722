package api

import (
	"context"
	"slices"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// profiles is what the store does for access profiles.
type profiles interface {
	Profiles(ctx context.Context) ([]access.Profile, error)
	Profile(ctx context.Context, id access.ProfileID) (access.Profile, error)
	AddProfile(ctx context.Context, p access.Profile, by store.Actor, once ...store.Intent) error
	ChangeProfile(ctx context.Context, p access.Profile, by store.Actor) error
	RetireProfile(ctx context.Context, id access.ProfileID, by store.Actor) error
}

func (s *server) ListProfileTemplates(context.Context, ListProfileTemplatesRequestObject) (ListProfileTemplatesResponseObject, error) {
	views := make([]ProfileRules, len(access.ProfileTemplates))
	for i, p := range access.ProfileTemplates {
		views[i] = rulesView(p)
	}
	return ListProfileTemplates200JSONResponse{Templates: views}, nil
}

func (s *server) ListProfiles(ctx context.Context, _ ListProfilesRequestObject) (ListProfilesResponseObject, error) {
	ctx, _ = begin(ctx)
	all, err := s.store.Profiles(ctx)
	views := make([]Profile, len(all))
	for i, p := range all {
		views[i] = profileView(p)
	}
	return ListProfiles200JSONResponse{Profiles: views}, err
}

func (s *server) GetProfile(ctx context.Context, request GetProfileRequestObject) (GetProfileResponseObject, error) {
	ctx, _ = begin(ctx)
	view, err := s.profile(ctx, request.Id)
	return GetProfile200JSONResponse{view}, err
}

func (s *server) CreateProfile(ctx context.Context, request CreateProfileRequestObject) (CreateProfileResponseObject, error) {
	ctx, by := begin(ctx)
	p, err := parseRules(*request.Body)
	if err != nil {
		return nil, err
	}
	p.ID, p.Revision = access.MustID[access.ProfileID](newID(s.random)), 1
	once, err := intent("createProfile", request.Params.IdempotencyKey, request.Body)
	if err != nil {
		return nil, err
	}
	err = s.store.AddProfile(ctx, p, by.actor(), once)
	if made, repeated := madeBefore[access.ProfileID](err); repeated {
		view, err := s.profile(ctx, made)
		return CreateProfile200JSONResponse{view}, err
	}
	if err != nil {
		return nil, err
	}
	return CreateProfile201JSONResponse{
		Body:    profileView(p),
		Headers: CreateProfile201ResponseHeaders{Location: "/api/v1/profiles/" + p.ID.String()},
	}, nil
}

func (s *server) ChangeProfile(ctx context.Context, request ChangeProfileRequestObject) (ChangeProfileResponseObject, error) {
	ctx, by := begin(ctx)
	p, err := parseRules(*request.Body)
	if err != nil {
		return nil, err
	}
	if p.Revision, err = parseRevision(request.Params.IfMatch); err != nil {
		return nil, err
	}
	before, err := s.store.Profile(ctx, request.Id)
	if err != nil {
		return nil, err
	}
	if before.Retired {
		return nil, &failure{kind: profileRetired}
	}
	p.ID = request.Id
	if err := s.store.ChangeProfile(ctx, p, by.actor()); err != nil {
		return nil, err
	}
	view, err := s.profile(ctx, request.Id)
	return ChangeProfile200JSONResponse{view}, err
}

func (s *server) RetireProfile(ctx context.Context, request RetireProfileRequestObject) (RetireProfileResponseObject, error) {
	ctx, by := begin(ctx)
	if err := s.store.RetireProfile(ctx, request.Id, by.actor()); err != nil {
		return nil, err
	}
	view, err := s.profile(ctx, request.Id)
	return RetireProfile200JSONResponse{view}, err
}

func (s *server) profile(ctx context.Context, id access.ProfileID) (ProfileJSONResponse, error) {
	p, err := s.store.Profile(ctx, id)
	return ProfileJSONResponse(profileView(p)), err
}

func parseRules(body ProfileRules) (access.Profile, error) {
	p := access.Profile{
		Roles: body.Roles, Credential: body.Credential,
		ReasonRequired: body.ReasonRequired, TicketRequired: body.TicketRequired, ApprovalRequired: body.ApprovalRequired,
	}
	var wrong []ProblemError
	var err error
	if p.Name, err = access.NewName(body.Name); err != nil {
		wrong = append(wrong, badName)
	}
	for i, role := range p.Roles {
		if !slices.Contains(p.Roles[:i], role) {
			continue
		}
		wrong = append(wrong, ProblemError{Code: "invalid", Field: "roles", Advice: "Name each role once."}) // in whatever case
		break
	}
	if p.Limits, err = parseLimits(body.DefaultLifetimeSeconds, body.MaximumLifetimeSeconds); err != nil {
		wrong = append(wrong, badLimits)
	}
	if wrong != nil {
		return access.Profile{}, wrongFields(wrong...)
	}
	return p, nil
}

func roleView(r access.DirectoryRole) DirectoryRole {
	return DirectoryRole{Id: r.ID, Name: r.Name, Privileged: r.Privileged}
}

func rulesView(p access.Profile) ProfileRules {
	return ProfileRules{
		Name: p.Name.String(), Roles: p.Roles, Credential: p.Credential,
		DefaultLifetimeSeconds: p.Limits.Default().Seconds(), MaximumLifetimeSeconds: p.Limits.Maximum().Seconds(),
		ReasonRequired: p.ReasonRequired, TicketRequired: p.TicketRequired, ApprovalRequired: p.ApprovalRequired,
	}
}

func profileView(p access.Profile) Profile {
	view := Profile{Id: p.ID, Rules: rulesView(p), Roles: make([]DirectoryRole, len(p.Roles)), Retired: p.Retired, Revision: p.Revision}
	for i, id := range p.Roles {
		role := access.DirectoryRoleOf(id)
		view.Roles[i] = roleView(role)
		view.Privileged = view.Privileged || role.Privileged
	}
	return view
}
