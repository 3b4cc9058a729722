package store

import (
	"time"

	"hourglass/internal/access"
)

type attemptRow struct {
	ID          access.AttemptID `gorm:"primaryKey"`
	CustomerID  access.CustomerID
	PersonID    access.PersonID
	SessionID   digest
	StateHash   digest
	TenantID    access.TenantID
	AppKeyID    access.AppKeyID
	Step        string
	Failure     text
	Missing     list
	BegunAt     instant
	ExpiresAt   instant
	StateUsedAt *instant
	ConsentedAt *instant
	NextCheckAt *instant
	EndedAt     *instant
}

func (attemptRow) TableName() string { return "connection_attempts" }

// attempt reads the row. One whose time for consent is over has failed, although nobody has written it down.
func (r attemptRow) attempt(now time.Time) (Attempt, error) {
	var bad error
	a := Attempt{
		ID: r.ID, CustomerID: r.CustomerID, PersonID: r.PersonID, TenantID: r.TenantID, AppKeyID: r.AppKeyID,
		Step:    parsed(&bad, access.ParseConnectStep, r.Step),
		Failure: parsedOrNone(&bad, access.ParseConnectFailure, r.Failure),
		Missing: r.Missing, BegunAt: r.BegunAt.Time, ExpiresAt: r.ExpiresAt.Time,
		ConsentedAt: r.ConsentedAt.optional(), EndedAt: r.EndedAt.optional(),
	}
	if bad != nil {
		return Attempt{}, unreadable("connection attempt "+r.ID.String(), bad)
	}
	if a.Step == access.StepConsent && !now.Before(a.ExpiresAt) {
		a.Step, a.Failure, a.EndedAt = access.StepFailed, access.ConsentExpired, &a.ExpiresAt
	}
	return a, nil
}

// refuses says what stands against a callback with the attempt's state, "" where nothing does. Whether the state can
// be used at all comes before what the browser reports of the consent.
func (r attemptRow) refuses(c Callback, now time.Time) access.ConnectFailure {
	for _, against := range []struct {
		holds   bool
		failure access.ConnectFailure
	}{
		{r.StateUsedAt != nil, access.ConsentUsed},
		{r.CustomerID != c.CustomerID, access.ConsentOfOtherCustomer},
		{r.SessionID != c.SessionID || r.PersonID != c.By.PersonID, access.ConsentOfOtherSession},
		{r.EndedAt != nil, access.ConsentSuperseded},
		{!now.Before(r.ExpiresAt.Time), access.ConsentExpired},
		{c.Failure != "", c.Failure},
		{c.TenantID != r.TenantID, access.WrongTenant},
	} {
		if against.holds {
			return against.failure
		}
	}
	return ""
}

type connectionRow struct {
	CustomerID  access.CustomerID `gorm:"primaryKey"`
	Permissions list
	VerifiedAt  instant
}

func (connectionRow) TableName() string { return "connections" }
