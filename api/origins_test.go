package api

import (
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
)

// right-tenant: the extension and the server fill on the same origins.
func TestTheExtensionHasTheSameSignInOrigins(t *testing.T) {
	source, err := os.ReadFile("../extension/src/microsoft/origins.ts")
	require.NoError(t, err)
	var theirs []string
	for _, line := range regexp.MustCompile(`(?m)^\s+"(https://[^"]+)",$`).FindAllSubmatch(source, -1) {
		theirs = append(theirs, string(line[1]))
	}
	assert.Equal(t, access.SignInOrigins(), theirs)
}
