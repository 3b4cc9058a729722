package bulk_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/bulk"
	"hourglass/internal/postgrestest"
	"hourglass/internal/store"
)

// crowd fills a house: 1,000 customers and 500 people by import, and a file of 20,000 entitlements of theirs.
func (w *world) crowd() (entitlements string) {
	w.profile("Help desk")
	w.profile("Exchange")
	customers, people := []string{"name"}, []string{"handle,name,roles,teams"}
	for i := range 1000 {
		customers = append(customers, fmt.Sprintf("Customer %d", i))
	}
	for i := range 500 {
		people = append(people, fmt.Sprintf("person-%d,Person %d,technician,Team %d", i, i, i%20))
	}
	for list, file := range map[store.List][]string{store.CustomerList: customers, store.PersonList: people} {
		report, err := w.bulk.Import(w.t.Context(), list, strings.NewReader(lines(file...)), w.by())
		require.NoError(w.t, err)
		require.Equal(w.t, len(file)-1, report.Count[bulk.Create])
	}
	all := []string{"person,profile,customer,ends_at"}
	for i := range bulk.MostLines {
		all = append(all, fmt.Sprintf("person-%d,%s,Customer %d,2027-03-31", i%500, []string{"Help desk", "Exchange"}[i/10_000], (i+i/500)%1000))
	}
	return lines(all...)
}

func TestTwentyThousandEntitlements(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	onEach(t, func(t *testing.T, w *world) {
		file := w.crowd()
		began := time.Now()
		step := func(what string) {
			t.Logf("%s: %.2f s", what, time.Since(began).Seconds())
			began = time.Now()
		}
		dry := w.try(store.EntitlementList, file)
		step("dry run")
		report, err := w.bulk.Import(t.Context(), store.EntitlementList, strings.NewReader(file), w.by())
		step("import")
		require.NoError(t, err)
		require.Equal(t, bulk.MostLines, report.Count[bulk.Create])
		require.Equal(t, dry, report)
		again, err := w.bulk.Import(t.Context(), store.EntitlementList, strings.NewReader(file), w.by())
		step("repetition")
		require.NoError(t, err)
		require.Equal(t, map[bulk.Outcome]int{bulk.Unchanged: bulk.MostLines}, again.Count)
		exported := w.export(store.EntitlementList)
		step("export")
		require.Equal(t, bulk.MostLines+1, strings.Count(exported, "\r\n"))
		removed, err := w.bulk.Import(t.Context(), store.EntitlementList, strings.NewReader(strings.ReplaceAll(exported, ",\r\n", ",yes\r\n")), w.by())
		step("removal")
		require.NoError(t, err)
		require.Equal(t, bulk.MostLines, removed.Count[bulk.Remove])
		verdict, err := w.store.VerifyAudit(t.Context())
		step("verification of the audit log")
		require.NoError(t, err)
		require.True(t, verdict.OK(), "%+v", verdict)
		require.Greater(t, verdict.Records, int64(2*bulk.MostLines), "a record of each")
	})
}

// Two imports of one file at once: one makes everything, the other finds it made.
func TestTwoImportsAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		files := map[store.List]string{
			store.CustomerList:    lines("name", "Contoso", "Fabrikam", "Northwind"),
			store.PersonList:      lines("handle,name,roles,teams", "ada,Ada,technician,First level", "alan,Alan,technician,First level", "grace,Grace,approver,"),
			store.EntitlementList: lines("person,profile,customer", "ada,Help desk,*", "ada,Help desk,Contoso", "grace,Help desk,Fabrikam"),
		}
		w.profile("Help desk")
		for _, list := range []store.List{store.CustomerList, store.PersonList, store.EntitlementList} {
			var done sync.WaitGroup
			reports := make([]bulk.Report, 4)
			for i := range reports {
				done.Go(func() {
					var err error
					reports[i], err = w.bulk.Import(t.Context(), list, strings.NewReader(files[list]), w.by())
					assert.NoError(t, err)
				})
			}
			done.Wait()
			total := map[bulk.Outcome]int{}
			for _, r := range reports {
				for outcome, n := range r.Count {
					total[outcome] += n
				}
			}
			assert.Equal(t, map[bulk.Outcome]int{bulk.Create: 3, bulk.Unchanged: 9}, total, list)
		}
		teams, err := w.store.Teams(t.Context())
		require.NoError(t, err)
		require.Len(t, teams, 1)
		assert.Len(t, teams[0].Members, 2)
	})
}

// meddler lets somebody else change the world between the plan and what is done.
type meddler struct {
	*store.Store
	meddle func()
}

func (m *meddler) Import(ctx context.Context, list store.List, plan func(store.Roster) (store.Changes, error), by store.Actor) error {
	return m.Store.Import(ctx, list, func(r store.Roster) (store.Changes, error) {
		changes, err := plan(r)
		if m.meddle != nil {
			m.meddle()
			m.meddle = nil
		}
		return changes, err
	}, by)
}

// What others commit while an import is under way is seen before anything is done. SQLite has one writer at a time.
func TestTheWorldChangesDuringAnImport(t *testing.T) {
	t.Parallel()
	w := newWorld(t, postgrestest.URL(t))
	w.profile("Help desk")
	ada := w.person("ada", access.Technician)
	team := w.team("First level", ada.ID)
	for what, test := range map[string]struct {
		list   store.List
		file   string
		meddle func()
		want   map[bulk.Outcome]int
	}{
		"somebody takes the handle": {store.PersonList, lines("handle,name,roles", "grace,grace,technician"),
			func() { w.person("grace", access.Technician) }, map[bulk.Outcome]int{bulk.Unchanged: 1}},
		"the team is removed": {store.EntitlementList, lines("team,profile,customer", "First level,Help desk,*"),
			func() { require.NoError(t, w.store.RemoveTeam(t.Context(), team, w.by())) }, map[bulk.Outcome]int{bulk.Refused: 1}},
	} {
		w.bulk.Store = &meddler{w.store, test.meddle}
		report, err := w.bulk.Import(t.Context(), test.list, strings.NewReader(test.file), w.by())
		require.NoError(t, err, what)
		assert.Equal(t, test.want, report.Count, what)
	}
}

// A connection that dies when everything but the audit log is written leaves nothing.
func TestACrashInTheMiddleLeavesNothing(t *testing.T) {
	t.Parallel()
	url := postgrestest.URL(t)
	w := newWorld(t, url)
	operator, err := sql.Open("pgx", url)
	require.NoError(t, err)
	t.Cleanup(func() { operator.Close() })
	before := w.records()

	head, err := operator.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = head.Exec("SELECT 1 FROM audit_head FOR UPDATE")
	require.NoError(t, err)
	failed := make(chan error, 1)
	go func() {
		_, err := w.bulk.Import(t.Context(), store.CustomerList, strings.NewReader(lines("name", "Contoso", "Fabrikam")), w.by())
		failed <- err
	}()
	require.Eventually(t, func() bool {
		var killed int
		err := operator.QueryRow(`SELECT count(*) FROM (SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock') killed`).Scan(&killed)
		return err == nil && killed == 1
	}, 30*time.Second, 5*time.Millisecond)
	require.Error(t, <-failed)
	require.NoError(t, head.Rollback())

	customers, err := w.store.Customers(t.Context())
	require.NoError(t, err)
	assert.Empty(t, customers)
	assert.Equal(t, before, w.records())
	assert.Equal(t, []audit.Action{audit.CustomerAdded, audit.CustomerAdded, audit.ListImported}, func() []audit.Action {
		w.imports(store.CustomerList, lines("name", "Contoso", "Fabrikam"))
		return w.actions(len(before))
	}(), "the file can be imported again")
}
