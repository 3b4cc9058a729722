package store

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

// Grant returns a grant or access.ErrNotFound.
func (s *Store) Grant(ctx context.Context, id access.GrantID) (Grant, error) {
	g, err := readGrant(s.db.WithContext(ctx), id)
	if err != nil {
		return Grant{}, err
	}
	waiting := []Grant{g}
	err = tellApprovers(s.db.WithContext(ctx), waiting)
	return waiting[0], err
}

// Grants returns a page of grants, newest request first, and the cursor of the next page, "" at the
// end. Pages neither skip nor repeat a grant, however many are requested meanwhile. A cursor that
// did not come from here is access.ErrInvalid.
func (s *Store) Grants(ctx context.Context, f GrantFilter) (page []Grant, next string, err error) {
	limit := pageSize(f.Limit)
	query := newestFirst(s.db.WithContext(ctx)).Limit(limit + 1)
	if !f.PersonID.IsZero() {
		query = query.Where("g.person_id = ?", f.PersonID)
	}
	if !f.CustomerID.IsZero() {
		query = query.Where("g.customer_id = ?", f.CustomerID)
	}
	if len(f.States) > 0 {
		query = query.Where("g.state IN ?", f.States)
	}
	if f.Before != "" {
		at, id, err := parseCursor(f.Before)
		if err != nil {
			return nil, "", err
		}
		query = query.Where("(g.requested_at, g.id) < (?, ?)", at, id)
	}
	var rows []grantView
	if err := query.Find(&rows).Error; err != nil {
		return nil, "", translate(err)
	}
	if len(rows) > limit {
		rows = rows[:limit]
		next = cursor(rows[limit-1].Row)
	}
	page = listed(ctx, s, rows, grantView.grant)
	return page, next, tellApprovers(s.db.WithContext(ctx), page)
}

// GrantsOf returns the grants that changes are about, as they are now, in one query. What does not exist or cannot be read is
// not among them.
func (s *Store) GrantsOf(ctx context.Context, changes []Change) (map[access.GrantID]Grant, error) {
	var ids []access.GrantID
	for _, c := range changes {
		if !c.GrantID.IsZero() && !slices.Contains(ids, c.GrantID) {
			ids = append(ids, c.GrantID)
		}
	}
	of := make(map[access.GrantID]Grant, len(ids))
	for some := range slices.Chunk(ids, together) {
		var rows []grantView
		if err := grants(s.db.WithContext(ctx)).Where("g.id IN ?", some).Find(&rows).Error; err != nil {
			return nil, translate(err)
		}
		found := listed(ctx, s, rows, grantView.grant)
		if err := tellApprovers(s.db.WithContext(ctx), found); err != nil {
			return nil, err
		}
		for _, g := range found {
			of[g.ID] = g
		}
	}
	return of, nil
}

// RecentGrants returns a person's grants that are live, or ended after an instant, newest request first.
func (s *Store) RecentGrants(ctx context.Context, p access.PersonID, endedAfter time.Time) ([]Grant, error) {
	recent, err := readGrants(newestFirst(s.db.WithContext(ctx)).Where("g.person_id = ? AND (g.state <> 'ended' OR g.ended_at > ?)", p, instant{endedAfter}))
	return recent, s.leaveOut(ctx, err)
}

func newestFirst(db *gorm.DB) *gorm.DB { return grants(db).Order("g.requested_at DESC, g.id DESC") }

func cursor(last grantRow) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(last.RequestedAt.UnixMicro(), 10) + " " + last.ID.String()))
}

func parseCursor(s string) (at instant, id access.GrantID, err error) {
	raw, undecoded := base64.RawURLEncoding.DecodeString(s)
	micros, guid, _ := strings.Cut(string(raw), " ")
	n, unnumbered := strconv.ParseInt(micros, 10, 64)
	var bad error
	id = parsed(&bad, access.ParseID[access.GrantID], guid)
	at = instant{time.UnixMicro(n)}
	_, unstorable := at.Value()
	if undecoded != nil || unnumbered != nil || bad != nil || unstorable != nil {
		return instant{}, access.GrantID{}, fmt.Errorf("%w: not a cursor of this list", access.ErrInvalid)
	}
	return at, id, nil
}

// DataKey returns the wrapped data key of a grant; access.ErrDataKeyDestroyed after the end.
func (s *Store) DataKey(ctx context.Context, id access.GrantID) (wrapped []byte, err error) {
	row, err := one[dataKeyRow](s.db.WithContext(ctx), "grant_id = ?", id)
	if err == nil && row.DestroyedAt != nil {
		err = access.ErrDataKeyDestroyed
	}
	return row.Wrapped, err
}

// RecordReveal has the audit record of a reveal committed when it returns (no-audit-no-secret). It
// refuses with access.ErrIllegalTransition unless the grant is active, its time is not over and it
// belongs to by. A repeat of revealID appends nothing.
func (s *Store) RecordReveal(ctx context.Context, id access.GrantID, by access.PersonID, revealID string, kind access.CredentialKind) error {
	if err := checkToken("a reveal id", revealID); err != nil {
		return err
	}
	what := "reveal/" + revealID
	_, err := s.step(ctx, id, func(tx *gorm.DB, g locked) (change, error) {
		if g.PersonID != by {
			return change{}, fmt.Errorf("%w: the grant is another's", access.ErrIllegalTransition)
		}
		if err := g.in("reveal", access.Active); err != nil {
			return change{}, err
		}
		if !g.ExpiresAt.After(s.now()) {
			return change{}, fmt.Errorf("%w: the grant's time is over", access.ErrIllegalTransition)
		}
		if repeat, err := recorded(tx, grantKey(id, what)); repeat || err != nil {
			return change{}, err
		}
		return change{entries: []entry{g.entry(audit.CredentialRevealed, Actor{by}, what, facts{"kind": kind})}}, nil
	})
	return err
}

// StrayCursor is a place in the list of strays; its zero value is the beginning.
type StrayCursor struct {
	deadline instant
	id       access.GrantID
}

// Strays returns at most limit live grants behind a place that the sweep has to look at, longest overdue first: requested,
// provisioning or ending and untouched for grace, or past the deadline by grace. next is where the list goes on, or its
// beginning after its end. What can be read is returned also when err says that some row could not.
func (s *Store) Strays(ctx context.Context, now time.Time, grace time.Duration, after StrayCursor, limit int) (found []Grant, next StrayCursor, err error) {
	query := strays(s.db.WithContext(ctx), instant{now.Add(-grace)}).Limit(limit)
	if !after.id.IsZero() {
		query = query.Where("(g.deadline, g.id) > (?, ?)", after.deadline, after.id)
	}
	var rows []grantView
	if err := query.Find(&rows).Error; err != nil {
		return nil, StrayCursor{}, translate(err)
	}
	if len(rows) == limit {
		last := rows[limit-1].Row
		next = StrayCursor{last.Deadline, last.ID}
	}
	found, err = readable(rows, grantView.grant)
	return found, next, err
}

// strays walks the index of live grants, of which there are few.
func strays(db *gorm.DB, before instant) *gorm.DB {
	return grants(db).
		// Written out: a database uses a partial index only for the condition that it knows it by.
		Where("g.state <> 'ended'").
		Where("(g.deadline < ? OR (g.touched_at < ? AND g.state IN ('requested', 'provisioning', 'ending')))", before, before).
		Order("g.deadline, g.id")
}
