package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

const (
	// passkeyLately is how long ago a person may have used a passkey for a launch: as long as a session of the portal lasts.
	passkeyLately = 12 * time.Hour
	// mostTickets and ticketsFor bound how often, and for how long after it, one launch asks for the credential.
	mostTickets = 5
	ticketsFor  = time.Hour
	// mostReports of one launch.
	mostReports = 60
	// launchesKept is how long a second use of a ticket is recognised.
	launchesKept = 7 * 24 * time.Hour
)

type launchRow struct {
	ID          access.LaunchID `gorm:"primaryKey"`
	BrowserID   access.BrowserID
	GrantID     access.GrantID
	Destination string
	LaunchedAt  instant
	Reports     int
}

func (launchRow) TableName() string { return "launches" }

type fillTicketRow struct {
	TicketHash digest `gorm:"primaryKey"`
	LaunchID   access.LaunchID
	ExpiresAt  instant
	UsedAt     *instant
}

func (fillTicketRow) TableName() string { return "fill_tickets" }

// AddLaunch lets a browser begin to sign in with an active grant of its person, and returns the grant.
// access.ErrIllegalTransition: the grant is not active, or another's; access.ErrPasskeyUnused: the person has used no passkey
// for 12 hours; access.ErrNotFound: the browser is removed. It clears away old launches.
func (s *Store) AddLaunch(ctx context.Context, l Launch, t Ticket) (Grant, error) {
	return s.step(ctx, l.GrantID, func(tx *gorm.DB, g locked) (change, error) {
		b, err := s.usable(tx, l.BrowserID, g.Grant)
		if err != nil {
			return change{}, err
		}
		var lately int64
		since := instant{s.now().Add(-passkeyLately)}
		err = tx.Model(&passkeyRow{}).Where("person_id = ? AND (last_used_at > ? OR created_at > ?)", b.PersonID, since, since).Count(&lately).Error
		if err != nil {
			return change{}, err
		}
		if lately == 0 {
			return change{}, access.ErrPasskeyUnused
		}
		if err := tx.Where("launched_at <= ?", instant{s.now().Add(-launchesKept)}).Delete(&launchRow{}).Error; err != nil {
			return change{}, err
		}
		err = tx.Create(&launchRow{
			ID: l.ID, BrowserID: l.BrowserID, GrantID: l.GrantID, Destination: string(l.Destination), LaunchedAt: instant{l.LaunchedAt},
		}).Error
		if err != nil {
			return change{}, err
		}
		if err := tx.Create(&fillTicketRow{TicketHash: t.Hash, LaunchID: l.ID, ExpiresAt: instant{t.ExpiresAt}}).Error; err != nil {
			return change{}, err
		}
		return change{entries: []entry{g.entry(audit.LaunchBegun, Actor{b.PersonID}, "launch/"+l.ID.String(), facts{
			"launch": l.ID, "browser": b.ID, "browser_name": b.Name, "destination": l.Destination,
		})}}, nil
	})
}

// usable returns the browser if it can get the credential of a grant now. The caller has locked the grant.
func (s *Store) usable(tx *gorm.DB, id access.BrowserID, g Grant) (browserRow, error) {
	b, err := one[browserRow](tx.Clauses(unchanged), "id = ? AND removed_at IS NULL AND ends_at > ?", id, instant{s.now()})
	if err != nil {
		return browserRow{}, err
	}
	if g.PersonID != b.PersonID {
		return browserRow{}, fmt.Errorf("%w: the grant is another's", access.ErrIllegalTransition)
	}
	if err := g.in("launch", access.Active); err != nil {
		return browserRow{}, err
	}
	if !g.ExpiresAt.After(s.now()) {
		return browserRow{}, fmt.Errorf("%w: the grant's time is over", access.ErrIllegalTransition)
	}
	return b, nil
}

// AddTicket adds a ticket to a launch of the browser; access.ErrTooMany where the launch had its share, access.ErrIllegalTransition
// where its grant is not active.
func (s *Store) AddTicket(ctx context.Context, id access.LaunchID, browser access.BrowserID, t Ticket) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		l, err := one[launchRow](tx.Clauses(forUpdate), "id = ? AND browser_id = ?", id, browser)
		if err != nil {
			return err
		}
		var tickets int64
		if err := tx.Model(&fillTicketRow{}).Where("launch_id = ?", id).Count(&tickets).Error; err != nil {
			return err
		}
		if tickets >= mostTickets || !s.now().Before(l.LaunchedAt.Add(ticketsFor)) {
			return access.ErrTooMany
		}
		g, err := readGrant(tx, l.GrantID)
		if err != nil {
			return err
		}
		if _, err := s.usable(tx, browser, g); err != nil {
			return err
		}
		return tx.Create(&fillTicketRow{TicketHash: t.Hash, LaunchID: id, ExpiresAt: instant{t.ExpiresAt}}).Error
	})
}

// RecordFill uses a ticket up and has the audit record of a fill committed when it returns (no-audit-no-secret), with the
// grant whose credential may be opened now. A refusal is *RefusedFill, and is in the audit log as well.
func (s *Store) RecordFill(ctx context.Context, f Filling) (Grant, error) {
	var filled Grant
	var refused *RefusedFill
	err := s.write(ctx, func(tx *gorm.DB) error {
		filled, refused = Grant{}, nil
		ticket, err := one[fillTicketRow](tx.Clauses(forUpdate), "ticket_hash = ?", digest(f.Ticket))
		if err != nil {
			return err
		}
		l, err := one[launchRow](tx, "id = ?", ticket.LaunchID)
		if err != nil {
			return err
		}
		now := s.now()
		// Whatever comes of it, the ticket is used; but nobody can use up another browser's.
		if l.BrowserID == f.Browser.ID && ticket.UsedAt == nil {
			err := tx.Model(&fillTicketRow{}).Where("ticket_hash = ?", ticket.TicketHash).Update("used_at", instant{now}).Error
			if err != nil {
				return err
			}
		}
		filled, err = s.stepIn(tx, l.GrantID, func(tx *gorm.DB, g locked) (change, error) {
			details := facts{
				"launch": l.ID, "browser": f.Browser.ID, "origin": remark(f.Origin, longestRemark), "step": f.step(),
			}
			why := f.refusal(ticket, l, g.Grant, now)
			if why == "" {
				switch _, err := s.usable(tx, f.Browser.ID, g.Grant); {
				case errors.Is(err, access.ErrNotFound):
					why = BrowserGone
				case errors.Is(err, access.ErrIllegalTransition):
					why = GrantNotActive
				case err != nil:
					return change{}, err
				}
			}
			if why == "" {
				return change{entries: []entry{g.entry(audit.CredentialFilled, Actor{f.Browser.PersonID}, fmt.Sprintf("fill/%x", f.Ticket), details)}}, nil
			}
			refused = &RefusedFill{Why: why}
			details["reason"] = why
			what := fmt.Sprintf("fill/%x/refused/%s", f.Ticket, why)
			if repeat, err := recorded(tx, grantKey(l.GrantID, what)); repeat || err != nil {
				return change{}, err
			}
			return change{}, s.record(tx, g.entry(audit.FillRefused, Actor{f.Browser.PersonID}, what, details))
		})
		return err
	})
	switch {
	case err != nil:
		return Grant{}, err
	case refused != nil:
		return Grant{}, refused
	}
	return filled, nil
}

// refusal is what stands against a fill, "" where nothing does.
func (f Filling) refusal(t fillTicketRow, l launchRow, g Grant, now time.Time) FillRefusal {
	switch {
	case l.BrowserID != f.Browser.ID:
		return TicketForeign
	case t.UsedAt != nil:
		return TicketReplayed
	case !t.ExpiresAt.After(now):
		return TicketTooOld
	case !access.IsSignInOrigin(f.Origin):
		return OriginForeign
	case !strings.EqualFold(f.UserName, g.UserName):
		return OtherAccount
	case f.Pass && !g.Terms.Credential.HasPass(), !f.Pass && !g.Terms.Credential.HasPassword():
		return NotHandedOut
	}
	return ""
}

func (f Filling) step() string {
	if f.Pass {
		return "pass"
	}
	return "password"
}

// RecordReport adds what a browser says of one of its launches to the audit log; access.ErrTooMany where it has said enough.
func (s *Store) RecordReport(ctx context.Context, id access.LaunchID, b Browser, r Report) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		l, err := one[launchRow](tx.Clauses(forUpdate), "id = ? AND browser_id = ?", id, b.ID)
		if err != nil {
			return err
		}
		if l.Reports >= mostReports {
			return access.ErrTooMany
		}
		if err := changeOne(tx.Model(&launchRow{}).Where("id = ?", id), map[string]any{"reports": l.Reports + 1}); err != nil {
			return err
		}
		g, err := readGrant(tx, l.GrantID)
		if err != nil {
			return err
		}
		details := r.details()
		details["launch"], details["browser"] = id, b.ID
		return s.record(tx, g.entry(audit.LaunchReported, Actor{b.PersonID}, fmt.Sprintf("launch/%s/report/%d", id, l.Reports+1), details))
	})
}

// RecordIncident adds what a browser refused outside of a launch, once for each reason and quarter of an hour.
func (s *Store) RecordIncident(ctx context.Context, b Browser, r Report) error {
	return s.recordAtTimes(ctx, b, "incident/"+r.Reason, audit.LaunchReported, r.details())
}

// details leaves out what was not said.
func (r Report) details() facts {
	said := facts{}
	for what, text := range map[string]string{
		"outcome": r.Outcome, "step": r.Step, "reason": r.Reason, "origin": remark(r.Origin, longestRemark), "code": r.Code,
	} {
		if text != "" {
			said[what] = text
		}
	}
	return said
}
