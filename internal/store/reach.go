package store

import (
	"context"
	"errors"
	"slices"
	"time"

	"gorm.io/gorm"

	"hourglass/internal/access"
)

// Access returns the customers that a person's entitlements reach at an instant, sorted by name,
// whatever the state of their connection.
func (s *Store) Access(ctx context.Context, p access.PersonID, at time.Time) ([]Reach, error) {
	db := s.db.WithContext(ctx)
	var rows []reachRow
	if err := reachable(db, p, at).Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	reaches, err := reach(rows)
	if err = s.leaveOut(ctx, err); err != nil || len(reaches) == 0 {
		return nil, err
	}
	live, err := readGrants(grants(db).Where("g.person_id = ? AND g.state <> 'ended'", p))
	if err = s.leaveOut(ctx, err); err != nil {
		return nil, err
	}
	if err := tellApprovers(db, live); err != nil {
		return nil, err
	}
	last, err := lastRequests(db, p)
	if err != nil {
		return nil, err
	}
	for i, r := range reaches {
		at := slices.IndexFunc(live, func(g Grant) bool { return g.CustomerID == r.Customer.ID })
		if at >= 0 {
			reaches[i].Live = &live[at]
		}
		reaches[i].Last = last[r.Customer.ID]
	}
	return reaches, s.leaveOut(ctx, tellFindings(db, reaches, at))
}

// AccessEnds is when the first of a person's entitlements that are in force at an instant ends by itself: the zero time
// where none does.
func (s *Store) AccessEnds(ctx context.Context, p access.PersonID, at time.Time) (time.Time, error) {
	var rows []struct{ EndsAt instant }
	err := s.db.WithContext(ctx).Raw(`SELECT e.ends_at FROM entitlements e WHERE e.person_id = @person AND e.ends_at > @at
		UNION ALL
		SELECT e.ends_at FROM team_members m JOIN entitlements e ON e.team_id = m.team_id WHERE m.person_id = @person AND e.ends_at > @at
		ORDER BY 1 LIMIT 1`, map[string]any{"person": p, "at": instant{at}}).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return time.Time{}, translate(err)
	}
	return rows[0].EndsAt.Time, nil
}

// tellFindings adds what the pre-flights found, read by the customers' ids. A pre-flight that cannot be read is named by its
// ErrUnreadable, and found nothing.
func tellFindings(db *gorm.DB, reaches []Reach, now time.Time) error {
	ids := make([]access.CustomerID, len(reaches))
	for i, r := range reaches {
		ids[i] = r.Customer.ID
	}
	known, err := preflightRows(db, ids)
	if err != nil {
		return err
	}
	var unread []error
	for i, r := range reaches {
		if row, found := known[r.Customer.ID]; found {
			if _, reaches[i].Findings, err = row.judged(r.Customer, r.Profiles, now); err != nil {
				unread = append(unread, err)
			}
		}
	}
	return errors.Join(unread...)
}

// remembered is how many requests of a person are looked through for the newest at each customer.
const remembered = 500

func lastRequests(db *gorm.DB, p access.PersonID) (map[access.CustomerID]*LastRequest, error) {
	var rows []grantRow
	err := db.Select("customer_id", "profile_id", "requested_at").Where("person_id = ?", p).
		Order("requested_at DESC, id DESC").Limit(remembered).Find(&rows).Error
	if err != nil {
		return nil, translate(err)
	}
	last := map[access.CustomerID]*LastRequest{}
	for _, r := range rows {
		if last[r.CustomerID] == nil {
			last[r.CustomerID] = &LastRequest{ProfileID: r.ProfileID, At: r.RequestedAt.Time}
		}
	}
	return last, nil
}

// reachRow is a customer with a profile that may be used there.
type reachRow struct {
	Customer customerRow `gorm:"embedded"`
	Profile  profileRow  `gorm:"embedded;embeddedPrefix:f_"`
}

// reachable selects reachRows, some of them twice. The entitlements are found through one index for each of the two ways to
// hold one, and read once for both kinds of them: for a customer, and for all.
func reachable(db *gorm.DB, p access.PersonID, at time.Time) *gorm.DB {
	const inForce = ` AND (e.ends_at IS NULL OR e.ends_at > @at)`
	columns := ` SELECT ` + columnsOf[customerRow]("c") + `, f.id AS f_id, f.name AS f_name, f.roles AS f_roles, f.credential AS f_credential,
				f.default_lifetime_seconds AS f_default_lifetime_seconds, f.maximum_lifetime_seconds AS f_maximum_lifetime_seconds,
				f.reason_required AS f_reason_required, f.ticket_required AS f_ticket_required,
				f.approval_required AS f_approval_required, f.retired_at AS f_retired_at, f.revision AS f_revision
			FROM held JOIN profiles f ON f.id = held.profile_id AND f.retired_at IS NULL JOIN customers c ON `
	return db.Raw(`WITH held AS (
			SELECT e.profile_id, e.customer_id FROM entitlements e WHERE e.person_id = @person`+inForce+`
			UNION
			SELECT e.profile_id, e.customer_id FROM team_members m JOIN entitlements e ON e.team_id = m.team_id
			WHERE m.person_id = @person`+inForce+`)`+
		columns+`c.id = held.customer_id AND c.removed_at IS NULL UNION ALL`+columns+`held.customer_id IS NULL AND c.removed_at IS NULL`,
		map[string]any{"person": p, "at": instant{at}})
}

// reach puts rows together by customer. Each profile and each customer is read once, however many rows it is in. Those that
// can be read come also beside an ErrUnreadable, which names the others.
func reach(rows []reachRow) ([]Reach, error) {
	reaches, profiles := map[access.CustomerID]*Reach{}, map[access.ProfileID]*access.Profile{}
	var unread []error
	for _, row := range rows {
		r, known := reaches[row.Customer.ID]
		if !known {
			if c, err := row.Customer.customer(); err != nil {
				unread = append(unread, err)
			} else {
				r = &Reach{Customer: c}
			}
			reaches[row.Customer.ID] = r
		}
		profile, known := profiles[row.Profile.ID]
		if !known {
			if p, err := row.Profile.profile(); err != nil {
				unread = append(unread, err)
			} else {
				profile = &p
			}
			profiles[row.Profile.ID] = profile
		}
		if r == nil || profile == nil {
			continue
		}
		if !slices.ContainsFunc(r.Profiles, func(p access.Profile) bool { return p.ID == profile.ID }) {
			r.Profiles = append(r.Profiles, *profile)
		}
	}
	var sorted []Reach
	for _, r := range reaches {
		if r == nil || len(r.Profiles) == 0 {
			continue
		}
		sortByName(r.Profiles, func(p access.Profile) (access.Name, string) { return p.Name, p.ID.String() })
		sorted = append(sorted, *r)
	}
	sortByName(sorted, func(r Reach) (access.Name, string) { return r.Customer.Name, r.Customer.ID.String() })
	return sorted, errors.Join(unread...)
}
