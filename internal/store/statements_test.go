package store

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// alone is the only connection to a fresh SQLite file.
func alone(t *testing.T) *sql.Conn {
	db, err := openSQLite(filepath.Join(t.TempDir(), "statements.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	conn, err := db.Conn(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close()) })
	return conn
}

func kept(t *testing.T, conn *sql.Conn) (n int) {
	require.NoError(t, conn.Raw(func(raw any) error { n = len(raw.(*keepingConn).kept); return nil }))
	return n
}

func TestAStatementWhoseRowsAreBeingReadIsNotUsedASecondTime(t *testing.T) {
	conn := alone(t)
	const query = "WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT i FROM n"
	read := func(from int, between func()) (numbers []int) {
		rows, err := conn.QueryContext(t.Context(), query, from)
		require.NoError(t, err)
		defer rows.Close()
		for rows.Next() {
			var n int
			require.NoError(t, rows.Scan(&n))
			numbers = append(numbers, n)
			between()
		}
		require.NoError(t, rows.Err())
		return numbers
	}
	for range 3 { // from the second round on with kept statements
		require.Equal(t, []int{1, 2, 3}, read(1, func() { require.Equal(t, []int{2, 3}, read(2, func() {})) }))
	}
	require.Equal(t, 1, kept(t, conn))
}

func TestAKeptStatementFollowsAChangeOfTheSchema(t *testing.T) {
	conn := alone(t)
	exec := func(query string, args ...any) {
		_, err := conn.ExecContext(t.Context(), query, args...)
		require.NoError(t, err)
	}
	columns := func() int {
		rows, err := conn.QueryContext(t.Context(), "SELECT * FROM things")
		require.NoError(t, err)
		defer rows.Close()
		names, err := rows.Columns()
		require.NoError(t, err)
		return len(names)
	}
	exec("CREATE TABLE things (a)")
	exec("INSERT INTO things VALUES (?)", 1)
	require.Equal(t, 1, columns())
	exec("ALTER TABLE things ADD COLUMN b")
	require.Equal(t, 2, columns())
}

func TestKeptStatementsAreBounded(t *testing.T) {
	conn := alone(t)
	for i := range statementsKept + 10 {
		_, err := conn.ExecContext(t.Context(), fmt.Sprintf("SELECT %d", i))
		require.NoError(t, err)
	}
	require.Equal(t, statementsKept, kept(t, conn))
}
