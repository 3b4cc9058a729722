package doctor

import (
	"context"
	"fmt"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/seal"
	"hourglass/internal/store"
)

// Database looks at the connection, the migrations and the clock.
func Database(s *store.Store) Part {
	return Part{"database", func(ctx context.Context) []Finding {
		if err := s.Ping(ctx); err != nil {
			return []Finding{broken("the database does not answer: "+err.Error(), "start it, and check HOURGLASS_DATABASE_URL")}
		}
		pending, err := s.Pending(ctx)
		switch {
		case err != nil:
			return []Finding{broken("the migrations cannot be read: "+err.Error(), "give Hourglass's user the rights on its own schema")}
		case pending > 0:
			return []Finding{broken(fmt.Sprintf("%d migrations have not been applied", pending), "run hourglass migrate")}
		}
		return []Finding{well("answers, with every migration applied"), databaseClock(ctx, s)}
	}}
}

func databaseClock(ctx context.Context, s *store.Store) Finding {
	asked := time.Now()
	theirs, err := s.Now(ctx)
	if err != nil {
		return broken("the database's clock cannot be read: "+err.Error(), "run hourglass doctor again")
	}
	return clock("the database", theirs, asked, time.Now())
}

// Skews of two clocks that are let pass. Deadlines are instants that one process writes and another one reads.
const (
	noticeable  = time.Second
	intolerable = 30 * time.Second
)

// clock compares an instant with the two of ours between which it was read.
func clock(whose string, theirs, before, after time.Time) Finding {
	var skew time.Duration
	switch {
	case theirs.Before(before):
		skew = before.Sub(theirs)
	case theirs.After(after):
		skew = theirs.Sub(after)
	}
	says := fmt.Sprintf("the clocks of this machine and of %s differ by %s", whose, skew.Round(time.Millisecond))
	const remedy = "keep both clocks in step by NTP: grants end early or late by the difference"
	switch {
	case skew > intolerable:
		return broken(says, remedy)
	case skew > noticeable:
		return warning(says, remedy)
	}
	return well("the clocks of this machine and of " + whose + " agree")
}

// lateness of an end that somebody should look at.
const lateness = 2 * time.Minute

// Grants looks for accounts that should be off, and for customers at which the drills say that they might stay on.
func Grants(s *store.Store) Part {
	return Part{"grants", func(ctx context.Context) []Finding {
		census, err := s.Census(ctx)
		if err != nil {
			return []Finding{broken("the grants cannot be counted: "+err.Error(), "mend the database first")}
		}
		live := 0
		for _, number := range census.Live {
			live += number
		}
		says := fmt.Sprintf("%d live, %d of them NOT OFF", live, census.NotOff)
		found := []Finding{well(says)}
		if census.NotOff > 0 && time.Since(census.NotOffSince) >= lateness {
			found[0] = broken(fmt.Sprintf("%s, the oldest for %s", says, time.Since(census.NotOffSince).Round(time.Second)),
				"open the grants shown as NOT OFF; each says what Microsoft answers")
		}
		if census.FailingDrills > 0 {
			found = append(found, broken(fmt.Sprintf("customers at which a drill fails: %d; an account there may not be switched off", census.FailingDrills),
				"open their last drills; each says in which step it failed and what Microsoft answers"))
		}
		return found
	}}
}

// lookedAt bounds the grants whose keys are tried.
const lookedAt = 100

// DataKeys tries the keyset on the data keys of live grants.
func DataKeys(s *store.Store, vault *seal.Vault) Part {
	return Part{"keyset", func(ctx context.Context) []Finding {
		grants, err := live(ctx, s)
		if err != nil {
			return []Finding{broken("the live grants cannot be read: "+err.Error(), "mend the database first")}
		}
		shut := 0
		for _, grant := range grants {
			wrapped, err := s.DataKey(ctx, grant.ID)
			if err != nil {
				continue // it ended meanwhile
			}
			if _, err := vault.Rewrap(grant.ID, wrapped); err != nil {
				shut++
			}
		}
		if shut > 0 {
			return []Finding{broken(fmt.Sprintf("it does not open the data keys of %d of %d live grants: their credentials cannot be shown", shut, len(grants)),
				"bring back the keyset file in which the earlier key stands (HOURGLASS_KEYSET_FILE)")}
		}
		return []Finding{well(fmt.Sprintf("opens the data keys of %d live grants", len(grants)))}
	}}
}

func live(ctx context.Context, s *store.Store) ([]store.Grant, error) {
	grants, _, err := s.Grants(ctx, store.GrantFilter{
		States: []access.State{access.Requested, access.AwaitingApproval, access.Provisioning, access.Active, access.Ending}, Limit: lookedAt,
	})
	return grants, err
}
