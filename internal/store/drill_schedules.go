package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

type drillScheduleRow struct {
	CustomerID access.CustomerID `gorm:"primaryKey"`
	Every      string
	DueAt      *instant
	Revision   int64
}

func (drillScheduleRow) TableName() string { return "drill_schedules" }

func (r drillScheduleRow) schedule() (DrillSchedule, error) {
	every, err := access.ParseDrillInterval(r.Every)
	if err != nil {
		return DrillSchedule{}, unreadable("drill schedule of "+r.CustomerID.String(), err)
	}
	return DrillSchedule{every, r.DueAt.optional()}, nil
}

// DrillSchedule returns how often a customer is drilled by itself; never, where nobody said otherwise.
func (s *Store) DrillSchedule(ctx context.Context, id access.CustomerID) (DrillSchedule, error) {
	return readSchedule(s.db.WithContext(ctx), id)
}

func readSchedule(db *gorm.DB, id access.CustomerID) (DrillSchedule, error) {
	row, err := one[drillScheduleRow](db, "customer_id = ?", id)
	if errors.Is(err, access.ErrNotFound) {
		return DrillSchedule{Every: access.DrillNever}, nil
	}
	if err != nil {
		return DrillSchedule{}, err
	}
	return row.schedule()
}

// ScheduleDrills says how often a customer is drilled by itself. The first drill is due an interval after the last one,
// and at once where there was none.
func (s *Store) ScheduleDrills(ctx context.Context, id access.CustomerID, every access.DrillInterval, by Actor) (schedule DrillSchedule, err error) {
	err = s.write(ctx, func(tx *gorm.DB) error {
		if _, err := lockCustomer(tx, id); err != nil {
			return err
		}
		row, err := one[drillScheduleRow](tx, "customer_id = ?", id)
		if err != nil && !errors.Is(err, access.ErrNotFound) {
			return err
		}
		if schedule, err = readSchedule(tx, id); err != nil || schedule.Every == every {
			return err
		}
		row.CustomerID, row.Every, row.DueAt = id, string(every), nil
		row.Revision++
		if every != access.DrillNever {
			due := s.now()
			var last []drillRow
			if err := tx.Where("customer_id = ?", id).Order("begun_at DESC").Limit(1).Find(&last).Error; err != nil {
				return err
			}
			if len(last) > 0 && every.After(last[0].BegunAt.Time).After(due) {
				due = every.After(last[0].BegunAt.Time)
			}
			row.DueAt = &instant{due}
		}
		if err := tx.Save(&row).Error; err != nil {
			return err
		}
		if schedule, err = row.schedule(); err != nil {
			return err
		}
		return s.record(tx, entry{
			key: fmt.Sprintf("customer/%s/drills/%d", id, row.Revision), action: audit.DrillsScheduled, by: by, customer: id,
			details: facts{"every": every},
		})
	})
	return schedule, err
}

// reschedule moves the next drill to an interval after now.
func reschedule(tx *gorm.DB, id access.CustomerID, now time.Time) error {
	schedule, err := readSchedule(tx, id)
	if err != nil || schedule.Every == access.DrillNever {
		return err
	}
	return changeOne(tx.Model(&drillScheduleRow{}).Where("customer_id = ?", id), map[string]any{"due_at": instant{schedule.Every.After(now)}})
}

// DueDrills returns at most limit connected customers whose next drill is due, the longest first.
func (s *Store) DueDrills(ctx context.Context, limit int) (ids []access.CustomerID, err error) {
	err = s.db.WithContext(ctx).Table("drill_schedules AS s").Joins("JOIN customers c ON c.id = s.customer_id").
		Where("s.due_at <= ? AND c.connection = ? AND c.removed_at IS NULL", instant{s.now()}, access.Connected).
		Order("s.due_at").Limit(limit).Pluck("s.customer_id", &ids).Error
	return ids, translate(err)
}

// BeginDueDrill is BeginDrill for the schedule; begun is false where no drill is due any more. A customer at which there
// is nothing to drill is looked at again an interval later.
func (s *Store) BeginDueDrill(ctx context.Context, n NewDrill) (d Drill, begun bool, err error) {
	err = s.write(ctx, func(tx *gorm.DB) error {
		d, begun = Drill{}, false
		customer, err := lockCustomer(tx, n.CustomerID)
		if err != nil {
			return err
		}
		schedule, err := readSchedule(tx, n.CustomerID)
		if err != nil || schedule.DueAt == nil || schedule.DueAt.After(s.now()) || customer.Connection != string(access.Connected) {
			return err
		}
		if _, err := readDrill(tx, "d.customer_id = ? AND d.ended_at IS NULL", n.CustomerID); !errors.Is(err, access.ErrNotFound) {
			return err // it is running; the next one is due when it has ended
		}
		err = s.beginDrill(tx, n, Actor{}, &d, &begun)
		if errors.Is(err, access.ErrNothingToDrill) {
			return reschedule(tx, n.CustomerID, s.now())
		}
		return err
	})
	return d, begun, err
}
