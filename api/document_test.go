package api

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheGeneratedServerIsUpToDate(t *testing.T) {
	if testing.Short() {
		t.Skip("generating builds the generator")
	}
	generated := filepath.Join(t.TempDir(), "server_gen.go")
	command := exec.Command("go", "run", "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2",
		"-config", "oapi-codegen.yaml", "-o", generated, "openapi.yaml")
	if said, err := command.CombinedOutput(); err != nil {
		t.Skipf("the generator cannot be had here: %v: %s", err, said)
	}
	want, err := os.ReadFile(generated)
	require.NoError(t, err)
	have, err := os.ReadFile("server_gen.go")
	require.NoError(t, err)
	assert.True(t, string(want) == string(have), "run go generate ./api")
}

func TestEveryOperationHasOneRuleAndEveryRuleAnOperation(t *testing.T) {
	operations := documented(t)
	for id := range rules {
		assert.Contains(t, operations, id)
	}
	for id := range limitedOperations {
		assert.Contains(t, operations, id)
	}
	for id := range actionable {
		assert.Contains(t, operations, id)
	}
}
