package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"hourglass/internal/access"
)

type preflightRow struct {
	CustomerID    access.CustomerID `gorm:"primaryKey"`
	TenantID      access.TenantID
	Run           int64
	DueAt         instant
	RequestedAt   *instant
	LeasedUntil   *instant
	CheckedAt     *instant
	Facts         document
	Standing      document
	MayTakeRole   bool
	RoleTaken     bool
	ProbeMarker   text
	ProbeObjectID access.ObjectID
	ProbedAt      *instant
}

func (preflightRow) TableName() string { return "preflights" }

// newPreflight is the row of a customer of whose tenant nothing is known.
func newPreflight(customer access.CustomerID, tenant access.TenantID, due time.Time) preflightRow {
	return preflightRow{CustomerID: customer, TenantID: tenant, DueAt: instant{due}, Facts: "{}", Standing: "[]"}
}

// standing is a finding that the audit log has as appeared.
type standing struct {
	Code     access.FindingCode
	Subject  string
	Severity access.Severity
	Since    time.Time
}

func (s standing) key() access.FindingKey {
	return access.FindingKey{Code: s.Code, Subject: s.Subject, Severity: s.Severity}
}

// facts reads what is known of the customer's tenant: nothing where the row is about another tenant.
func (r preflightRow) facts(of access.TenantID) (access.TenantFacts, error) {
	var f access.TenantFacts
	if r.TenantID != of {
		return f, nil
	}
	if err := r.Facts.read(&f); err != nil {
		return f, unreadable("pre-flight of "+r.CustomerID.String(), err)
	}
	if err := f.Check(); err != nil {
		return access.TenantFacts{}, unreadable("pre-flight of "+r.CustomerID.String(), err)
	}
	return f, nil
}

func (r preflightRow) standing() (all []standing, err error) {
	if err := r.Standing.read(&all); err != nil {
		return nil, unreadable("pre-flight of "+r.CustomerID.String(), err)
	}
	for _, s := range all {
		if _, err := access.ParseSeverity(string(s.Severity)); err != nil {
			return nil, unreadable("pre-flight of "+r.CustomerID.String(), err)
		}
	}
	return all, nil
}

func (r preflightRow) probe() (Probe, error) {
	p := Probe{ObjectID: r.ProbeObjectID, At: r.ProbedAt.optional()}
	var bad error
	if p.Marker = parsedOrNone(&bad, access.ParseMarker, r.ProbeMarker); bad != nil {
		return Probe{}, unreadable("pre-flight of "+r.CustomerID.String(), bad)
	}
	return p, nil
}

// judged are the findings for some profiles, and the facts that they rest on.
func (r preflightRow) judged(c Customer, profiles []access.Profile, now time.Time) (access.TenantFacts, []access.Finding, error) {
	f, err := r.facts(c.TenantID)
	if err != nil {
		return f, nil, err
	}
	judged := access.Preflight{
		TenantID: c.TenantID, AccountDomain: c.AccountDomain, Limits: c.Limits, MayTakeRole: r.MayTakeRole,
		Facts: f, Profiles: profiles, Now: now,
	}
	f.Unread = judged.Unread()
	return f, judged.Findings(), nil
}

// checking reports whether a check is under way or about to begin.
func (r preflightRow) checking(now time.Time) bool {
	return r.RequestedAt != nil || !now.Before(r.DueAt.Time) || r.LeasedUntil != nil && now.Before(r.LeasedUntil.Time)
}

// findingsFor are the findings that matter to grants with one profile. A customer whose tenant was never looked at has none.
func findingsFor(tx *gorm.DB, c Customer, p access.Profile, now time.Time) ([]access.Finding, error) {
	row, err := one[preflightRow](tx, "customer_id = ?", c.ID)
	if errors.Is(err, access.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	_, findings, err := row.judged(c, []access.Profile{p}, now)
	return findings, err
}

// profileAt is a profile that an entitlement names at a customer, or at all where CustomerID is zero.
type profileAt struct {
	CustomerID access.CustomerID
	ProfileID  access.ProfileID
}

// usableProfiles are the profiles that an entitlement in force names, for each customer or for all of them, sorted by name.
func usableProfiles(db *gorm.DB, customers []access.CustomerID, at time.Time) (map[access.CustomerID][]access.Profile, error) {
	var named []profileAt
	err := db.Model(&entitlementRow{}).Distinct("customer_id", "profile_id").
		Where("(customer_id IN ? OR customer_id IS NULL)", customers).
		Where("(ends_at IS NULL OR ends_at > ?)", instant{at}).Scan(&named).Error
	if err != nil {
		return nil, translate(err)
	}
	is := make(map[profileAt]bool, len(named))
	var ids []access.ProfileID // few, however many entitlements name them
	for _, n := range named {
		if is[n] = true; !slices.Contains(ids, n.ProfileID) {
			ids = append(ids, n.ProfileID)
		}
	}
	profiles, err := readProfiles(db.Where("id IN ? AND retired_at IS NULL", ids))
	if err != nil && !errors.Is(err, ErrUnreadable) {
		return nil, err
	}
	usable := make(map[access.CustomerID][]access.Profile, len(customers))
	for _, c := range customers {
		for _, p := range profiles {
			if is[profileAt{c, p.ID}] || is[profileAt{ProfileID: p.ID}] {
				usable[c] = append(usable[c], p)
			}
		}
	}
	return usable, err
}

// document is a column that holds JSON.
type document string

func documentOf(v any) (document, error) {
	b, err := json.Marshal(v)
	return document(b), err
}

func (d document) read(into any) error { return json.Unmarshal([]byte(d), into) }

func (d *document) Scan(src any) error {
	switch v := src.(type) {
	case string:
		*d = document(v)
	case []byte:
		*d = document(v)
	default:
		return fmt.Errorf("a document cannot be read from %T", src)
	}
	return nil
}
