package bulk_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/bulk"
	"hourglass/internal/store"
)

// importerFile names the database file for a test process that only imports.
const importerFile = "HOURGLASS_TEST_IMPORTER_FILE"

const manyCustomers = 10_000

func customersFile() string {
	file := []string{"name"}
	for i := range manyCustomers {
		file = append(file, fmt.Sprintf("Customer %d", i))
	}
	return lines(file...)
}

// importUntilKilled says when its transaction has begun.
func importUntilKilled(path string) {
	ctx := context.Background()
	house, err := store.Open(ctx, "sqlite:"+path)
	if err != nil {
		panic(err)
	}
	service := &bulk.Service{Store: &meddler{house, func() { fmt.Println("planned") }}, NewID: uuid.NewString, Clock: time.Now}
	if _, err := service.Import(ctx, store.CustomerList, strings.NewReader(customersFile()), store.Actor{}); err != nil {
		panic(err)
	}
	select {}
}

// SIGKILL while an import writes: SQLite's side of all or nothing.
func TestSIGKILLLeavesAllOrNothing(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/hourglass.db"
	w := newWorld(t, "sqlite:"+path)
	before := len(w.records())
	importer := exec.CommandContext(t.Context(), os.Args[0])
	importer.Env = append(os.Environ(), importerFile+"="+path)
	importer.Stderr = os.Stderr
	out, err := importer.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, importer.Start())
	var said string
	_, err = fmt.Fscanln(out, &said)
	require.NoError(t, err)
	require.NoError(t, importer.Process.Kill())
	require.Error(t, importer.Wait(), "it was killed")

	customers, err := w.store.Customers(t.Context())
	require.NoError(t, err)
	t.Logf("%d customers", len(customers))
	assert.Contains(t, []int{0, manyCustomers}, len(customers))
	if len(customers) == 0 {
		assert.Len(t, w.records(), before)
	}
	report := w.imports(store.CustomerList, customersFile())
	assert.Equal(t, manyCustomers-len(customers), report.Count[bulk.Create])
}
