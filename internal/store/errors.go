package store

import (
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"
	"modernc.org/sqlite"

	"hourglass/internal/access"
)

// ErrUnreadable: a stored row holds what the domain does not allow. It is never the caller's mistake.
var ErrUnreadable = errors.New("stored row cannot be read")

// unreadable hides the kind of cause: an access.ErrInvalid from the database is not the caller's.
func unreadable(what string, cause error) error {
	return fmt.Errorf("%w: %s: %v", ErrUnreadable, what, cause)
}

// refusals says which error of the domain a refusal by the database is. The first that fits counts.
// state is PostgreSQL's SQLSTATE, code SQLite's extended result code; constraint is how PostgreSQL
// and SQLite name a unique constraint, both empty where any will do.
var refusals = []struct {
	state, constraint string
	code              int
	columns           string
	err               error
	what              string
}{
	{"23505", "grants_one_live", 2067, "grants.person_id, grants.customer_id", access.ErrLiveGrantExists, "one-live-grant"},
	{"23505", "people_handle_key", 2067, "people.handle", access.ErrHandleTaken, "by somebody"},
	{"23505", "handles_pkey", 1555, "handles.handle", access.ErrHandleTaken, "it was somebody's"},
	{"23505", "", 2067, "", access.ErrInvalid, "it exists already"},                 // unique
	{"23505", "", 1555, "", access.ErrInvalid, "it exists already"},                 // primary key
	{"23503", "", 787, "", access.ErrNotFound, "what it refers to"},                 // foreign key
	{"23514", "", 275, "", access.ErrInvalid, "the database refuses it"},            // check
	{"23502", "", 1299, "", access.ErrInvalid, "something is missing"},              // not null
	{"HG001", "", 1811, "", access.ErrIllegalTransition, "refused by the database"}, // our triggers
}

// translate turns an error of gorm or of a driver into one of the domain where there is one. A
// driver's text is kept out of it, as it can hold parts of a row.
func translate(err error) error {
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return access.ErrNotFound
	}
	var pg *pgconn.PgError
	var lite *sqlite.Error
	isPG, isLite := errors.As(err, &pg), errors.As(err, &lite)
	for _, r := range refusals {
		if isPG && pg.Code == r.state && (r.constraint == "" || pg.ConstraintName == r.constraint) ||
			isLite && lite.Code() == r.code && strings.Contains(lite.Error(), r.columns) {
			return fmt.Errorf("%w: %s", r.err, r.what)
		}
	}
	return err
}

// passing reports whether a transaction failed only because of others that ran at the same time,
// and was rolled back: serialisation failure, deadlock, lock timeout; busy or locked in SQLite.
func passing(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "40001" || pg.Code == "40P01" || pg.Code == "55P03"
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		primary := lite.Code() & 0xff
		return primary == 5 || primary == 6
	}
	return false
}
