package store

import (
	"context"
	"time"
)

// Now is the database server's clock. SQLite has none of its own: there it is the machine's.
func (s *Store) Now(ctx context.Context) (time.Time, error) {
	if s.dialect == sqLite {
		return s.now(), nil
	}
	var now instant
	err := s.db.WithContext(ctx).Raw("SELECT clock_timestamp()").Row().Scan(&now)
	return now.Time, translate(err)
}
