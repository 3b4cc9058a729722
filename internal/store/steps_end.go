package store

import (
	"context"
	"fmt"
	"maps"

	"gorm.io/gorm"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

// BeginEnding makes a grant ending, whatever it was doing; one that waits for approval is withdrawn
// instead (access.ErrIllegalTransition). A repeat keeps the first cause; a grant that has ended stays
// as it is.
func (s *Store) BeginEnding(ctx context.Context, id access.GrantID, e Ending) (Grant, error) {
	if _, err := access.ParseOutcome(string(e.Cause)); err != nil {
		return Grant{}, err
	}
	return s.step(ctx, id, func(_ *gorm.DB, g locked) (change, error) {
		if g.State == access.Ending || g.State == access.Ended {
			return change{}, nil
		}
		comment := remark(e.Comment, longestRemark)
		return change{
			to:      access.Ending,
			columns: map[string]any{"cause": text(e.Cause), "end_comment": text(comment), "ending_at": instant{s.now()}},
			entries: []entry{g.entry(audit.GrantEnding, e.By, "ending", facts{
				"cause": e.Cause, "comment": comment, "from": g.State,
			})},
		}, nil
	})
}

// End makes an ending grant ended, with the proof that its account is off (proof-of-off), and
// destroys its data key (two-keys). A repeat returns what was stored. A proof without instant, or
// without an account where one is known, is access.ErrInvalid.
func (s *Store) End(ctx context.Context, id access.GrantID, proof access.Proof) (Grant, error) {
	return s.step(ctx, id, func(tx *gorm.DB, g locked) (change, error) {
		if g.State == access.Ended {
			return change{}, nil
		}
		account := g.ObjectID
		if proof.ObjectID.IsZero() && account.IsZero() {
			// Where the grant's row was waited for, PostgreSQL joined the account to it as it was before.
			row, err := one[accountRow](tx, "id = ?", g.AccountID)
			if err != nil {
				return change{}, fmt.Errorf("account: %w", err)
			}
			account = row.ObjectID
		}
		if proof.ReadAt.IsZero() || proof.ObjectID.IsZero() && !account.IsZero() {
			return change{}, fmt.Errorf("%w: a proof says when and of which account it was read", access.ErrInvalid)
		}
		if err := g.in("end", access.Ending); err != nil {
			return change{}, err
		}
		columns := map[string]any{
			"proof_read_at": instant{proof.ReadAt}, "proof_object_id": proof.ObjectID,
			"proof_removed_roles": proof.RemovedRoles, "proof_removed_methods": proof.RemovedMethods,
			"proof_removed_groups": proof.RemovedGroups, "proof_no_password": proof.NoPassword,
		}
		if !proof.SessionsRevokedAt.IsZero() {
			columns["proof_sessions_revoked_at"] = instant{proof.SessionsRevokedAt}
		}
		return s.finish(tx, g.Grant, g.Cause, finished{columns: columns, details: facts{"proof": proof}})
	})
}

// finished is what the ways to end a grant do not have in common.
type finished struct {
	by      Actor
	columns map[string]any
	details facts
	before  []entry
}

// finish ends a grant: the data key is overwritten, the outcome is set, and the log says so.
func (s *Store) finish(tx *gorm.DB, g Grant, outcome access.Outcome, f finished) (change, error) {
	now := instant{s.now()}
	err := changeOne(tx.Model(&dataKeyRow{}).Where("grant_id = ? AND destroyed_at IS NULL", g.ID),
		map[string]any{"wrapped": nil, "destroyed_at": now})
	if err != nil {
		return change{}, fmt.Errorf("destroy data key: %w", err)
	}
	columns := map[string]any{"cause": text(outcome), "outcome": text(outcome), "ended_at": now}
	maps.Copy(columns, f.columns)
	details := facts{"outcome": outcome}
	maps.Copy(details, f.details)
	return change{
		to:      access.Ended,
		columns: columns,
		entries: append(f.before, g.entry(audit.GrantEnded, f.by, "ended", details)),
	}, nil
}
