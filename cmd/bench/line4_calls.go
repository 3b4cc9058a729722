package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"hourglass/internal/access"
	"hourglass/internal/entrasim"
	"hourglass/internal/onemachine"
	"hourglass/internal/store"
)

// scenario is a kind of grant, as far as it decides which calls to Microsoft are needed.
type scenario struct {
	returning bool // the account exists, and the tenant's licences and policy are known
	pass      bool // otherwise a password is handed out
	p2        bool // otherwise Free
}

func (c scenario) String() string {
	word := func(yes bool, this, that string) string {
		if yes {
			return this
		}
		return that
	}
	return strings.Join([]string{word(c.pass, "pass", "password"), word(c.p2, "P2", "Free"), word(c.returning, "returning", "first")}, ", ")
}

// call is one kind of request, on the way up (until the grant is active) or down.
type call struct {
	down  bool
	route string
}

func (c call) String() string {
	if c.down {
		return "down: " + c.route
	}
	return "up: " + c.route
}

const (
	readUser      = "GET /users/{id}"
	changeUser    = "PATCH /users/{id}"
	listRoles     = "GET /roleManagement/directory/roleAssignments"
	listMember    = "GET /users/{id}/transitiveMemberOf"
	listOwned     = "GET /users/{id}/ownedObjects"
	listMethods   = "GET /users/{id}/authentication/methods"
	listSchedules = "GET /roleManagement/directory/roleAssignmentSchedules"
	listEligible  = "GET /roleManagement/directory/roleEligibilitySchedules"
	schedule      = "POST /roleManagement/directory/roleAssignmentScheduleRequests"
)

// needs says for every call how many of it no grant of the kind could do without, and why we make more.
// The floor keeps the promise proof-of-off, so that one read of everything at the end belongs to it.
var needs = map[call]struct {
	fewest func(scenario) int
	why    string
}{
	{false, "POST /users"}: {func(c scenario) int { return one(!c.returning) }, ""},
	{false, readUser}:      {none, "somebody may have deleted or renamed the account, or enabled it, since the last grant"},
	{false, listRoles}:     {none, "least-power: what somebody gave the account since the last grant is taken away first"},
	{false, listMember}:    {none, "least-power: as above, by role-assignable groups"},
	{false, listOwned}:     {none, "least-power: as above, by groups that it owns"},
	{false, listSchedules}: {none, "least-power: as above, by schedule"},
	{false, listEligible}:  {none, "least-power: as above, by eligibility"},
	{false, changeUser}: {func(c scenario) int { return one(c.returning) },
		"password and enabling apart: Microsoft authorises a PATCH as a whole; and an account is created disabled, so that an interrupted creation leaves nothing on"},
	{false, "GET /policies/authenticationMethodsPolicy/authenticationMethodConfigurations/{id}"}: {none, "once in five minutes and tenant: how long a pass may last"},
	{false, "GET /subscribedSkus"}:                                        {none, "once an hour and tenant: whether Microsoft can end roles by itself"},
	{false, "POST /users/{id}/authentication/temporaryAccessPassMethods"}: {func(c scenario) int { return one(c.pass) }, ""},
	{false, "POST /roleManagement/directory/roleAssignments"}:             {func(c scenario) int { return one(!c.p2) }, ""},
	{false, schedule}: {func(c scenario) int { return one(c.p2) }, ""},

	{true, readUser}:      {always, "read before too: a session is proven revoked by an instant that moved on"},
	{true, listRoles}:     {always, "read before too: the roles come off first, also those that somebody added"},
	{true, listMember}:    {always, "read before too: as above, by role-assignable groups"},
	{true, listOwned}:     {always, "read before too: as above, by groups that it owns"},
	{true, listMethods}:   {always, "read before too: what the technician registered is removed"},
	{true, listSchedules}: {func(c scenario) int { return one(c.p2) }, "read before too: as above, by schedule"},
	{true, listEligible}:  {func(c scenario) int { return one(c.p2) }, "read before too: as above, by eligibility"},
	{true, "DELETE /roleManagement/directory/roleAssignments/{id}"}: {func(c scenario) int { return one(!c.p2) }, ""},
	{true, schedule}: {func(c scenario) int { return one(c.p2) }, ""},
	{true, "POST /users/{id}/revokeSignInSessions"}:                             {always, "once before the account is disabled and once after, for a sign-in in between"},
	{true, "DELETE /users/{id}/authentication/temporaryAccessPassMethods/{id}"}: {func(c scenario) int { return one(c.pass) }, ""},
	{true, changeUser}: {always, "disabling and scrambling apart: Microsoft authorises a PATCH as a whole"},
}

func none(scenario) int   { return 0 }
func always(scenario) int { return 1 }
func one(needed bool) int {
	if needed {
		return 1
	}
	return 0
}

// fewest is the sum of the table for one kind of grant.
func (c scenario) fewest() (total int) {
	for _, need := range needs {
		total += need.fewest(c)
	}
	return total
}

// microsoftCalls is line 4: calls to Graph per grant, beside the fewest that could do it.
func microsoftCalls(ctx context.Context, s *stage) (section, error) {
	ada, err := s.machine.SignedIn(ctx, onemachine.Ada)
	if err != nil {
		return section{}, err
	}
	t := &technician{onemachine.Ada, ada}
	result := section{}
	more := map[call]map[int]bool{}
	kinds := []scenario{{pass: true}, {pass: true, p2: true}, {}, {p2: true}}
	customers := make([]store.Customer, len(kinds))
	for i, kind := range kinds {
		settings := benchTenant
		if kind.p2 {
			settings.Licence = entrasim.P2
		}
		if customers[i], err = s.machine.AddCustomer(ctx, fmt.Sprintf("Calls%d", i), settings); err != nil {
			return section{}, err
		}
	}
	for _, returning := range []bool{false, true} {
		if returning {
			pause(ctx, windowOfReports)
		}
		for i, kind := range kinds {
			kind.returning = returning
			made, err := s.callsOf(ctx, t, customers[i], kind)
			if err != nil {
				return section{}, err
			}
			total := 0
			for c, n := range made {
				total += n
				if extra := n - needs[c].fewest(kind); extra > 0 {
					if more[c] == nil {
						more[c] = map[int]bool{}
					}
					more[c][extra] = true
				}
			}
			result.add(row{what: "calls to Graph, " + kind.String(), beside: "the fewest that could", unit: count,
				ours: []float64{float64(total)}, theirs: []float64{float64(kind.fewest())}})
		}
	}
	for _, c := range slices.SortedFunc(maps.Keys(more), func(a, b call) int { return strings.Compare(b.String(), a.String()) }) {
		result.detail("%v more of %s: %s", slices.Sorted(maps.Keys(more[c])), c, needs[c].why)
	}
	result.detail("beside these, one call an hour and tenant to the token endpoint; one role per profile, nothing left over or added by hand")
	return result, nil
}

// callsOf counts the calls of one grant. A call that the table does not know is an error: it has no reason.
func (s *stage) callsOf(ctx context.Context, t *technician, at store.Customer, kind scenario) (map[call]int, error) {
	profile := onemachine.ExchangeAdministration
	if kind.pass {
		profile = onemachine.HelpDesk
	}
	s.machine.Sim.ResetStats()
	g, err := t.whole(ctx, at, profile)
	if err != nil {
		return nil, err
	}
	if g.Outcome != access.Expired {
		return nil, fmt.Errorf("the grant ended as %s", g.Outcome)
	}
	made := map[call]int{}
	for _, r := range requestsOfGrants(s.machine.Sim, at.TenantID.String()) {
		c := call{down: r.At.After(g.ExpiresAt), route: r.Method + " " + r.Template}
		if _, known := needs[c]; !known {
			return nil, fmt.Errorf("a call that needs a reason: %s", c)
		}
		made[c]++
	}
	return made, nil
}
