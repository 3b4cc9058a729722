package access

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Severity of a finding.
type Severity string

const (
	// Blocking: a grant would fail, or could not be proven off.
	Blocking Severity = "blocking"
	// Warning: it works, but not for long or not as somebody expects.
	Warning Severity = "warning"
	// Info: good to know.
	Info Severity = "info"
)

var severities = []Severity{Blocking, Warning, Info}

// ParseSeverity refuses every unknown word.
func ParseSeverity(s string) (Severity, error) { return parseWord(s, "severity", severities...) }

// Health is how well a customer's tenant can be worked with, in one word.
type Health string

const (
	HealthOK      Health = "ok"
	HealthWarning Health = "warning"
	// HealthBlocked: no grant at all would work.
	HealthBlocked Health = "blocked"
	// HealthUnknown: nothing speaks against it, but not everything could be read.
	HealthUnknown Health = "unknown"
)

// Finding is something that stands against grants at a customer, or that is good to know before one.
type Finding struct {
	Code FindingCode
	// Subject tells findings of one code apart: the permission, the role, the number of days; mostly "".
	Subject  string
	Severity Severity
	// Everywhere: it is about every grant at the customer, not about single profiles.
	Everywhere bool
	// Profiles that it is about where it is not Everywhere. With none, nobody may use a profile that it would touch.
	Profiles []ProfileID
	// Sentence says to people what is the matter, Action what mends it, Link leads to Microsoft's page for that; "" where
	// there is nothing to do.
	Sentence, Action, Link string
}

// FindingKey is what makes a finding the same as an earlier one. One of another severity is another one.
type FindingKey struct {
	Code     FindingCode
	Subject  string
	Severity Severity
}

func (f Finding) Key() FindingKey { return FindingKey{f.Code, f.Subject, f.Severity} }

// Stops reports whether no grant at the customer would work.
func (f Finding) Stops() bool { return f.Everywhere && f.Severity == Blocking }

// Touches reports whether the finding is about grants with the profile.
func (f Finding) Touches(p ProfileID) bool { return f.Everywhere || slices.Contains(f.Profiles, p) }

// Preflight is what is judged: a customer, what is known of its tenant, and the profiles that matter there.
type Preflight struct {
	TenantID      TenantID
	AccountDomain string
	// Limits of the customer tighten those of the profiles.
	Limits Limits
	// MayTakeRole: an admin lets Hourglass take User Administrator for its own app.
	MayTakeRole bool
	Facts       TenantFacts
	Profiles    []Profile
	Now         time.Time
}

// Unread are the facts that could not be read and matter there. In a federated domain Microsoft sets no password, whoever asks,
// so that nobody tries.
func (p Preflight) Unread() []Fact {
	return slices.DeleteFunc(slices.Clone(p.Facts.Unread), func(f Fact) bool { return f == FactPasswordReset && p.federated() })
}

// federated reports whether the account domain is a domain of the tenant's whose users sign in elsewhere.
func (p Preflight) federated() bool {
	return slices.ContainsFunc(p.Facts.Domains, func(d TenantDomain) bool { return !d.Managed && strings.EqualFold(d.Name, p.AccountDomain) })
}

// Findings are what speaks against grants, the worst first. They follow from what is given and from nothing else.
func (p Preflight) Findings() []Finding {
	j := judge{Preflight: p}
	for _, check := range checks {
		check(&j)
	}
	slices.SortStableFunc(j.findings, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(slices.Index(severities, a.Severity), slices.Index(severities, b.Severity)),
			cmp.Compare(a.Code, b.Code), cmp.Compare(a.Subject, b.Subject))
	})
	return j.findings
}

// HealthOf sums findings up. everythingRead is false where a fact could not be read or none ever was.
func HealthOf(findings []Finding, everythingRead bool) Health {
	switch {
	case slices.ContainsFunc(findings, Finding.Stops):
		return HealthBlocked
	case slices.ContainsFunc(findings, func(f Finding) bool { return f.Severity != Info }):
		return HealthWarning
	case !everythingRead:
		return HealthUnknown
	}
	return HealthOK
}

// Verdict is whether a profile will work at a customer.
type Verdict string

const (
	VerdictWorks   Verdict = "works"
	VerdictBlocked Verdict = "blocked"
	// VerdictUnknown: nothing speaks against it, which says little where not everything was read.
	VerdictUnknown Verdict = "unknown"
)

// VerdictOn a profile. everythingRead is false where a fact could not be read or none ever was.
func VerdictOn(p ProfileID, findings []Finding, everythingRead bool) Verdict {
	switch {
	case slices.ContainsFunc(findings, func(f Finding) bool { return f.Severity == Blocking && f.Touches(p) }):
		return VerdictBlocked
	case !everythingRead:
		return VerdictUnknown
	}
	return VerdictWorks
}
