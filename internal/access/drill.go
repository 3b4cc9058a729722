package access

import (
	"cmp"
	"slices"
	"time"
)

// DrillStep is one step of a drill, as it was walked last.
type DrillStep struct {
	// Phase groups the steps that one activity walks: a repeat takes the place of what it walked before.
	Phase DrillPhase `json:"phase"`
	Name  string     `json:"name"`
	At    time.Time  `json:"at"`
	// Took is how long it took, in milliseconds.
	Took int64 `json:"took_ms"`
}

// DrillPhase is what a drill is at.
type DrillPhase string

const (
	Arming       DrillPhase = "arming"
	SwitchingOff DrillPhase = "switching_off"
	CleaningUp   DrillPhase = "cleaning_up"
)

// DrillPatience is how long switching off the canary may take for the drill to pass. Microsoft carries the removal of a
// role to all its replicas within minutes (microsoft-graph.md, section 2).
const DrillPatience = 5 * time.Minute

// At most DrillsAtMost drills begin at a customer within DrillWindow: each makes an administrator in the customer's tenant, and
// whoever has an admin's session is not to make one after the other.
const (
	DrillsAtMost = 3
	DrillWindow  = 10 * time.Minute
)

// DrillInterval is how often a customer is drilled by itself.
type DrillInterval string

const (
	DrillNever   DrillInterval = "never"
	DrillWeekly  DrillInterval = "weekly"
	DrillMonthly DrillInterval = "monthly"
)

func ParseDrillInterval(s string) (DrillInterval, error) {
	return parseWord(s, "interval of drills", DrillNever, DrillWeekly, DrillMonthly)
}

// After is when the drill after one at an instant is due; zero for DrillNever.
func (i DrillInterval) After(t time.Time) time.Time {
	switch i {
	case DrillWeekly:
		return t.AddDate(0, 0, 7)
	case DrillMonthly:
		return t.AddDate(0, 1, 0)
	}
	return time.Time{}
}

// strength orders profiles by what could go wrong with switching them off: Global Administrator before everything, then
// those roles that may act on administrators, then how many privileged roles there are, then how many roles.
func (p Profile) strength() [4]int {
	var s [4]int
	for _, role := range p.Roles {
		switch role {
		case roleGlobalAdministrator:
			s[0]++
		case rolePrivilegedRoleAdministrator, rolePrivilegedAuthenticationAdministrator:
			s[1]++
		}
		if DirectoryRoleOf(role).Privileged {
			s[2]++
		}
		s[3]++
	}
	return s
}

// Strongest is the profile that is hardest to switch off; false where there is none that can be given. Of equals it is
// the first by name.
func Strongest(profiles []Profile) (Profile, bool) {
	profiles = slices.DeleteFunc(slices.Clone(profiles), func(p Profile) bool { return p.Retired || !usable(p) })
	if len(profiles) == 0 {
		return Profile{}, false
	}
	return slices.MinFunc(profiles, func(a, b Profile) int {
		sa, sb := a.strength(), b.strength()
		return cmp.Or(slices.Compare(sb[:], sa[:]), cmp.Compare(a.Name.String(), b.Name.String()), cmp.Compare(a.ID.String(), b.ID.String()))
	}), true
}

// CanaryName is what the account of a drill is called.
func CanaryName(domain string, m Marker) (AccountName, error) {
	upn, err := NewUPN("hourglass-drill-"+m.drawn(4), domain)
	return AccountName{UPN: upn, Display: Name{"Hourglass drill"}}, err
}
