package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

// BeginProvisioning makes a requested or an approved grant provisioning, and notes that the account
// is about to be created under upn, unless it has a name already. The plan says in
// Account.CreateAttempted whether that had been noted before. access.ErrIllegalTransition where the
// grant needs an approval that it does not have.
func (s *Store) BeginProvisioning(ctx context.Context, id access.GrantID, upn access.UPN) (Plan, error) {
	attempted := false
	g, err := s.step(ctx, id, func(tx *gorm.DB, g locked) (change, error) {
		account, err := one[accountRow](tx, "id = ?", g.AccountID)
		if err != nil {
			return change{}, fmt.Errorf("account: %w", err)
		}
		attempted = account.CreateAttempted
		if g.State == access.Provisioning {
			return change{}, nil
		}
		if (g.Terms.ApprovalRequired || g.State == access.AwaitingApproval) && g.approvedBy.IsZero() {
			return change{}, fmt.Errorf("%w: not approved", access.ErrIllegalTransition)
		}
		name := account.UPN
		if name == "" {
			name = text(upn.String())
		}
		err = changeOne(tx.Model(&accountRow{}).Where("id = ?", account.ID),
			map[string]any{"create_attempted": true, "upn": name})
		return change{
			to: access.Provisioning,
			entries: []entry{g.entry(audit.GrantProvisioning, Actor{}, "provisioning", facts{
				"account_id": account.ID, "marker": account.Marker, "user_name": string(name),
			})},
		}, err
	})
	if err != nil {
		return Plan{}, err
	}
	plan, err := s.plan(ctx, g)
	plan.Account.CreateAttempted = attempted
	return plan, err
}

// AccountProvisioned notes which user at Microsoft the account is. It is taken while provisioning,
// and while ending too: an answer that came late still says what exists.
func (s *Store) AccountProvisioned(ctx context.Context, id access.GrantID, p Provisioned) error {
	if p.ObjectID.IsZero() {
		return fmt.Errorf("%w: an account has an object id", access.ErrInvalid)
	}
	name := remark(p.UPN, longestRemark)
	what := "account/" + p.ObjectID.String() + "/" + name
	_, err := s.step(ctx, id, func(tx *gorm.DB, g locked) (change, error) {
		if repeat, err := recorded(tx, grantKey(id, what)); repeat || err != nil {
			return change{}, err
		}
		if err := g.in("account provisioned", access.Provisioning, access.Ending); err != nil {
			return change{}, err
		}
		account := map[string]any{"object_id": p.ObjectID, "upn": text(name)}
		if g.ObjectID != p.ObjectID {
			account["provisioned_at"] = instant{s.now()}
		}
		err := changeOne(tx.Model(&accountRow{}).Where("id = ?", g.AccountID), account)
		action := audit.AccountCreated
		if p.Found {
			action = audit.AccountFound
		}
		return change{
			columns: map[string]any{"account_at": instant{s.now()}},
			entries: []entry{g.entry(action, Actor{}, what, facts{
				"account_id": g.AccountID, "object_id": p.ObjectID, "user_name": name, "leftover_roles": p.LeftoverRoles,
			})},
		}, err
	})
	return err
}

// CredentialIssued notes that a credential was set at Microsoft, at first or again.
func (s *Store) CredentialIssued(ctx context.Context, id access.GrantID, c Issued) error {
	if err := checkToken("an issue", c.Issue); err != nil {
		return err
	}
	if _, err := access.ParseCredentialKind(string(c.Kind)); err != nil {
		return err
	}
	what := "issue/" + c.Issue
	_, err := s.step(ctx, id, func(tx *gorm.DB, g locked) (change, error) {
		if repeat, err := recorded(tx, grantKey(id, what)); repeat || err != nil {
			return change{}, err
		}
		if err := g.in("credential issued", access.Provisioning, access.Active); err != nil {
			return change{}, err
		}
		columns := map[string]any{"pass_ends_at": optionalInstant(c.PassEndsAt), "pass_ends_in_time": c.PassEndsInTime}
		if g.CredentialAt == nil {
			columns["credential_at"] = instant{s.now()}
		}
		return change{
			columns: columns,
			entries: []entry{g.entry(audit.CredentialIssued, Actor{}, what, facts{
				"kind": c.Kind, "pass_ends_at": c.PassEndsAt, "pass_ends_in_time": c.PassEndsInTime,
			})},
		}, nil
	})
	return err
}

// Activate makes a provisioning grant active from at on: the clock of the lifetime starts here. A
// repeat returns the instants of the first call.
func (s *Store) Activate(ctx context.Context, id access.GrantID, at time.Time, rolesEndAtMicrosoft bool) (Grant, error) {
	return s.step(ctx, id, func(_ *gorm.DB, g locked) (change, error) {
		if g.State == access.Active {
			return change{}, nil
		}
		from := micro(at)
		until := from.Add(g.Terms.Lifetime.Duration())
		return change{
			to: access.Active,
			columns: map[string]any{
				"active_at": instant{from}, "expires_at": instant{until}, "deadline": instant{until},
				"roles_end_at_microsoft": rolesEndAtMicrosoft,
			},
			entries: []entry{g.entry(audit.GrantActive, Actor{}, "active", facts{
				"active_at": from, "expires_at": until, "roles": listOf(g.Terms.Roles, access.RoleID.String),
				"roles_end_at_microsoft": rolesEndAtMicrosoft,
			})},
		}, nil
	})
}

// Extend moves the end of an active grant further away, to at most ActiveAt + Terms.Maximum;
// access.ErrInvalid beyond, or where it would not lengthen the grant.
func (s *Store) Extend(ctx context.Context, id access.GrantID, e Extension) (Grant, error) {
	if err := checkToken("an extension's key", e.Key); err != nil {
		return Grant{}, err
	}
	what := "extend/" + e.Key
	return s.step(ctx, id, func(tx *gorm.DB, g locked) (change, error) {
		if repeat, err := recorded(tx, grantKey(id, what)); repeat || err != nil {
			return change{}, err
		}
		if err := g.in("extend", access.Active); err != nil {
			return change{}, err
		}
		until := micro(e.ExpiresAt)
		latest := g.ActiveAt.Add(g.Terms.Maximum.Duration())
		if !until.After(*g.ExpiresAt) || until.After(latest) {
			return change{}, fmt.Errorf("%w: an extension ends later than the grant does now and at most at its maximum", access.ErrInvalid)
		}
		return change{
			columns: map[string]any{"expires_at": instant{until}, "deadline": instant{until}},
			entries: []entry{g.entry(audit.GrantExtended, Actor{e.By}, what, facts{
				"from": g.ExpiresAt, "expires_at": until,
			})},
		}, nil
	})
}
