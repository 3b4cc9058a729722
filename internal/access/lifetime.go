package access

import (
	"fmt"
	"time"
)

// LongestLifetime is the ceiling that no profile and no setting can lift.
const LongestLifetime = 24 * time.Hour

// Lifetime is how long access lasts: whole seconds, more than zero, at most LongestLifetime.
// The zero value is no lifetime and is refused everywhere.
type Lifetime struct{ d time.Duration }

// NewLifetime refuses zero, negative, fractional and over-long durations.
func NewLifetime(d time.Duration) (Lifetime, error) {
	if d <= 0 || d > LongestLifetime || d%time.Second != 0 {
		return Lifetime{}, fmt.Errorf("%w: a lifetime is whole seconds, from 1 second to %s", ErrInvalid, LongestLifetime)
	}
	return Lifetime{d}, nil
}

// LifetimeOfSeconds is NewLifetime for the unit used by the API and the database.
func LifetimeOfSeconds(s int64) (Lifetime, error) {
	// The bound comes first: s*time.Second would overflow into something that looks legal.
	if s <= 0 || s > int64(LongestLifetime/time.Second) {
		return NewLifetime(0)
	}
	return NewLifetime(time.Duration(s) * time.Second)
}

func (l Lifetime) Duration() time.Duration { return l.d }
func (l Lifetime) Seconds() int64          { return int64(l.d / time.Second) }
func (l Lifetime) IsZero() bool            { return l.d == 0 }
func (l Lifetime) String() string          { return l.d.String() }

// MarshalText writes a Go duration such as "4h0m0s".
func (l Lifetime) MarshalText() ([]byte, error) { return []byte(l.d.String()), nil }

// UnmarshalText refuses what NewLifetime refuses.
func (l *Lifetime) UnmarshalText(b []byte) error {
	d, err := time.ParseDuration(string(b))
	if err != nil {
		return fmt.Errorf("%w: a lifetime is a duration such as 4h", ErrInvalid)
	}
	parsed, err := NewLifetime(d)
	if err == nil {
		*l = parsed
	}
	return err
}

// Limits bound the lifetime of the grants of a profile. The zero value admits nothing:
// a limit that could not be read refuses.
type Limits struct{ standard, maximum Lifetime }

// NewLimits refuses a default above the maximum and anything unset.
func NewLimits(standard, maximum Lifetime) (Limits, error) {
	if standard.IsZero() || maximum.IsZero() || standard.d > maximum.d {
		return Limits{}, fmt.Errorf("%w: the default lifetime must be set and at most the maximum", ErrInvalid)
	}
	return Limits{standard, maximum}, nil
}

func (l Limits) Default() Lifetime { return l.standard }
func (l Limits) Maximum() Lifetime { return l.maximum }

// Tighten returns limits that are within both l and other: of the defaults as of the maximums the shorter wins.
func (l Limits) Tighten(other Limits) Limits {
	return Limits{standard: shorter(l.standard, other.standard), maximum: shorter(l.maximum, other.maximum)}
}

// Admits reports whether a lifetime is within the limits.
func (l Limits) Admits(want Lifetime) bool {
	return !want.IsZero() && want.d <= l.maximum.d
}

func shorter(a, b Lifetime) Lifetime {
	if a.d < b.d {
		return a
	}
	return b
}
