package store

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

type dataKeyRow struct {
	GrantID     access.GrantID `gorm:"primaryKey"`
	Wrapped     []byte
	DestroyedAt *instant
}

func (dataKeyRow) TableName() string { return "data_keys" }

// RequestGrant reads the situation, lets access.Decide decide, and writes the grant, the account (if
// the person has none at the customer), the data key and the audit record in one transaction
// (end-before-beginning). Nothing that the decision rests on changes before the commit.
//
// created is false when the person had used the idempotency key for the same request: the grant of
// then is returned. Errors: access.Refused (audited in a transaction of its own),
// access.ErrLiveGrantExists, access.ErrKeyReused, access.ErrNotFound (unknown person, customer or
// profile), access.ErrInvalid.
func (s *Store) RequestGrant(ctx context.Context, n NewGrant) (g Grant, created bool, err error) {
	if err := n.check(); err != nil {
		return Grant{}, false, err
	}
	err = s.write(ctx, func(tx *gorm.DB) error {
		g, created = Grant{}, false
		// The lock makes a person's requests queue, so that an idempotency key is used once.
		person, err := one[personRow](tx.Clauses(forItself), "id = ?", n.PersonID)
		if err != nil {
			return fmt.Errorf("person: %w", err)
		}
		earlier, err := usedBefore(tx, n)
		if err != nil {
			return err
		}
		if earlier != nil {
			g, err = readGrant(tx, *earlier)
			return err
		}
		terms, err := s.decide(tx, n, person)
		if err != nil {
			return err
		}
		g, err = s.insertGrant(tx, n, terms)
		created = err == nil
		return err
	})
	var refused access.Refused
	if errors.As(err, &refused) {
		if unrecorded := s.recordRefusal(ctx, n, refused); unrecorded != nil {
			return Grant{}, false, fmt.Errorf("record refusal: %w", unrecorded)
		}
	}
	if err != nil {
		return Grant{}, false, err
	}
	return g, created, nil
}

func (n NewGrant) check() error {
	switch {
	case n.ID.IsZero() || n.AccountID.IsZero() || n.Marker == access.Marker{}:
		return fmt.Errorf("%w: a new grant needs ids and a marker", access.ErrInvalid)
	case len(n.WrappedKey) == 0:
		return fmt.Errorf("%w: a new grant needs a data key", access.ErrInvalid)
	case n.Waiting < 0:
		return fmt.Errorf("%w: a grant cannot wait for less than no time", access.ErrInvalid)
	}
	return checkToken("an idempotency key", n.IdempotencyKey)
}

// usedBefore returns the grant for which the person has used the idempotency key, nil if there is none.
func usedBefore(tx *gorm.DB, n NewGrant) (*access.GrantID, error) {
	var found []grantRow
	err := tx.Select("id", "fingerprint").
		Where("person_id = ? AND idempotency_key = ?", n.PersonID, n.IdempotencyKey).Find(&found).Error
	if err != nil || len(found) == 0 {
		return nil, err
	}
	if found[0].Fingerprint != n.Fingerprint {
		return nil, access.ErrKeyReused
	}
	return &found[0].ID, nil
}

// decide reads the situation as it will stay until the transaction ends.
func (s *Store) decide(tx *gorm.DB, n NewGrant, person personRow) (access.Terms, error) {
	customer, err := one[customerRow](present(tx.Clauses(unchanged)), "id = ?", n.CustomerID)
	if err != nil {
		return access.Terms{}, fmt.Errorf("customer: %w", err)
	}
	c, err := customer.customer()
	if err != nil {
		return access.Terms{}, err
	}
	profile, err := one[profileRow](tx.Clauses(unchanged), "id = ?", n.ProfileID)
	if err != nil {
		return access.Terms{}, fmt.Errorf("profile: %w", err)
	}
	p, err := profile.profile()
	if err != nil {
		return access.Terms{}, err
	}
	entitled, err := entitled(tx, n.PersonID, n.ProfileID, n.CustomerID, s.now())
	if err != nil {
		return access.Terms{}, err
	}
	findings, err := findingsFor(tx.Clauses(unchanged), c, p, s.now())
	if err != nil {
		return access.Terms{}, fmt.Errorf("pre-flight: %w", err)
	}
	return access.Decide(n.Request, access.Situation{
		PersonSuspended: person.Suspended,
		Entitled:        entitled,
		Connection:      c.Connection,
		Findings:        findings,
		CustomerLimits:  c.Limits,
		Profile:         p,
	})
}

func (s *Store) insertGrant(tx *gorm.DB, n NewGrant, terms access.Terms) (Grant, error) {
	account, err := accountFor(tx, n)
	if err != nil {
		return Grant{}, fmt.Errorf("account: %w", err)
	}
	now := s.now()
	deadline := now.Add(n.Waiting + terms.Lifetime.Duration())
	roles := listOf(terms.Roles, access.RoleID.String)
	err = tx.Create(&grantRow{
		ID: n.ID, PersonID: n.PersonID, CustomerID: n.CustomerID, AccountID: account,
		IdempotencyKey: n.IdempotencyKey, Fingerprint: n.Fingerprint,
		ProfileID: terms.ProfileID, ProfileName: terms.ProfileName, Roles: roles, Credential: string(terms.Credential),
		LifetimeSeconds: terms.Lifetime.Seconds(), MaximumSeconds: terms.Maximum.Seconds(), ApprovalRequired: terms.ApprovalRequired,
		Reason: terms.Reason.String(), Ticket: terms.Ticket.String(), RequestedAt: instant{now},
		State: string(access.Requested), Revision: 1, Deadline: instant{deadline}, TouchedAt: instant{now},
	}).Error
	if err != nil {
		return Grant{}, err
	}
	if err := tx.Create(&dataKeyRow{GrantID: n.ID, Wrapped: n.WrappedKey}).Error; err != nil {
		return Grant{}, err
	}
	g, err := readGrant(tx, n.ID)
	if err != nil {
		return Grant{}, err
	}
	return g, s.record(tx, entry{
		key: grantKey(n.ID, "requested"), action: audit.GrantRequested,
		by: Actor{n.PersonID}, person: n.PersonID, customer: n.CustomerID, grant: n.ID,
		details: facts{
			"profile_id": terms.ProfileID, "profile": terms.ProfileName, "roles": roles, "credential": terms.Credential,
			"lifetime_seconds": terms.Lifetime.Seconds(), "maximum_seconds": terms.Maximum.Seconds(),
			"approval_required": terms.ApprovalRequired, "reason": terms.Reason.String(), "ticket": terms.Ticket.String(),
			"account_id": account, "deadline": deadline,
		},
	})
}

// recordRefusal names no grant, as there is none.
func (s *Store) recordRefusal(ctx context.Context, n NewGrant, refused access.Refused) error {
	codes := make([]access.RefusalCode, len(refused))
	for i, r := range refused {
		codes[i] = r.Code
	}
	return s.write(ctx, func(tx *gorm.DB) error {
		key := grantKey(n.ID, "refused")
		if known, err := recorded(tx, key); known || err != nil {
			return err
		}
		return s.record(tx, entry{
			key: key, action: audit.GrantRefused,
			by: Actor{n.PersonID}, person: n.PersonID, customer: n.CustomerID,
			details: facts{
				"codes": codes, "profile_id": n.ProfileID, "lifetime_seconds": n.Request.Lifetime.Seconds(),
				"reason": n.Request.Reason.String(), "ticket": n.Request.Ticket.String(),
			},
		})
	})
}

// grantKey is the audit key of something that happens to a grant.
func grantKey(id access.GrantID, what string) string { return "grant/" + id.String() + "/" + what }
