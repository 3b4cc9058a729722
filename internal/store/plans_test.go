package store

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"hourglass/internal/access"
	"hourglass/internal/postgrestest"
)

// fill writes an MSP of the size that the product promises to serve: 1,000 customers, 500 people of whom each is in one of
// 25 teams, 20,000 entitlements, and the grants and the audit records of some months. Past the store, because a hundred
// thousand transactions would take their time. Numbers become ids as md5 writes them.
const fill = `
	INSERT INTO people (id, name, handle, roles, suspended, created_at)
		SELECT md5('p' || i)::uuid, 'Person ' || i, 'person' || i, '["technician"]', false, now() FROM generate_series(1, 500) i;
	INSERT INTO customers (id, name, sort_name, connection, account_domain, default_lifetime_seconds, maximum_lifetime_seconds, created_at)
		SELECT md5('c' || i)::uuid, 'Customer ' || i, 'customer ' || i, 'unconnected', '', 3600, 14400, now() FROM generate_series(1, 1000) i;
	INSERT INTO profiles (id, name, roles, credential, default_lifetime_seconds, maximum_lifetime_seconds, reason_required, ticket_required, approval_required)
		SELECT md5('f' || i)::uuid, 'Profile ' || i, '["729827e3-9c14-49f7-bb1b-9608f156bbb8"]', 'pass', 3600, 14400, false, false, false FROM generate_series(1, 10) i;
	INSERT INTO teams (id, name) SELECT md5('t' || i)::uuid, 'Team ' || i FROM generate_series(1, 25) i;
	INSERT INTO team_members (person_id, team_id) SELECT md5('p' || i)::uuid, md5('t' || i % 25 + 1)::uuid FROM generate_series(1, 500) i;
	INSERT INTO entitlements (id, person_id, team_id, profile_id, customer_id, ends_at)
		SELECT md5('e' || i)::uuid, CASE WHEN i % 20 > 0 THEN md5('p' || i % 500 + 1)::uuid END,
			CASE WHEN i % 20 = 0 THEN md5('t' || i / 20 % 25 + 1)::uuid END,
			md5('f' || i % 10 + 1)::uuid, CASE WHEN i % 1000 > 0 THEN md5('c' || i * 7 % 997 + 1)::uuid END,
			CASE WHEN i % 10 = 3 THEN now() + interval '1 day' END
		FROM generate_series(1, 20000) i;
	INSERT INTO accounts (id, person_id, customer_id, marker, create_attempted)
		SELECT md5('a' || i)::uuid, md5('p' || i % 500 + 1)::uuid, md5('c' || i / 500 + 1)::uuid, 'marker ' || i, false FROM generate_series(1, 20000) i;
	ALTER TABLE grants DISABLE TRIGGER USER;
	INSERT INTO grants (id, person_id, customer_id, account_id, idempotency_key, fingerprint, profile_id, profile_name, roles, credential,
			lifetime_seconds, maximum_seconds, approval_required, reason, ticket, requested_at, state, cause, outcome, revision, deadline, touched_at,
			ended_at, pass_ends_in_time, roles_end_at_microsoft, proof_removed_roles, proof_removed_methods, proof_removed_groups)
		SELECT md5('g' || i)::uuid, md5('p' || i % 500 + 1)::uuid, md5('c' || i / 500 + 1)::uuid, md5('a' || i)::uuid, 'key ' || i, sha256('x'),
			md5('f1')::uuid, 'Profile 1', '["729827e3-9c14-49f7-bb1b-9608f156bbb8"]', 'pass', 3600, 14400, false, '', '',
			now() - i * interval '1 minute', CASE WHEN i % 200 = 0 THEN 'requested' ELSE 'ended' END,
			CASE WHEN i % 200 > 0 THEN 'expired' END, CASE WHEN i % 200 > 0 THEN 'expired' END, 1, now() + interval '1 hour', now(),
			CASE WHEN i % 200 > 0 THEN now() END, false, false, 0, 0, 0
		FROM generate_series(1, 19999) i;
	INSERT INTO audit_records (seq, at, key, action, grant_id, details, prev, hash)
		SELECT i, now(), 'key ' || i, 'x', CASE WHEN i % 2 = 0 THEN md5('g' || i % 19999)::uuid END, '{}', sha256('x'), sha256('x') FROM generate_series(1, 60000) i;
	ANALYZE`

// filled is a PostgreSQL database after fill.
func filled(t testing.TB) *Store {
	t.Helper()
	// A benchmark's context ends before its clean-up; the store must not.
	s, err := Open(context.Background(), postgrestest.URL(t))
	require.NoError(t, err)
	t.Cleanup(func() { s.Close() })
	require.NoError(t, s.Migrate(t.Context()))
	for _, statement := range strings.Split(fill, ";\n") {
		require.NoError(t, s.db.Exec(statement).Error)
	}
	return s
}

// numbered is the id that fill gave.
func numbered[I any, P interface {
	*I
	UnmarshalText([]byte) error
}](t testing.TB, s *Store, called string) (id I) {
	t.Helper()
	var text string
	require.NoError(t, s.db.Raw("SELECT md5(?)::uuid", called).Scan(&text).Error)
	require.NoError(t, P(&id).UnmarshalText([]byte(text)))
	return id
}

// What is asked all the time reads none of the tables that grow from end to end, at the size that the product promises.
func TestPostgreSQLReadsNoBigTableWhole(t *testing.T) {
	t.Parallel()
	s := filled(t)
	person, customer := numbered[access.PersonID](t, s, "p7"), numbered[access.CustomerID](t, s, "c8")
	grant := numbered[access.GrantID](t, s, "g9")
	now := time.Now()
	for what, query := range map[string]func(tx *gorm.DB) *gorm.DB{
		"what may I reach":         func(tx *gorm.DB) *gorm.DB { return reachable(tx, person, now).Find(&[]reachRow{}) },
		"what a person may reach":  func(tx *gorm.DB) *gorm.DB { return personReasons(tx, person, now).Find(&[]reasonRow{}) },
		"who may reach a customer": func(tx *gorm.DB) *gorm.DB { return customerReasons(tx, customer, now).Find(&[]reasonRow{}) },
		"is it entitled": func(tx *gorm.DB) *gorm.DB {
			return inForce(tx, person, nil, now).Where("customer_id = ? OR customer_id IS NULL", customer).Find(&[]entitlementRow{})
		},
		"live grants of a person": func(tx *gorm.DB) *gorm.DB {
			return grants(tx).Where("g.person_id = ? AND g.state <> 'ended'", person).Find(&[]grantView{})
		},
		"newest grants": func(tx *gorm.DB) *gorm.DB { return newestFirst(tx).Limit(50).Find(&[]grantView{}) },
		"newest grants of a customer": func(tx *gorm.DB) *gorm.DB {
			return newestFirst(tx).Where("g.customer_id = ?", customer).Limit(50).Find(&[]grantView{})
		},
		"one grant": func(tx *gorm.DB) *gorm.DB { return grants(tx).Where("g.id = ?", grant).Find(&[]grantView{}) },
		"uncovered": func(tx *gorm.DB) *gorm.DB { return uncovered(tx, now, 50).Scan(&[]Uncovered{}) },
		"strays":    func(tx *gorm.DB) *gorm.DB { return strays(tx, instant{now}).Limit(50).Find(&[]grantView{}) },
		"audit feed": func(tx *gorm.DB) *gorm.DB {
			return tx.Model(&auditRow{}).Select("seq", "action", "grant_id", "person_id").
				Where("seq > ?", 59900).Order("seq").Limit(100).Find(&[]Change{})
		},
		"audit of a grant": func(tx *gorm.DB) *gorm.DB {
			return tx.Model(&auditRow{}).Where("grant_id = ?", grant).Order("seq").Find(&[]auditRow{})
		},
	} {
		var plan []string
		require.NoError(t, s.db.Raw("EXPLAIN "+s.db.ToSQL(query)).Scan(&plan).Error, what)
		for _, table := range []string{"entitlements", "grants", "audit_records", "accounts"} {
			assert.NotContains(t, strings.Join(plan, "\n"), fmt.Sprintf("Seq Scan on %s", table), what)
		}
		assert.Contains(t, strings.Join(plan, "\n"), "Index", what)
	}
}

// A page of a thousand customers is summed up however many entitlements there are: a statement takes 65,535 values.
func TestALongPageOfCustomersIsSummedUp(t *testing.T) {
	t.Parallel()
	s := filled(t)
	for _, statement := range []string{
		`INSERT INTO profiles (id, name, roles, credential, default_lifetime_seconds, maximum_lifetime_seconds, reason_required, ticket_required, approval_required)
			SELECT md5('f' || i)::uuid, 'Profile ' || i, '["729827e3-9c14-49f7-bb1b-9608f156bbb8"]', 'pass', 3600, 14400, false, false, false FROM generate_series(11, 70) i`,
		`INSERT INTO entitlements (id, team_id, profile_id, customer_id) SELECT md5(c.id::text || f.id)::uuid, md5('t1')::uuid, f.id, c.id FROM customers c, profiles f`,
	} {
		require.NoError(t, s.db.Exec(statement).Error)
	}
	page, _, err := s.CustomerPage(t.Context(), CustomerFilter{Limit: longestPage})
	require.NoError(t, err)
	summaries, err := s.PreflightSummaries(t.Context(), page)
	require.NoError(t, err)
	require.Len(t, summaries, longestPage)
}

// BenchmarkReach is what the two questions about access cost beside the bare SQL under them:
//
//	go test -run - -bench Reach ./internal/store
//
// "x bare" is the store's time for each run of the bare query in the same process, one after the other.
func BenchmarkReach(b *testing.B) {
	s := filled(b)
	ctx, now := context.Background(), time.Now()
	person, customer := numbered[access.PersonID](b, s, "p7"), numbered[access.CustomerID](b, s, "c8")
	everywhere := numbered[access.PersonID](b, s, "p25") // through team 1
	raw, err := s.db.DB()
	require.NoError(b, err)
	for _, question := range []struct {
		name  string
		query func(tx *gorm.DB) *gorm.DB
		ask   func() (rows int, err error)
	}{
		{"what may I reach", func(tx *gorm.DB) *gorm.DB { return reachable(tx, person, now).Find(&[]reachRow{}) },
			func() (int, error) { found, err := s.Access(ctx, person, now); return len(found), err }},
		{"what may I reach, with all customers", func(tx *gorm.DB) *gorm.DB { return reachable(tx, everywhere, now).Find(&[]reachRow{}) },
			func() (int, error) { found, err := s.Access(ctx, everywhere, now); return len(found), err }},
		{"what may this person reach, and why", func(tx *gorm.DB) *gorm.DB { return personReasons(tx, person, now).Find(&[]reasonRow{}) },
			func() (int, error) { found, err := s.PersonReasons(ctx, person, now); return len(found), err }},
		{"who may reach this customer, and why", func(tx *gorm.DB) *gorm.DB { return customerReasons(tx, customer, now).Find(&[]reasonRow{}) },
			func() (int, error) { found, err := s.CustomerReasons(ctx, customer, now); return len(found), err }},
	} {
		b.Run(question.name, func(b *testing.B) {
			sql := s.db.ToSQL(question.query)
			var bare time.Duration
			answers := 0
			for b.Loop() {
				b.StopTimer()
				begun := time.Now()
				rows, err := raw.QueryContext(ctx, sql)
				require.NoError(b, err)
				for rows.Next() {
				}
				require.NoError(b, rows.Err())
				require.NoError(b, rows.Close())
				bare += time.Since(begun)
				b.StartTimer()
				answers, err = question.ask()
				require.NoError(b, err)
			}
			require.NotZero(b, answers)
			b.ReportMetric(float64(answers), "answers")
			b.ReportMetric(float64(bare.Microseconds())/float64(b.N), "bare-µs/op")
			b.ReportMetric(float64(b.Elapsed())/float64(bare), "x-bare")
		})
	}
}
