package api

import (
	"context"
	"fmt"
	"slices"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// actionable says in which states of a grant an operation makes sense. It answers plainly and early;
// the workflow decides.
var actionable = map[string][]access.State{
	"returnGrant":       {access.Requested, access.AwaitingApproval, access.Provisioning, access.Active},
	"revokeGrant":       {access.Requested, access.AwaitingApproval, access.Provisioning, access.Active},
	"extendGrant":       {access.Active},
	"reissueCredential": {access.Active},
	"revealCredential":  {access.Active},
	"launch":            {access.Active},
	"approveGrant":      {access.AwaitingApproval},
	"denyGrant":         {access.AwaitingApproval},
}

// actOn looks up the grant for an operation, checks that the caller and the grant's state allow it, asks the
// engine, and answers with the grant as it is then.
func (s *server) actOn(ctx context.Context, operation string, id access.GrantID, ask func(context.Context, store.Grant, caller) error) (GrantJSONResponse, error) {
	ctx, by := begin(ctx)
	g, err := s.grantFor(ctx, by, operation, id)
	if err != nil {
		return GrantJSONResponse{}, err
	}
	if err := inState(operation, g); err != nil {
		return GrantJSONResponse{}, err
	}
	asked := ask(ctx, g, by)
	g, err = s.store.Grant(ctx, id)
	if asked != nil {
		// A grant whose lifetime was over meanwhile has no workflow any more that could answer.
		if err := inState(operation, g); err != nil && g.State == access.Ended {
			return GrantJSONResponse{}, err
		}
		return GrantJSONResponse{}, asked
	}
	return GrantJSONResponse(viewOf(g)), err
}

func inState(operation string, g store.Grant) error {
	if slices.Contains(actionable[operation], g.State) {
		return nil
	}
	return &failure{kind: stateConflict, detail: fmt.Sprintf("The grant is %s. %s", g.State, stateConflict.detail)}
}

// engineCall is an engine's answer within its time.
func engineCall(ctx context.Context, call func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, engineAnswer)
	defer cancel()
	return engineFailure(call(ctx))
}

func (s *server) ReturnGrant(ctx context.Context, request ReturnGrantRequestObject) (ReturnGrantResponseObject, error) {
	view, err := s.endOwn(ctx, request.Id)
	return ReturnGrant200JSONResponse{view}, err
}

func (s *server) endOwn(ctx context.Context, id access.GrantID) (GrantJSONResponse, error) {
	return s.actOn(ctx, "returnGrant", id, func(ctx context.Context, g store.Grant, by caller) error {
		return engineCall(ctx, func(ctx context.Context) error { return s.engine.Return(ctx, g.ID, by.person.ID) })
	})
}

func (s *server) RevokeGrant(ctx context.Context, request RevokeGrantRequestObject) (RevokeGrantResponseObject, error) {
	comment, err := parseComment(request.Body.Comment)
	if err != nil {
		return nil, err
	}
	view, err := s.actOn(ctx, "revokeGrant", request.Id, func(ctx context.Context, g store.Grant, by caller) error {
		return engineCall(ctx, func(ctx context.Context) error { return s.engine.Revoke(ctx, g.ID, by.person.ID, comment) })
	})
	return RevokeGrant200JSONResponse{view}, err
}

func (s *server) ApproveGrant(ctx context.Context, request ApproveGrantRequestObject) (ApproveGrantResponseObject, error) {
	view, err := s.decide(ctx, "approveGrant", request.Id, true, request.Body.Comment)
	return ApproveGrant200JSONResponse{view}, err
}

func (s *server) DenyGrant(ctx context.Context, request DenyGrantRequestObject) (DenyGrantResponseObject, error) {
	view, err := s.decide(ctx, "denyGrant", request.Id, false, request.Body.Comment)
	return DenyGrant200JSONResponse{view}, err
}

func (s *server) decide(ctx context.Context, operation string, id access.GrantID, approved bool, text string) (GrantJSONResponse, error) {
	comment, err := parseComment(text)
	if err != nil {
		return GrantJSONResponse{}, err
	}
	return s.actOn(ctx, operation, id, func(ctx context.Context, g store.Grant, by caller) error {
		if !slices.ContainsFunc(g.Approvers, func(m store.Member) bool { return m.ID == by.person.ID }) {
			return access.ErrNotApprover
		}
		return engineCall(ctx, func(ctx context.Context) error {
			return s.engine.Decide(ctx, g.ID, by.person.ID, approved, comment)
		})
	})
}

func (s *server) ExtendGrant(ctx context.Context, request ExtendGrantRequestObject) (ExtendGrantResponseObject, error) {
	until := request.Body.ExpiresAt.UTC().Truncate(time.Second)
	view, err := s.actOn(ctx, "extendGrant", request.Id, func(ctx context.Context, g store.Grant, by caller) error {
		if err := s.entitled(ctx, g, s.now()); err != nil {
			return err
		}
		if err := extendable(g, until); err != nil {
			return err
		}
		return engineCall(ctx, func(ctx context.Context) error {
			return s.engine.Extend(ctx, g.ID, request.Params.IdempotencyKey, by.person.ID, until)
		})
	})
	if err == nil && view.ExpiresAt.Before(until) {
		err = &failure{kind: keyReused} // for an earlier end: the workflow took this for a repeat of that
	}
	return ExtendGrant200JSONResponse{view}, err
}

// extendable tells early what the workflow would refuse: an end that is not later, or beyond the terms.
// The end that it has already is let through: it is what a repeat of an extension asks for.
func extendable(g store.Grant, until time.Time) error {
	if g.ActiveAt == nil || g.ExpiresAt == nil {
		return access.ErrIllegalTransition
	}
	latest := g.ActiveAt.Add(g.Terms.Maximum.Duration())
	if until.Before(g.ExpiresAt.Truncate(time.Second)) || until.After(latest) {
		return &failure{kind: requestRefused, errors: []ProblemError{{
			Code:   string(access.RefusedLifetime),
			Field:  "expires_at",
			Advice: fmt.Sprintf("Ask for an end between %s and %s.", g.ExpiresAt.UTC().Format(time.RFC3339), latest.UTC().Format(time.RFC3339)),
		}}}
	}
	return nil
}

func (s *server) ReissueCredential(ctx context.Context, request ReissueCredentialRequestObject) (ReissueCredentialResponseObject, error) {
	view, err := s.actOn(ctx, "reissueCredential", request.Id, func(ctx context.Context, g store.Grant, by caller) error {
		if !g.Terms.Credential.HasPass() {
			return &failure{kind: requestRefused, detail: "The profile hands out no pass, so there is nothing to issue anew."}
		}
		if err := s.entitled(ctx, g, s.now()); err != nil {
			return err
		}
		return engineCall(ctx, func(ctx context.Context) error {
			return s.engine.Reissue(ctx, g.ID, request.Params.IdempotencyKey, by.person.ID)
		})
	})
	return ReissueCredential200JSONResponse{view}, err
}

// parseComment holds a comment to the rules of a reason: one line of printable text.
func parseComment(text string) (string, error) {
	comment, err := access.NewReason(text)
	if err != nil {
		return "", &failure{kind: invalidRequest, errors: []ProblemError{{Code: "invalid", Field: "comment", Advice: "Send one line of at most 500 characters."}}}
	}
	return comment.String(), nil
}
