package store

import (
	"context"
	"time"

	"hourglass/internal/access"
)

// Census counts the live grants, as operators watch them.
type Census struct {
	// Live has every live state, also those that no grant is in.
	Live map[access.State]int
	// NotOff counts the grants whose account may be on although it should not: those that are ending, and those that
	// were given powers, are past their deadline and have not even begun to end.
	NotOff int
	// NotOffSince is when the oldest of these should have been off; zero where there is none.
	NotOffSince time.Time
	// FailingDrills counts the customers whose canary is not proven off in time, or whose drill failed and none has passed since.
	FailingDrills int
	// Unreadable counts the rows that lists of this process lacked, since it began, because they cannot be read.
	Unreadable uint64
}

// Census is one query over the index of live grants, and one over those of drills that run or failed.
func (s *Store) Census(ctx context.Context) (Census, error) {
	now := instant{s.now()}
	var rows []struct {
		State  string
		Number int
		NotOff int
		Since  *instant
	}
	const overdue = "(state = 'ending' OR state IN ('provisioning', 'active') AND deadline < @now)"
	err := s.db.WithContext(ctx).Raw(`SELECT state, COUNT(*) AS number,
			SUM(CASE WHEN `+overdue+` THEN 1 ELSE 0 END) AS not_off,
			MIN(CASE WHEN state = 'ending' AND ending_at < deadline THEN ending_at WHEN `+overdue+` THEN deadline END) AS since
		FROM grants WHERE state <> 'ended' GROUP BY state`, map[string]any{"now": now}).Scan(&rows).Error
	if err != nil {
		return Census{}, translate(err)
	}
	census := Census{Live: map[access.State]int{}}
	for _, state := range access.LiveStates {
		census.Live[state] = 0
	}
	for _, row := range rows {
		census.Live[access.State(row.State)] = row.Number
		census.NotOff += row.NotOff
		if since := row.Since.optional(); since != nil && (census.NotOffSince.IsZero() || since.Before(census.NotOffSince)) {
			census.NotOffSince = *since
		}
	}
	census.Unreadable = s.leftOut.Load()
	census.FailingDrills, err = s.failingDrills(ctx)
	return census, err
}

// drillStuck is how long after its beginning a drill that has not even begun to end is stuck. One whose workflow runs gives up
// arming the canary after minutes; a longer wait is that of a drill which nobody works on.
const drillStuck = 15 * time.Minute

func (s *Store) failingDrills(ctx context.Context) (n int, err error) {
	now := s.now()
	err = s.db.WithContext(ctx).Raw(`SELECT COUNT(*) FROM (
			SELECT customer_id FROM drills WHERE ended_at IS NULL AND off_at IS NULL AND (ending_at < @late OR ending_at IS NULL AND begun_at < @stuck)
			UNION
			SELECT d.customer_id FROM drills d JOIN customers c ON c.id = d.customer_id AND c.connection = @connected
			WHERE d.failure IS NOT NULL AND NOT EXISTS (
				SELECT 1 FROM drills l WHERE l.customer_id = d.customer_id AND l.begun_at > d.begun_at AND l.ended_at IS NOT NULL AND l.failure IS NULL
			)
		) failing`, map[string]any{
		"late": instant{now.Add(-access.DrillPatience)}, "stuck": instant{now.Add(-drillStuck)}, "connected": string(access.Connected),
	}).Scan(&n).Error
	return n, translate(err)
}
