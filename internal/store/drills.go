package store

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

// BeginDrill begins a drill with the strongest profile that an entitlement in force names for the customer: drill and
// canary are durable before anything is done at Microsoft (end-before-beginning). begun is false where one is running,
// which is returned. access.ErrNotConnected, access.ErrNothingToDrill, access.ErrDrilledLately.
func (s *Store) BeginDrill(ctx context.Context, n NewDrill, by Actor) (d Drill, begun bool, err error) {
	err = s.write(ctx, func(tx *gorm.DB) error {
		d, begun = Drill{}, false
		customer, err := lockCustomer(tx, n.CustomerID)
		if err != nil {
			return err
		}
		d, err = readDrill(tx, "d.customer_id = ? AND d.ended_at IS NULL", n.CustomerID)
		if !errors.Is(err, access.ErrNotFound) {
			return err
		}
		if customer.Connection != string(access.Connected) {
			return access.ErrNotConnected
		}
		var lately int64
		err = tx.Model(&drillRow{}).Where("customer_id = ? AND begun_at > ?", n.CustomerID, instant{s.now().Add(-access.DrillWindow)}).Count(&lately).Error
		if err == nil && lately >= access.DrillsAtMost {
			err = access.ErrDrilledLately
		}
		if err != nil {
			return err
		}
		return s.beginDrill(tx, n, by, &d, &begun)
	})
	return d, begun, err
}

func (s *Store) beginDrill(tx *gorm.DB, n NewDrill, by Actor, d *Drill, begun *bool) error {
	profile, err := strongestProfile(tx, n.CustomerID, s.now())
	if err != nil {
		return err
	}
	canary, err := one[canaryRow](tx, "customer_id = ? AND deleted_at IS NULL", n.CustomerID)
	if errors.Is(err, access.ErrNotFound) {
		canary = canaryRow{ID: n.CanaryID, CustomerID: n.CustomerID, Marker: n.Marker.String()}
		err = tx.Create(&canary).Error
	}
	if err != nil {
		return err
	}
	now := s.now()
	row := drillRow{
		ID: n.ID, CustomerID: n.CustomerID, CanaryID: canary.ID, PersonID: by.PersonID, ProfileID: profile.ID,
		ProfileName: profile.Name.String(), Roles: listOf(profile.Roles, access.RoleID.String), Credential: string(profile.Credential),
		BegunAt: instant{now},
	}
	if err := tx.Create(&row).Error; err != nil {
		return err
	}
	if err := reschedule(tx, n.CustomerID, now); err != nil {
		return err
	}
	if *d, err = readDrill(tx, "d.id = ?", n.ID); err != nil {
		return err
	}
	*begun = true
	return s.record(tx, row.entry(audit.DrillBegun, "begun", by, facts{"profile_id": row.ProfileID, "profile": row.ProfileName, "roles": row.Roles, "marker": canary.Marker}))
}

// strongestProfile is the one of those that an entitlement in force names for the customer.
func strongestProfile(tx *gorm.DB, id access.CustomerID, now time.Time) (access.Profile, error) {
	named := tx.Model(&entitlementRow{}).Select("profile_id").
		Where("(customer_id = ? OR customer_id IS NULL) AND (ends_at IS NULL OR ends_at > ?)", id, instant{now})
	profiles, err := readProfiles(tx.Where("retired_at IS NULL AND id IN (?)", named))
	if err != nil {
		return access.Profile{}, err
	}
	profile, found := access.Strongest(profiles)
	if !found {
		return access.Profile{}, access.ErrNothingToDrill
	}
	return profile, nil
}

// Drills returns at most limit drills of a customer, newest first. access.ErrNotFound for a customer that is not there.
func (s *Store) Drills(ctx context.Context, id access.CustomerID, limit int) ([]Drill, error) {
	db := s.db.WithContext(ctx)
	if _, err := readCustomer(db, id); err != nil {
		return nil, err
	}
	drills, err := readDrills(drillViews(db).Where("d.customer_id = ?", id).Order("d.begun_at DESC, d.id DESC").Limit(pageSize(limit)))
	return drills, s.leaveOut(ctx, err)
}

// LastDrills returns the newest drill that has ended of each of the customers that has one.
func (s *Store) LastDrills(ctx context.Context, ids []access.CustomerID) (map[access.CustomerID]Drill, error) {
	last := make(map[access.CustomerID]Drill, len(ids))
	if len(ids) == 0 {
		return last, nil
	}
	newest := s.db.Table("drills").Select("customer_id, MAX(begun_at)").Where("customer_id IN ? AND ended_at IS NOT NULL", ids).Group("customer_id")
	drills, err := readDrills(drillViews(s.db.WithContext(ctx)).Where("(d.customer_id, d.begun_at) IN (?)", newest))
	for _, d := range drills {
		last[d.CustomerID] = d
	}
	return last, s.leaveOut(ctx, err)
}

// RunningDrills returns at most limit drills that have not ended: those first that have not begun to end, whose start may be lost,
// however many others cannot be ended, and of both the longest first. What can be read is returned also when err says that some
// row could not.
func (s *Store) RunningDrills(ctx context.Context, limit int) ([]Drill, error) {
	return readDrills(drillViews(s.db.WithContext(ctx)).Where("d.ended_at IS NULL").Order("d.ending_at IS NOT NULL, d.begun_at").Limit(limit))
}

// DrillPlan returns everything that an activity needs to know of a drill.
func (s *Store) DrillPlan(ctx context.Context, id access.DrillID) (DrillPlan, error) {
	db := s.db.WithContext(ctx)
	d, err := readDrill(db, "d.id = ?", id)
	if err != nil {
		return DrillPlan{}, err
	}
	customer, err := accountsOf(db, d.CustomerID)
	return DrillPlan{d, customer}, err
}

// drillStep locks a drill and lets change say what becomes of it; no columns change nothing.
func (s *Store) drillStep(ctx context.Context, id access.DrillID, change func(tx *gorm.DB, row drillRow) (columns map[string]any, entries []entry, err error)) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		row, err := one[drillRow](tx.Clauses(forUpdate), "id = ?", id)
		if err != nil {
			return err
		}
		columns, entries, err := change(tx, row)
		if err != nil || columns == nil {
			return err
		}
		if err := changeOne(tx.Model(&drillRow{}).Where("id = ?", id), columns); err != nil || entries == nil {
			return err
		}
		return s.record(tx, entries...)
	})
}

// CanaryAttempted notes that the canary is about to be created under upn. access.ErrIllegalTransition where the drill is
// ending already.
func (s *Store) CanaryAttempted(ctx context.Context, id access.DrillID, upn access.UPN) error {
	return s.drillStep(ctx, id, func(tx *gorm.DB, row drillRow) (map[string]any, []entry, error) {
		if row.EndingAt != nil {
			return nil, nil, access.ErrIllegalTransition
		}
		return nil, nil, changeOne(tx.Model(&canaryRow{}).Where("id = ?", row.CanaryID), map[string]any{
			"create_attempted": true, "upn": gorm.Expr("COALESCE(upn, ?)", upn.String()),
		})
	})
}

// CanaryProvisioned notes which user at Microsoft the canary is, before it is enabled. access.ErrIllegalTransition where the drill
// is ending already: a worker that was given up is not to enable the canary behind the back of the one that switches it off.
func (s *Store) CanaryProvisioned(ctx context.Context, id access.DrillID, p Provisioned) error {
	return s.drillStep(ctx, id, func(tx *gorm.DB, row drillRow) (map[string]any, []entry, error) {
		if row.EndingAt != nil {
			return nil, nil, access.ErrIllegalTransition
		}
		canary, err := one[canaryRow](tx, "id = ?", row.CanaryID)
		if err != nil || canary.ObjectID == p.ObjectID {
			return nil, nil, err
		}
		return nil, nil, changeOne(tx.Model(&canaryRow{}).Where("id = ?", row.CanaryID), map[string]any{
			"object_id": p.ObjectID, "upn": text(remark(p.UPN, longestRemark)), "provisioned_at": instant{s.now()},
		})
	})
}

// DrillArmed notes that the canary holds the profile. access.ErrIllegalTransition where the drill is ending already.
func (s *Store) DrillArmed(ctx context.Context, id access.DrillID, steps []access.DrillStep) error {
	return s.drillStep(ctx, id, func(_ *gorm.DB, row drillRow) (map[string]any, []entry, error) {
		if row.ArmedAt != nil {
			return nil, nil, nil
		}
		if row.EndingAt != nil {
			return nil, nil, access.ErrIllegalTransition
		}
		return map[string]any{"armed_at": instant{s.now()}, "steps": row.withSteps(access.Arming, steps), "reason": nil},
			[]entry{row.entry(audit.DrillArmed, "armed", Actor{}, facts{"roles": row.Roles})}, nil
	})
}

// DrillStuck keeps what was walked and why it went no further; failure is its kind, "" while it may still go on.
func (s *Store) DrillStuck(ctx context.Context, id access.DrillID, phase access.DrillPhase, steps []access.DrillStep, reason string) error {
	return s.drillStep(ctx, id, func(_ *gorm.DB, row drillRow) (map[string]any, []entry, error) {
		if row.OffAt != nil {
			return nil, nil, nil
		}
		return map[string]any{"steps": row.withSteps(phase, steps), "reason": text(remark(reason, longestRemark))}, nil, nil
	})
}

// DrillEnding notes that the canary is being switched off; failure is the kind of what went wrong before that. A repeat keeps
// what the first said.
func (s *Store) DrillEnding(ctx context.Context, id access.DrillID, failure string) (DrillPlan, error) {
	err := s.drillStep(ctx, id, func(_ *gorm.DB, row drillRow) (map[string]any, []entry, error) {
		if row.EndingAt != nil {
			return nil, nil, nil
		}
		return map[string]any{"ending_at": instant{s.now()}, "failure": text(remark(failure, longestRemark))}, nil, nil
	})
	if err != nil {
		return DrillPlan{}, err
	}
	return s.DrillPlan(ctx, id)
}

// DrillOff keeps the proof that the canary is off (proof-of-off). Where that took longer than access.DrillPatience, the drill
// has failed with the reason of its last try.
func (s *Store) DrillOff(ctx context.Context, id access.DrillID, proof access.Proof, steps []access.DrillStep) error {
	return s.drillStep(ctx, id, func(_ *gorm.DB, row drillRow) (map[string]any, []entry, error) {
		if row.OffAt != nil {
			return nil, nil, nil
		}
		now := s.now()
		columns := map[string]any{"off_at": instant{now}, "proof": structured[access.Proof]{&proof}, "steps": row.withSteps(access.SwitchingOff, steps)}
		switch {
		case row.Failure != "":
		case row.inTime(now):
			columns["reason"] = nil
		default:
			columns["failure"] = text(FailedLate)
		}
		return columns, []entry{row.entry(audit.DrillOff, "off", Actor{}, facts{"proof": proof})}, nil
	})
}

// FailedLate is the failure of a drill whose canary was switched off in the end, but not in time.
const FailedLate = "late"

// EndDrill ends a drill whose canary is proven off, with what became of the canary.
func (s *Store) EndDrill(ctx context.Context, id access.DrillID, deletion access.Deletion, steps []access.DrillStep) error {
	return s.drillStep(ctx, id, func(tx *gorm.DB, row drillRow) (map[string]any, []entry, error) {
		if row.EndedAt != nil {
			return nil, nil, nil
		}
		if row.OffAt == nil {
			return nil, nil, access.ErrIllegalTransition
		}
		if err := canaryDeleted(tx, row.CanaryID, deletion, s.now()); err != nil {
			return nil, nil, err
		}
		var left []entry
		if deletion == access.AccountDeleted {
			var err error
			if left, err = canaryLeft(tx, row); err != nil {
				return nil, nil, err
			}
		}
		return map[string]any{"ended_at": instant{s.now()}, "deletion": text(deletion), "steps": row.withSteps(access.CleaningUp, steps)},
			append([]entry{row.entry(audit.DrillEnded, "ended", Actor{}, facts{
				"passed": row.Failure == "", "failure": string(row.Failure), "reason": string(row.Reason),
				"off_seconds": int64(row.OffAt.Sub(row.EndingAt.Time).Seconds()), "deletion": deletion,
			})}, left...), nil
	})
}

// canaryDeleted notes that a canary is gone and is not to be used again.
func canaryDeleted(tx *gorm.DB, id access.AccountID, deletion access.Deletion, now time.Time) error {
	if deletion != access.AccountDeleted {
		return nil
	}
	return tx.Model(&canaryRow{}).Where("id = ?", id).Updates(map[string]any{"deleted_at": instant{now}}).Error
}
