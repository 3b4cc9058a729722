package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

// AwaitApproval makes a requested grant wait for an approver.
func (s *Store) AwaitApproval(ctx context.Context, id access.GrantID) error {
	const what = "awaiting_approval"
	_, err := s.step(ctx, id, func(tx *gorm.DB, g locked) (change, error) {
		// The approver may have decided before this was repeated, so the state alone cannot tell.
		if repeat, err := recorded(tx, grantKey(id, what)); repeat || err != nil {
			return change{}, err
		}
		return change{
			to:      access.AwaitingApproval,
			entries: []entry{g.entry(audit.GrantAwaitingApproval, Actor{}, what, facts{"deadline": g.Deadline})},
		}, nil
	})
	return err
}

// Decide takes an approver's decision on a waiting grant. Approved, the grant waits on for
// BeginProvisioning; denied, it has ended. The same decision again changes nothing; another one is
// access.ErrIllegalTransition. Who may not decide gets access.ErrOwnRequest or access.ErrNotApprover.
func (s *Store) Decide(ctx context.Context, id access.GrantID, d Decision) (Grant, error) {
	if d.By.IsZero() {
		return Grant{}, fmt.Errorf("%w: a decision is a person's", access.ErrInvalid)
	}
	var after Grant
	err := s.write(ctx, func(tx *gorm.DB) error {
		// Person and customer come before the grant in the order of locks.
		refused, err := mayDecide(tx, id, d.By)
		if err != nil {
			return err
		}
		after, err = s.stepIn(tx, id, func(tx *gorm.DB, g locked) (change, error) { return s.decision(tx, g, d, refused) })
		return err
	})
	if err != nil {
		return Grant{}, err
	}
	return after, nil
}

// decision is what a decision changes. A repeat of one that was taken is not refused, whoever may decide by now.
func (s *Store) decision(tx *gorm.DB, g locked, d Decision, refused error) (change, error) {
	comment := facts{"comment": remark(d.Comment, longestRemark)}
	switch {
	case errors.Is(refused, access.ErrOwnRequest):
		return change{}, refused
	case d.Approved && !g.approvedBy.IsZero(), !d.Approved && g.Outcome == access.Denied:
		return change{}, nil
	case g.State != access.AwaitingApproval, !g.approvedBy.IsZero():
		return change{}, fmt.Errorf("%w: decided or past deciding", access.ErrIllegalTransition)
	case refused != nil:
		return change{}, refused
	case d.Approved:
		return change{
			columns: map[string]any{"approved_by": d.By, "approved_at": instant{s.now()}},
			entries: []entry{g.entry(audit.GrantApproved, Actor{d.By}, "approved", comment)},
		}, nil
	}
	return s.finish(tx, g.Grant, access.Denied, finished{
		by: Actor{d.By}, before: []entry{g.entry(audit.GrantDenied, Actor{d.By}, "denied", comment)},
	})
}

// Withdraw ends a grant that still waits for approval, so that Microsoft was never touched: withdrawn by its
// technician, revoked by somebody else or by Hourglass, expired, or failed with its workflow. The comment says why.
func (s *Store) Withdraw(ctx context.Context, id access.GrantID, by Actor, outcome access.Outcome, comment string) error {
	if !slices.Contains([]access.Outcome{access.Withdrawn, access.Revoked, access.Expired, access.Failed}, outcome) {
		return fmt.Errorf("%w: a grant that waits for approval cannot end so", access.ErrInvalid)
	}
	_, err := s.step(ctx, id, func(tx *gorm.DB, g locked) (change, error) {
		if g.Outcome == outcome {
			return change{}, nil
		}
		if err := g.in("withdraw", access.AwaitingApproval); err != nil {
			return change{}, err
		}
		return s.finish(tx, g.Grant, outcome, finished{by: by, details: facts{"comment": remark(comment, longestRemark)}})
	})
	return err
}
