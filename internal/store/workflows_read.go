package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

// readingTime is the stretch in which a person's looking into workflows is one record: a single page asks many times.
const readingTime = 15 * time.Minute

// RecordWorkflowsRead has it in the audit log, when it returns, that the person looks into workflows now. A repeat within the
// same quarter of an hour appends nothing.
func (s *Store) RecordWorkflowsRead(ctx context.Context, by access.PersonID) error {
	key := "workflows/read/" + by.String() + "/" + s.now().Truncate(readingTime).Format(time.RFC3339)
	if known, err := recorded(s.db.WithContext(ctx), key); known || err != nil {
		return translate(err) // committed already
	}
	return s.write(ctx, func(tx *gorm.DB) error {
		// The person's row is the lock under which the record is written.
		if _, err := one[personRow](tx.Clauses(forItself), "id = ?", by); err != nil {
			return err
		}
		if known, err := recorded(tx, key); known || err != nil {
			return err
		}
		return s.record(tx, entry{key: key, action: audit.WorkflowsRead, by: Actor{by}, person: by})
	})
}
