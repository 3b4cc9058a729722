package postgrestest_test

import (
	"database/sql"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"

	"hourglass/internal/postgrestest"
)

func TestMain(m *testing.M) { postgrestest.Main(m) }

func TestEachTestHasItsOwnDatabase(t *testing.T) {
	for range 2 {
		db, err := sql.Open("pgx", postgrestest.URL(t))
		require.NoError(t, err)
		defer db.Close()
		_, err = db.ExecContext(t.Context(), "CREATE TABLE only_here (id int)")
		require.NoError(t, err)
	}
}
