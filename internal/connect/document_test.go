package connect

import (
	"fmt"
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/entra"
)

func TestTheOperatorsPageHasEveryPermissionAndNoOther(t *testing.T) {
	page, err := os.ReadFile("../../docs/connect-a-tenant.md")
	require.NoError(t, err)
	documented := regexp.MustCompile("(?m)^\\| `[^`]+` \\| `[0-9a-f-]{36}` \\| .* \\|$").FindAllString(string(page), -1)
	var asked []string
	for _, p := range entra.Permissions {
		asked = append(asked, fmt.Sprintf("| `%s` | `%s` | %s |", p.Name, p.ID, p.Why))
	}
	assert.Equal(t, asked, documented)
}
