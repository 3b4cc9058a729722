package store

import (
	"context"
	"database/sql/driver"
	"errors"
)

// statementsKept bounds how many prepared statements a connection keeps. The product has fewer; lists of various
// lengths make more.
const statementsKept = 200

// keepingConnector opens SQLite connections that keep their prepared statements. SQLite compiles SQL for each
// connection, which costs more than most of our statements themselves; pgx does the same for PostgreSQL. (gorm's own
// PrepareStmt compiles anew in every transaction, because a *sql.Stmt that was made in one ends with it.)
type keepingConnector struct{ driver.Connector }

func (c keepingConnector) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &keepingConn{sqliteConn: opened.(sqliteConn), kept: map[string]sqliteStmt{}}, nil
}

// sqliteConn is what we use of SQLite's connection. It leaves out the ways to execute SQL without preparing it, so
// that package sql always prepares.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

type sqliteStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// keepingConn is used by one goroutine at a time, as package sql promises.
type keepingConn struct {
	sqliteConn
	kept map[string]sqliteStmt
}

// PrepareContext hands out a kept statement, and takes it out of those kept: one whose rows are still being read is
// not used a second time.
func (c *keepingConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if kept, found := c.kept[query]; found {
		delete(c.kept, query)
		return &keptStmt{kept, c, query}, nil
	}
	made, err := c.sqliteConn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return &keptStmt{made.(sqliteStmt), c, query}, nil
}

func (c *keepingConn) Close() error {
	var errs []error
	for _, kept := range c.kept {
		errs = append(errs, kept.Close())
	}
	return errors.Join(append(errs, c.sqliteConn.Close())...)
}

type keptStmt struct {
	sqliteStmt
	conn  *keepingConn
	query string
}

// Close is called when the statement is reset: package sql closes its rows before.
func (s *keptStmt) Close() error {
	if _, another := s.conn.kept[s.query]; another || len(s.conn.kept) >= statementsKept {
		return s.sqliteStmt.Close()
	}
	s.conn.kept[s.query] = s.sqliteStmt
	return nil
}
