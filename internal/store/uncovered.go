package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"hourglass/internal/access"
)

// Uncovered is a live grant that its person could not request again, and why, in words for the audit log.
type Uncovered struct {
	GrantID access.GrantID
	Why     string
}

// covering is an entitlement of the grant's person, own or through a team, for its profile and its customer.
// g is the grants table; the parenthesis stays open. (CROSS JOIN keeps SQLite
// to the order in which the tables are written, as it knows no statistics.)
const (
	ownCover = `EXISTS (SELECT 1 FROM entitlements e WHERE e.person_id = g.person_id AND e.profile_id = g.profile_id
		AND (e.customer_id = g.customer_id OR e.customer_id IS NULL)`
	teamCover = `EXISTS (SELECT 1 FROM team_members m CROSS JOIN entitlements e
		WHERE m.person_id = g.person_id AND e.team_id = m.team_id AND e.profile_id = g.profile_id
		AND (e.customer_id = g.customer_id OR e.customer_id IS NULL)`
	// gone: a broken connection may come back, and its grants go on until then.
	gone       = `c.connection IN ('disconnecting', 'unconnected')`
	inForceYet = ` AND (e.ends_at IS NULL OR e.ends_at > @now))`
)

// Uncovered returns at most limit grants that are to end because no entitlement covers them at an instant,
// because their person is suspended or no technician any more, or because their customer leaves or has left. Those that are ending already are left out.
func (s *Store) Uncovered(ctx context.Context, now time.Time, limit int) ([]Uncovered, error) {
	var found []Uncovered
	err := uncovered(s.db.WithContext(ctx), now, limit).Scan(&found).Error
	return found, translate(err)
}

// uncovered walks the index of live grants, of which there are few.
func uncovered(db *gorm.DB, now time.Time, limit int) *gorm.DB {
	return db.Raw(`SELECT g.id AS grant_id, CASE
			WHEN `+gone+` THEN 'customer disconnected'
			WHEN h.suspended THEN 'person suspended'
			WHEN NOT (`+mayAsk+`) THEN 'technician role removed'
			WHEN `+ownCover+`) OR `+teamCover+`) THEN 'entitlement ended'
			ELSE 'entitlement removed' END AS why
		FROM grants g JOIN people h ON h.id = g.person_id JOIN customers c ON c.id = g.customer_id
		WHERE g.state <> 'ended' AND g.state <> 'ending'
		AND NOT (NOT `+gone+` AND `+mayAsk+` AND (`+ownCover+inForceYet+` OR `+teamCover+inForceYet+`))
		ORDER BY g.deadline, g.id LIMIT @limit`,
		map[string]any{"now": instant{now}, "limit": limit})
}
