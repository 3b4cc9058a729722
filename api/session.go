package api

import (
	"context"
	"slices"

	"github.com/gin-gonic/gin"

	"hourglass/internal/store"
)

// caller is who is signed in.
type caller struct {
	person  store.Person
	session store.Session
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

// authenticate finds the session of every operation that is not open to everybody.
func (s *server) authenticate(c *gin.Context) {
	if s.operationOf(c).rule.open {
		return
	}
	ctx := c.Request.Context()
	session, person, err := s.passkeys.Authenticate(ctx, c.Request)
	if err != nil {
		fail(c, err)
		return
	}
	c.Request = c.Request.WithContext(context.WithValue(ctx, callerKey{}, caller{person, session}))
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

func (s *server) fresh(by caller) bool { return s.passkeys.Fresh(by.session, s.now()) }
