package store

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"hourglass/internal/access"
)

func openTemporary(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "hourglass.db"))
	require.NoError(t, err)
	t.Cleanup(func() { s.Close() })
	require.NoError(t, s.Migrate(t.Context()))
	return s
}

func TestTransactionThatFailedBecauseOfOthersIsRepeated(t *testing.T) {
	t.Parallel()
	s := openTemporary(t)
	serialisation := &pgconn.PgError{Code: "40001"}
	for failures, want := range map[int]error{0: nil, 2: nil, 4: nil, 5: serialisation} {
		calls := 0
		err := s.write(t.Context(), func(*gorm.DB) error {
			if calls++; calls <= failures {
				return serialisation
			}
			return nil
		})
		assert.Equal(t, want, err, failures)
		assert.Equal(t, min(failures, 4)+1, calls)
	}
	calls := 0
	mistake := errors.New("mistake")
	assert.Equal(t, mistake, s.write(t.Context(), func(*gorm.DB) error { calls++; return mistake }))
	assert.Equal(t, 1, calls)
}

// A writer that waits for its turn gives up with its context.
func TestWritersQueueUntilTheirContextEnds(t *testing.T) {
	t.Parallel()
	s := openTemporary(t)
	ctx, cancel := context.WithCancel(t.Context())
	err := s.write(t.Context(), func(*gorm.DB) error {
		cancel()
		return s.write(ctx, func(*gorm.DB) error { return nil })
	})
	assert.ErrorIs(t, err, context.Canceled)
}

func TestSQLiteIsSetForDurability(t *testing.T) {
	t.Parallel()
	s := openTemporary(t)
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "recursive_triggers": "1", "secure_delete": "1", "busy_timeout": "10000",
	} {
		var got string
		require.NoError(t, s.db.Raw("PRAGMA "+pragma).Scan(&got).Error)
		assert.Equal(t, want, got, pragma)
	}
}

// The questions that are asked all the time are answered from an index.
func TestQueriesUseTheirIndex(t *testing.T) {
	t.Parallel()
	s := openTemporary(t)
	person := access.MustID[access.PersonID]("0a000000-0000-4000-8000-000000000001")
	now := instant{time.Now()}
	tests := map[string]struct {
		query   func(tx *gorm.DB) *gorm.DB
		indexes []string
	}{
		"Grants": {func(tx *gorm.DB) *gorm.DB {
			return newestFirst(tx).Where("(g.requested_at, g.id) < (?, ?)", now, person).Limit(50).Find(&[]grantView{})
		}, []string{"grants_newest"}},
		"Grants of a person": {func(tx *gorm.DB) *gorm.DB {
			return newestFirst(tx).Where("g.person_id = ?", person).Where("(g.requested_at, g.id) < (?, ?)", now, person).Limit(50).Find(&[]grantView{})
		}, []string{"grants_newest_of_person"}},
		"Customers": {func(tx *gorm.DB) *gorm.DB {
			return customersByName(tx).Where("(sort_name, id) > (?, ?)", "a", "b").Limit(50).Find(&[]customerRow{})
		}, []string{"customers_by_name"}},
		"Uncovered": {func(tx *gorm.DB) *gorm.DB {
			return uncovered(tx, now.Time, 50).Scan(&[]Uncovered{})
		}, []string{"grants_live", "entitlements_of_person", "entitlements_of_team"}},
		"Strays": {func(tx *gorm.DB) *gorm.DB {
			return strays(tx, now).Limit(50).Find(&[]grantView{})
		}, []string{"grants_live"}},
	}
	for what, test := range tests {
		plan := planOf(t, s, test.query)
		for _, index := range test.indexes {
			assert.Contains(t, plan, index, what)
		}
		assert.NotContains(t, plan, "SORT", what)
		assert.NotContains(t, plan, "B-TREE", what)
	}
}

// planOf is how SQLite would answer a query.
func planOf(t *testing.T, s *Store, query func(tx *gorm.DB) *gorm.DB) (plan string) {
	t.Helper()
	rows, err := s.db.Raw("EXPLAIN QUERY PLAN " + s.db.ToSQL(query)).Rows()
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var detail string
		require.NoError(t, rows.Scan(&id, &parent, &unused, &detail))
		plan += detail + "\n"
	}
	require.NoError(t, rows.Err())
	return plan
}

// The answers are sorted, but nothing is found by reading a table.
func TestReasonsAreFoundByIndexes(t *testing.T) {
	t.Parallel()
	s := openTemporary(t)
	for what, test := range map[string]struct {
		query   func(tx *gorm.DB) *gorm.DB
		indexes []string
	}{
		"what may I reach": {func(tx *gorm.DB) *gorm.DB {
			return reachable(tx, access.MustID[access.PersonID]("0a000000-0000-4000-8000-000000000001"), time.Now()).Find(&[]reachRow{})
		}, []string{"entitlements_of_person", "entitlements_of_team", "sqlite_autoindex_customers_1"}},
		"what a person may reach": {func(tx *gorm.DB) *gorm.DB {
			return personReasons(tx, access.MustID[access.PersonID]("0a000000-0000-4000-8000-000000000001"), time.Now()).Find(&[]reasonRow{})
		}, []string{"entitlements_of_person", "entitlements_of_team", "sqlite_autoindex_team_members_1"}},
		"who may reach a customer": {func(tx *gorm.DB) *gorm.DB {
			return customerReasons(tx, access.MustID[access.CustomerID]("0a000000-0000-4000-8000-000000000001"), time.Now()).Find(&[]reasonRow{})
		}, []string{"entitlements_of_customer", "team_members_of_team"}},
	} {
		plan := planOf(t, s, test.query)
		for _, index := range test.indexes {
			assert.Contains(t, plan, index, what)
		}
		if what == "what may I reach" { // all that is held, and all customers where an entitlement is for all
			plan = strings.NewReplacer("SCAN held\n", "", "SCAN c\n", "").Replace(plan)
		}
		assert.NotContains(t, plan, "SCAN", what)
	}
}
