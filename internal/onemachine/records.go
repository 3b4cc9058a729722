package onemachine

import (
	"context"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

// Records are the audit records of one grant, in order.
func (m *Machine) Records(ctx context.Context, id access.GrantID) ([]audit.Record, error) {
	const page = 500
	var found []audit.Record
	for after := int64(0); ; {
		records, err := m.Store.AuditRecords(ctx, after, page)
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			if r.GrantID == id {
				found = append(found, r)
			}
			after = r.Seq
		}
		if len(records) < page {
			return found, nil
		}
	}
}

// Tally counts the records of each action.
func Tally(records []audit.Record) map[audit.Action]int {
	count := map[audit.Action]int{}
	for _, r := range records {
		count[r.Action]++
	}
	return count
}
