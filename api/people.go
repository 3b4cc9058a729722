package api

import (
	"context"
	"errors"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// people is what the store does for the people of the MSP.
type people interface {
	People(ctx context.Context) ([]store.Person, error)
	Person(ctx context.Context, id access.PersonID) (store.Person, error)
	AddPerson(ctx context.Context, p store.Person, by store.Actor, once ...store.Intent) error
	ChangePerson(ctx context.Context, id access.PersonID, revision int64, to store.PersonSettings, by store.Actor) error
	SuspendPerson(ctx context.Context, id access.PersonID, by store.Actor) error
	ResumePerson(ctx context.Context, id access.PersonID, by store.Actor) error
	Passkeys(ctx context.Context, p access.PersonID) ([]store.Passkey, error)
	RenamePasskey(ctx context.Context, p access.PersonID, hash [32]byte, name access.Name) error
	RemovePasskey(ctx context.Context, r store.Removal, by store.Actor) error
}

func (s *server) ListPeople(ctx context.Context, _ ListPeopleRequestObject) (ListPeopleResponseObject, error) {
	ctx, _ = begin(ctx)
	all, err := s.store.People(ctx)
	views := make([]Person, len(all))
	for i, p := range all {
		views[i] = personView(p)
	}
	return ListPeople200JSONResponse{People: views}, err
}

func (s *server) GetPerson(ctx context.Context, request GetPersonRequestObject) (GetPersonResponseObject, error) {
	ctx, _ = begin(ctx)
	view, err := s.person(ctx, request.Id)
	return GetPerson200JSONResponse{view}, err
}

// InvitePerson writes the person before the link. What dies in between leaves a person without a link, who gets
// one by issueEnrolmentLink.
func (s *server) InvitePerson(ctx context.Context, request InvitePersonRequestObject) (InvitePersonResponseObject, error) {
	ctx, by := begin(ctx)
	settings, err := parsePerson(request.Body.Name, request.Body.Handle, request.Body.Roles)
	if err != nil {
		return nil, err
	}
	once, err := intent("invitePerson", request.Params.IdempotencyKey, request.Body)
	if err != nil {
		return nil, err
	}
	p, err := s.addPerson(ctx, settings, by, once)
	if made, repeated := madeBefore[access.PersonID](err); repeated {
		return s.inviteAgain(ctx, made, by)
	}
	if err != nil {
		return nil, err
	}
	link, err := s.enrolmentLink(ctx, p.ID, by)
	return InvitePerson201JSONResponse{
		Body:    Invited{Person: personView(p), Link: link},
		Headers: InvitePerson201ResponseHeaders{Location: "/api/v1/people/" + p.ID.String()},
	}, err
}

// inviteAgain answers a repeated invitation. The link of the first answer is known to nobody here, so there is a new one.
func (s *server) inviteAgain(ctx context.Context, id access.PersonID, by caller) (InvitePersonResponseObject, error) {
	p, err := s.store.Person(ctx, id)
	if err != nil {
		return nil, err
	}
	if p.Suspended {
		return nil, &failure{kind: personIsSuspended}
	}
	link, err := s.enrolmentLink(ctx, id, by)
	return InvitePerson200JSONResponse{Person: personView(p), Link: link}, err
}

// addPerson gives somebody who comes without a handle one that is made from their name, the first that is free.
func (s *server) addPerson(ctx context.Context, settings store.PersonSettings, by caller, once store.Intent) (store.Person, error) {
	handles := []access.Handle{settings.Handle}
	if settings.Handle == (access.Handle{}) {
		handles = settings.Name.Handles()
	}
	if len(handles) == 0 {
		return store.Person{}, wrongFields(ProblemError{Code: "required", Field: "handle", Advice: "Send a handle: none can be made of the letters of this name."})
	}
	p := store.Person{
		ID: access.MustID[access.PersonID](newID(s.random)), Name: settings.Name, Roles: settings.Roles, CreatedAt: s.now(), Revision: 1,
	}
	var err error
	for _, p.Handle = range handles {
		if err = s.store.AddPerson(ctx, p, by.actor(), once); !errors.Is(err, access.ErrHandleTaken) {
			break
		}
	}
	return p, err
}

func parsePerson(name, handle string, roles []access.MSPRole) (store.PersonSettings, error) {
	settings := store.PersonSettings{Roles: roles}
	var wrong []ProblemError
	var err error
	if settings.Name, err = access.NewName(name); err != nil {
		wrong = append(wrong, badName)
	}
	if handle != "" {
		if settings.Handle, err = access.NewHandle(handle); err != nil {
			wrong = append(wrong, ProblemError{Code: "invalid", Field: "handle", Advice: "Send 1 to 32 letters, digits, dots or hyphens, with a letter or digit at both ends."})
		}
	}
	if wrong != nil {
		return store.PersonSettings{}, wrongFields(wrong...)
	}
	return settings, nil
}

func (s *server) ChangePerson(ctx context.Context, request ChangePersonRequestObject) (ChangePersonResponseObject, error) {
	ctx, by := begin(ctx)
	settings, err := parsePerson(request.Body.Name, request.Body.Handle, request.Body.Roles)
	if err != nil {
		return nil, err
	}
	revision, err := parseRevision(request.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	if err := s.store.ChangePerson(ctx, request.Id, revision, settings, by.actor()); err != nil {
		return nil, err
	}
	s.endUncovered()
	view, err := s.person(ctx, request.Id)
	return ChangePerson200JSONResponse{view}, err
}

func (s *server) SuspendPerson(ctx context.Context, request SuspendPersonRequestObject) (SuspendPersonResponseObject, error) {
	ctx, by := begin(ctx)
	if err := s.store.SuspendPerson(ctx, request.Id, by.actor()); err != nil {
		return nil, err
	}
	s.endUncovered()
	view, err := s.person(ctx, request.Id)
	return SuspendPerson200JSONResponse{view}, err
}

func (s *server) ResumePerson(ctx context.Context, request ResumePersonRequestObject) (ResumePersonResponseObject, error) {
	ctx, by := begin(ctx)
	if err := s.store.ResumePerson(ctx, request.Id, by.actor()); err != nil {
		return nil, err
	}
	view, err := s.person(ctx, request.Id)
	return ResumePerson200JSONResponse{view}, err
}

func (s *server) IssueEnrolmentLink(ctx context.Context, request IssueEnrolmentLinkRequestObject) (IssueEnrolmentLinkResponseObject, error) {
	ctx, by := begin(ctx)
	p, err := s.store.Person(ctx, request.Id)
	if err != nil {
		return nil, err
	}
	if p.Suspended {
		return nil, &failure{kind: personIsSuspended}
	}
	link, err := s.enrolmentLink(ctx, p.ID, by)
	return IssueEnrolmentLink201JSONResponse(link), err
}

func (s *server) enrolmentLink(ctx context.Context, id access.PersonID, by caller) (EnrolmentLink, error) {
	token, expires, err := s.passkeys.IssueEnrolment(ctx, id, by.actor())
	if err != nil {
		return EnrolmentLink{}, err
	}
	return s.linkWith(token, expires), nil
}

// linkWith keeps the token in the fragment, which browsers send to no server.
func (s *server) linkWith(token access.Secret, expires time.Time) EnrolmentLink {
	return EnrolmentLink{
		Url:       s.publicAddress() + "/enrol#" + token.Reveal(),
		ExpiresAt: expires.UTC().Truncate(time.Second),
	}
}

func (s *server) person(ctx context.Context, id access.PersonID) (PersonJSONResponse, error) {
	p, err := s.store.Person(ctx, id)
	return PersonJSONResponse(personView(p)), err
}

func personView(p store.Person) Person {
	return Person{
		Id: p.ID, Name: p.Name.String(), Handle: p.Handle.String(), Roles: append([]access.MSPRole{}, p.Roles...),
		Suspended: p.Suspended, CreatedAt: p.CreatedAt.UTC(), Revision: p.Revision,
	}
}
