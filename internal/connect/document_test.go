package connect

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/entra"
)

func TestTheOperatorsPageHasEveryPermission(t *testing.T) {
	page, err := os.ReadFile("../../docs/connect-a-tenant.md")
	require.NoError(t, err)
	for _, p := range entra.Permissions {
		assert.Contains(t, string(page), fmt.Sprintf("| `%s` | `%s` | %s |", p.Name, p.ID, p.Why))
	}
}
