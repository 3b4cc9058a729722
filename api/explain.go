package api

import (
	"context"
	"slices"
)

// ExplainProblem says what the type of a problem means.
func (s *server) ExplainProblem(_ context.Context, request ExplainProblemRequestObject) (ExplainProblemResponseObject, error) {
	i := slices.IndexFunc(kinds, func(k *kind) bool { return k.name == request.Name })
	if i < 0 {
		return nil, &failure{kind: notFound}
	}
	k := kinds[i]
	return ExplainProblem200JSONResponse{Name: k.name, Status: k.status, Title: k.title, Detail: k.detail}, nil
}
