package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"hourglass/internal/access"
	"hourglass/internal/passkey"
)

// begun answers with the options of a ceremony and its cookie.
type begun struct {
	passkey.Begun
}

func (b begun) write(w http.ResponseWriter) error {
	http.SetCookie(w, passkey.CeremonyCookie(b.Token))
	w.Header().Set("Content-Type", "application/json")
	_, err := w.Write(b.Options)
	return err
}

func (b begun) VisitBeginEnrolmentResponse(w http.ResponseWriter) error { return b.write(w) }
func (b begun) VisitBeginSignInResponse(w http.ResponseWriter) error    { return b.write(w) }
func (b begun) VisitBeginAssertionResponse(w http.ResponseWriter) error { return b.write(w) }
func (b begun) VisitBeginPasskeyResponse(w http.ResponseWriter) error   { return b.write(w) }

// done answers with nothing but cookies.
type done []*http.Cookie

func (d done) write(w http.ResponseWriter) error {
	for _, cookie := range d {
		http.SetCookie(w, cookie)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (d done) VisitFinishEnrolmentResponse(w http.ResponseWriter) error   { return d.write(w) }
func (d done) VisitFinishSignInResponse(w http.ResponseWriter) error      { return d.write(w) }
func (d done) VisitFinishAssertionResponse(w http.ResponseWriter) error   { return d.write(w) }
func (d done) VisitFinishPasskeyResponse(w http.ResponseWriter) error     { return d.write(w) }
func (d done) VisitSignOutResponse(w http.ResponseWriter) error           { return d.write(w) }
func (d done) VisitSignOutEverywhereResponse(w http.ResponseWriter) error { return d.write(w) }

func (s *server) BeginEnrolment(ctx context.Context, request BeginEnrolmentRequestObject) (BeginEnrolmentResponseObject, error) {
	ctx, _ = begin(ctx)
	b, err := s.passkeys.BeginEnrolment(ctx, request.Body.Token)
	return begun{b}, err
}

func (s *server) FinishEnrolment(ctx context.Context, request FinishEnrolmentRequestObject) (FinishEnrolmentResponseObject, error) {
	name, err := parsePasskeyName(request.Body.Name)
	if err != nil {
		return nil, err
	}
	answer := answerOf(ctx, request.Body.Credential)
	ctx, _ = begin(ctx)
	in, err := s.passkeys.FinishEnrolment(ctx, request.Body.Token, name, answer)
	return signedIn(in), notMade(err)
}

func (s *server) BeginSignIn(ctx context.Context, _ BeginSignInRequestObject) (BeginSignInResponseObject, error) {
	ctx, _ = begin(ctx)
	b, err := s.passkeys.BeginSignIn(ctx)
	return begun{b}, err
}

func (s *server) FinishSignIn(ctx context.Context, request FinishSignInRequestObject) (FinishSignInResponseObject, error) {
	answer := answerOf(ctx, request.Body.Credential)
	ctx, _ = begin(ctx)
	in, err := s.passkeys.FinishSignIn(ctx, answer)
	s.tellOfClone(ctx, err)
	return signedIn(in), err
}

func (s *server) BeginAssertion(ctx context.Context, _ BeginAssertionRequestObject) (BeginAssertionResponseObject, error) {
	ctx, by := begin(ctx)
	b, err := s.passkeys.BeginAssertion(ctx, by.session)
	return begun{b}, err
}

func (s *server) FinishAssertion(ctx context.Context, request FinishAssertionRequestObject) (FinishAssertionResponseObject, error) {
	answer := answerOf(ctx, request.Body.Credential)
	ctx, by := begin(ctx)
	_, err := s.passkeys.FinishAssertion(ctx, by.session, answer)
	s.tellOfClone(ctx, err)
	return done{passkey.NoCeremonyCookie()}, err
}

func (s *server) SignOut(ctx context.Context, _ SignOutRequestObject) (SignOutResponseObject, error) {
	ctx, by := begin(ctx)
	return done{passkey.NoSessionCookie()}, s.passkeys.SignOut(ctx, by.session)
}

func (s *server) SignOutEverywhere(ctx context.Context, _ SignOutEverywhereRequestObject) (SignOutEverywhereResponseObject, error) {
	ctx, by := begin(ctx)
	_, err := s.passkeys.SignOutEverywhere(ctx, by.person.ID)
	return done{passkey.NoSessionCookie()}, err
}

func (s *server) GetMe(ctx context.Context, _ GetMeRequestObject) (GetMeResponseObject, error) {
	_, by := begin(ctx)
	return GetMe200JSONResponse{
		Id:             by.person.ID,
		Name:           by.person.Name.String(),
		Roles:          append([]access.MSPRole{}, by.person.Roles...),
		SessionEndsAt:  by.session.ExpiresAt.UTC(),
		AdminCentreUrl: s.adminCentre,
	}, nil
}

func signedIn(in passkey.SignedIn) done {
	return done{passkey.SessionCookie(in), passkey.NoCeremonyCookie()}
}

func answerOf(ctx context.Context, credential json.RawMessage) passkey.Answer {
	return passkey.AnswerOf(ctx.(*gin.Context).Request, credential)
}

// parsePasskeyName has a name for people who give none.
func parsePasskeyName(text string) (access.Name, error) {
	if strings.TrimSpace(text) == "" {
		text = "Passkey"
	}
	name, err := access.NewName(text)
	if err != nil {
		return access.Name{}, &failure{kind: invalidRequest, errors: []ProblemError{{Code: "invalid", Field: "name", Advice: "Send one line of at most 120 characters."}}}
	}
	return name, nil
}

// tellOfClone makes a passkey that exists twice impossible to overlook in the log.
func (s *server) tellOfClone(ctx context.Context, err error) {
	if clone, ok := errors.AsType[*passkey.ClonedKey](err); ok {
		s.log.ErrorContext(ctx, "a passkey exists more than once and is refused from now on", "person_id", clone.PersonID.String(), "error", clone)
	}
}
