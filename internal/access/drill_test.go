package access

import (
	"testing"
	"time"
)

func TestTheStrongestProfileIsDrilled(t *testing.T) {
	profile := func(name string, roles ...RoleID) Profile {
		return Profile{Name: Name{name}, Roles: roles, Credential: PassOnly}
	}
	reader := profile("Reader", roleSecurityReader)
	two := profile("Two", roleUserAdministrator, roleHelpdeskAdministrator)
	plain := profile("Many", roleExchangeAdministrator, roleGroupsAdministrator, roleLicenseAdministrator)
	authentication := profile("Authentication", rolePrivilegedAuthenticationAdministrator)
	global := profile("Global", roleGlobalAdministrator)
	retired := profile("Retired", roleGlobalAdministrator, rolePrivilegedRoleAdministrator)
	retired.Retired = true
	empty := profile("Empty")
	weakestFirst := []Profile{plain, reader, two, authentication, global}
	for i := range weakestFirst {
		of := append([]Profile{retired, empty}, weakestFirst[:i+1]...)
		if got, found := Strongest(of); !found || got.Name != weakestFirst[i].Name {
			t.Errorf("of %d: got %q, want %q", i+1, got.Name, weakestFirst[i].Name)
		}
	}
	if got, found := Strongest([]Profile{retired, empty}); found {
		t.Errorf("got %q, which nobody can be given", got.Name)
	}
}

func TestACanaryIsNamedForWhatItIs(t *testing.T) {
	m := NewMarker([8]byte{1, 2, 3, 4, 5, 6, 7, 8})
	name, err := CanaryName("contoso.onmicrosoft.com", m)
	if want := "hourglass-drill-ydqq@contoso.onmicrosoft.com"; err != nil || name.UPN.String() != want {
		t.Errorf("got %s, %v, want %s", name.UPN, err, want)
	}
	if name.UPN == name.UPN.Distinct(m) {
		t.Error("there is no second name")
	}
}

func TestDrillIntervals(t *testing.T) {
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for interval, want := range map[DrillInterval]time.Time{
		DrillNever: {}, DrillWeekly: at.AddDate(0, 0, 7), DrillMonthly: at.AddDate(0, 1, 0),
	} {
		if got := interval.After(at); !got.Equal(want) {
			t.Errorf("%s: got %s, want %s", interval, got, want)
		}
	}
}
