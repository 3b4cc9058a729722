package api

import (
	"context"
	"slices"

	"github.com/gin-gonic/gin"

	"hourglass/internal/store"
)

// caller is who is signed in, by a session or by a paired browser; the other one is zero.
type caller struct {
	person  store.Person
	session store.Session
	browser store.Browser
}

type callerKey struct{}

func callerIn(ctx context.Context) (caller, bool) {
	by, ok := ctx.Value(callerKey{}).(caller)
	return by, ok
}

// begin is the first line of a handler. It swaps gin's context, which is reused after the request, for the
// request's own, which may safely be handed on, and says who is asking.
func begin(ctx context.Context) (context.Context, caller) {
	if c, ok := ctx.(*gin.Context); ok {
		ctx = c.Request.Context()
	}
	by, _ := callerIn(ctx)
	return ctx, by
}

// authenticate finds the session, or the paired browser, of every operation that is not open to everybody. Neither counts in
// the place of the other.
func (s *server) authenticate(c *gin.Context) {
	if s.operationOf(c).rule.open {
		return
	}
	ctx := c.Request.Context()
	var by caller
	var err error
	if s.operationOf(c).rule.paired {
		by.browser, by.person, err = s.pairings.Authenticate(ctx, c.Request)
	} else {
		by.session, by.person, err = s.passkeys.Authenticate(ctx, c.Request)
	}
	if err != nil {
		fail(c, err)
		return
	}
	c.Request = c.Request.WithContext(context.WithValue(ctx, callerKey{}, by))
}

// admit asks the table whether the caller's roles could ever use the operation, and whether a fresh assertion is needed.
func (s *server) admit(c *gin.Context) {
	by, _ := callerIn(c.Request.Context())
	rule := s.operationOf(c).rule
	rehearsal := rule.rehearsed && slices.Equal(c.QueryArray("dry_run"), []string{"true"})
	switch {
	case !rule.admits(by.person.Roles):
		fail(c, &failure{kind: roleRequired})
	case rule.fresh && !rehearsal && !s.fresh(by):
		fail(c, &failure{kind: assertionNeeded})
	}
}

// lookAgain is for a request whose body was long in coming: meanwhile the session may have ended, the browser been removed, the
// person been suspended or lost a role. What was fresh when the request began stays fresh.
func (s *server) lookAgain(c *gin.Context, op operation) error {
	if op.rule.open {
		return nil
	}
	ctx, by := begin(c)
	var err error
	if op.rule.paired {
		by.person, err = s.pairings.Alive(ctx, by.browser.ID)
	} else {
		by.person, err = s.passkeys.Alive(ctx, by.session)
	}
	switch {
	case err != nil:
		return err
	case !op.rule.admits(by.person.Roles):
		return &failure{kind: roleRequired}
	}
	c.Request = c.Request.WithContext(context.WithValue(ctx, callerKey{}, by))
	return nil
}

func (s *server) fresh(by caller) bool { return s.passkeys.Fresh(by.session, s.now()) }
