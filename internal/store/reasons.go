package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"hourglass/internal/access"
)

// reasonRow is one entitlement and the person whom it serves.
type reasonRow struct {
	View      entitlementView `gorm:"embedded"`
	HolderID  access.PersonID
	HolderWho string
}

// mayAsk is which people may ask for grants at all; h is the people table. The roles are a JSON array of known words. It is
// written as a CASE because PostgreSQL takes the bare LIKE for one that hardly anybody fits, and then begins with people
// instead of with entitlements: several times the work (BenchmarkReach).
const mayAsk = `CASE WHEN h.suspended THEN FALSE ELSE CAST(h.roles AS text) LIKE '%"technician"%' END`

// holdings select entitlements with whom they serve, the person or each member of the team; e is the entitlements
// table and h the people table. Two halves, because each then has an index of its own.
const holdingNames = `
		LEFT JOIN people e_p ON e_p.id = e.person_id
		LEFT JOIN teams t ON t.id = e.team_id
		JOIN profiles f ON f.id = e.profile_id AND f.retired_at IS NULL
		LEFT JOIN customers c ON c.id = e.customer_id
		WHERE (e.ends_at IS NULL OR e.ends_at > @at) AND ` + mayAsk

var (
	holdingColumns = `SELECT ` + columnsOf[entitlementRow]("e") + `, e_p.name AS person_name, t.name AS team_name, f.name AS profile_name, c.name AS customer_name,
		h.id AS holder_id, h.name AS holder_who `
	ownHoldings  = holdingColumns + `FROM entitlements e JOIN people h ON h.id = e.person_id ` + holdingNames
	teamHoldings = holdingColumns + `FROM team_members m JOIN entitlements e ON e.team_id = m.team_id JOIN people h ON h.id = m.person_id ` + holdingNames
)

// PersonReasons answers what a person may reach at an instant, and why: every entitlement of theirs that is
// in force, sorted by customer (those for all customers first) and profile. Nothing for somebody who may ask for no grant.
func (s *Store) PersonReasons(ctx context.Context, p access.PersonID, at time.Time) ([]Reason, error) {
	return readReasons(personReasons(s.db.WithContext(ctx), p, at))
}

// CustomerReasons answers who may reach a customer at an instant, and why: every entitlement in force with each
// person whom it serves, sorted by person and profile. The state of the connection does not matter.
func (s *Store) CustomerReasons(ctx context.Context, c access.CustomerID, at time.Time) ([]Reason, error) {
	return readReasons(customerReasons(s.db.WithContext(ctx), c, at))
}

func personReasons(db *gorm.DB, p access.PersonID, at time.Time) *gorm.DB {
	return db.Raw(ownHoldings+` AND e.person_id = @person UNION ALL `+teamHoldings+` AND m.person_id = @person
		ORDER BY customer_name NULLS FIRST, customer_id, profile_name, profile_id, id`,
		map[string]any{"at": instant{at}, "person": p})
}

func customerReasons(db *gorm.DB, c access.CustomerID, at time.Time) *gorm.DB {
	const here = ` AND (e.customer_id = @customer OR e.customer_id IS NULL)`
	return db.Raw(ownHoldings+here+` UNION ALL `+teamHoldings+here+`
		ORDER BY holder_who, holder_id, profile_name, profile_id, id`,
		map[string]any{"at": instant{at}, "customer": c})
}

func readReasons(query *gorm.DB) ([]Reason, error) {
	var rows []reasonRow
	if err := query.Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	reasons := make([]Reason, len(rows))
	for i, row := range rows {
		reasons[i] = Reason{PersonID: row.HolderID, PersonName: row.HolderWho, EntitlementView: row.View.view()}
	}
	return reasons, nil
}
