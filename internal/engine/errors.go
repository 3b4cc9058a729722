package engine

import (
	"errors"
	"fmt"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/temporal"

	"hourglass/internal/access"
	"hourglass/workflows"
)

// kinds gives the refusals of the workflow, and the failures of an activity that an update waited
// for, their name in the domain.
var kinds = map[string]error{
	workflows.RefusedOtherGrant: access.ErrNotFound,
	workflows.RefusedNow:        access.ErrIllegalTransition,
	workflows.RefusedInvalid:    access.ErrInvalid,
	"IllegalTransition":         access.ErrIllegalTransition,
}

// domainError wraps err with the kind that callers ask for. What has no kind is left as it is: then
// nobody knows what happened.
func domainError(what string, err error) error {
	if err == nil {
		return nil
	}
	var gone *serviceerror.NotFound
	if errors.As(err, &gone) {
		return fmt.Errorf("%s: %w", what, access.ErrNotFound)
	}
	var refusal *temporal.ApplicationError
	if errors.As(err, &refusal) {
		if kind, known := kinds[refusal.Type()]; known {
			return fmt.Errorf("%s: %w: %s", what, kind, refusal.Message())
		}
	}
	return fmt.Errorf("%s: %w", what, err)
}

func isRefusal(err error, kind string) bool {
	var refusal *temporal.ApplicationError
	return errors.As(err, &refusal) && refusal.Type() == kind
}
