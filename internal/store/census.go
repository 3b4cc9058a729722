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
}

// Census is one query over the index of live grants.
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
	return census, nil
}
