package api

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

func TestAFailedGrantSaysWhatToDo(t *testing.T) {
	for code := range setUpFailures {
		view := viewOf(store.Grant{Cause: access.Failed, EndComment: code})
		assert.Equal(t, code, view.Failure.Code)
		assert.NotEqual(t, otherFailure, view.Failure.Advice)
		assert.Empty(t, view.Comment)
	}
	unknown := viewOf(store.Grant{Cause: access.Failed, EndComment: "Internal"})
	assert.Equal(t, GrantFailure{Code: "Internal", Advice: otherFailure}, unknown.Failure)

	revoked := viewOf(store.Grant{Cause: access.Revoked, EndComment: "leaving"})
	assert.Equal(t, "leaving", revoked.Comment)
	assert.Empty(t, revoked.Failure)
}
