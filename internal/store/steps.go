package store

import (
	"context"
	"fmt"
	"maps"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

// locked is a grant whose row no other transaction can change before this one ends.
type locked struct {
	Grant
	approvedBy access.PersonID
}

// change is what a step does to a grant. The zero change does nothing: the step is a repeat.
type change struct {
	// to is the next state, "" where the state stays.
	to      access.State
	columns map[string]any
	entries []entry
}

// step is the one way in which a grant changes: lock its row, let decide see it, check the
// transition, write, and append to the audit log, all in one transaction. decide may write to rows
// that belong to the grant (account, data key). It returns the grant as it is afterwards.
func (s *Store) step(ctx context.Context, id access.GrantID, decide func(tx *gorm.DB, g locked) (change, error)) (Grant, error) {
	var after Grant
	err := s.write(ctx, func(tx *gorm.DB) (err error) {
		after, err = s.stepIn(tx, id, decide)
		return err
	})
	if err != nil {
		return Grant{}, err
	}
	return after, nil
}

// stepIn is step as the last part of a transaction.
func (s *Store) stepIn(tx *gorm.DB, id access.GrantID, decide func(tx *gorm.DB, g locked) (change, error)) (Grant, error) {
	g, err := lockGrant(tx, id)
	if err != nil {
		return Grant{}, err
	}
	c, err := decide(tx, g)
	if err != nil || len(c.entries) == 0 {
		return g.Grant, err
	}
	after, err := s.apply(tx, g.Grant, c)
	if err != nil {
		return Grant{}, err
	}
	return after, s.record(tx, c.entries...)
}

func lockGrant(tx *gorm.DB, id access.GrantID) (locked, error) {
	var row grantView
	onlyTheGrant := clause.Locking{Strength: clause.LockingStrengthUpdate, Table: clause.Table{Name: "g"}}
	if err := grants(tx).Clauses(onlyTheGrant).Where("g.id = ?", id).Take(&row).Error; err != nil {
		return locked{}, translate(err)
	}
	g, err := row.grant()
	return locked{Grant: g, approvedBy: row.Row.ApprovedBy}, err
}

func (s *Store) apply(tx *gorm.DB, g Grant, c change) (Grant, error) {
	columns := map[string]any{"revision": g.Revision + 1, "touched_at": instant{s.now()}}
	maps.Copy(columns, c.columns)
	if c.to != "" {
		if err := access.CheckTransition(g.State, c.to); err != nil {
			return Grant{}, err
		}
		columns["state"] = string(c.to)
	}
	if err := tx.Model(&grantRow{}).Where("id = ?", g.ID).Updates(columns).Error; err != nil {
		return Grant{}, err
	}
	return readGrant(tx, g.ID)
}

// entry is a record about the grant; what, together with the grant, is its key.
func (g Grant) entry(action audit.Action, by Actor, what string, details facts) entry {
	return entry{
		key: grantKey(g.ID, what), action: action, by: by,
		person: g.PersonID, customer: g.CustomerID, grant: g.ID, details: details,
	}
}

// in refuses unless the grant is in one of the states.
func (g Grant) in(what string, states ...access.State) error {
	for _, state := range states {
		if g.State == state {
			return nil
		}
	}
	return fmt.Errorf("%w: %s while %s", access.ErrIllegalTransition, what, g.State)
}

// Plan returns everything that an activity needs to know of a grant.
func (s *Store) Plan(ctx context.Context, id access.GrantID) (Plan, error) {
	g, err := s.Grant(ctx, id)
	if err != nil {
		return Plan{}, err
	}
	return s.plan(ctx, g)
}

func (s *Store) plan(ctx context.Context, g Grant) (Plan, error) {
	db := s.db.WithContext(ctx)
	row, err := one[accountRow](db, "id = ?", g.AccountID)
	if err != nil {
		return Plan{}, fmt.Errorf("account: %w", err)
	}
	account, err := row.account()
	if err != nil {
		return Plan{}, err
	}
	person, err := s.Person(ctx, g.PersonID)
	if err != nil {
		return Plan{}, fmt.Errorf("person: %w", err)
	}
	customer, err := accountsOf(db, g.CustomerID)
	if err != nil {
		return Plan{}, fmt.Errorf("customer: %w", err)
	}
	return Plan{Grant: g, Account: account, Person: person, Customer: customer}, nil
}
