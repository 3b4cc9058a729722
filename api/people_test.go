package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

func (b *browser) invite(handle string, held ...access.MSPRole) Invited {
	b.h.t.Helper()
	return into[Invited](b.post("/api/v1/people", map[string]any{"name": handle, "handle": handle, "roles": held}), http.StatusCreated)
}

func tokenIn(link EnrolmentLink) string {
	_, token, _ := strings.Cut(link.Url, "/enrol#")
	return token
}

func TestAnInvitedPersonEnrols(t *testing.T) {
	h := newHouse(t)
	admin, ada := h.admin(), h.anonymous()
	invited := admin.invite("ada", access.Technician)
	assert.True(t, strings.HasPrefix(invited.Link.Url, origin+"/enrol#"), "the token is in the fragment")
	path := "/api/v1/people/" + invited.Person.Id.String()
	assert.NotContains(t, admin.get(path).body, "enrol")
	admin.post("/api/v1/people", map[string]any{"name": "Other", "handle": "ADA", "roles": []string{}}).problem(handleTaken)
	admin.post("/api/v1/people", map[string]any{"name": "Other", "handle": "-", "roles": []string{}}).problem(invalidRequest)

	again := into[EnrolmentLink](admin.post(path+"/enrolment-link", nil), http.StatusCreated)
	ada.enrol(tokenIn(invited.Link)).problem(enrolmentLink)
	require.Equal(t, http.StatusNoContent, ada.enrol(tokenIn(again)).status)
	ada.enrol(tokenIn(again)).problem(enrolmentLink)
	assert.NotContains(t, h.log.String(), tokenIn(again))
	assert.Len(t, into[struct{ People []Person }](admin.get("/api/v1/people"), http.StatusOK).People, 2)
}

func TestASuspendedPersonIsOutAtOnce(t *testing.T) {
	h := newHouse(t)
	admin, ada := h.admin(), h.technician("ada")
	ada.request("k").grant()
	path := "/api/v1/people/" + ada.person.ID.String()
	assert.True(t, into[Person](admin.post(path+"/suspend", nil), http.StatusOK).Suspended)
	h.endsWith("person suspended")
	ada.get("/api/v1/me").problem(signInRequired)
	ada.confirm("sign-in").problem(signInFailed)
	admin.post(path+"/enrolment-link", nil).problem(personIsSuspended)

	assert.False(t, into[Person](admin.post(path+"/resume", nil), http.StatusOK).Suspended)
	require.Equal(t, http.StatusNoContent, ada.confirm("sign-in").status)
	assert.Equal(t, 1, h.audited(audit.PersonSuspended))
}

func TestWhoIsNoTechnicianAnyMoreLosesTheirGrants(t *testing.T) {
	h := newHouse(t)
	admin, ada := h.admin(), h.technician("ada")
	ada.request("k").grant()
	changed := into[Person](admin.put("/api/v1/people/"+ada.person.ID.String(), map[string]any{"name": "Ada L.", "roles": []string{"auditor"}}), http.StatusOK)
	assert.Equal(t, "Ada L.", changed.Name)
	assert.Equal(t, []access.MSPRole{access.Auditor}, changed.Roles)
	h.endsWith("technician role removed")
	require.Equal(t, http.StatusOK, ada.get("/api/v1/customers").status, "roles count from the next request on")
}

func TestTheLastActiveAdminStays(t *testing.T) {
	h := newHouse(t)
	admin := h.admin()
	path := "/api/v1/people/" + admin.person.ID.String()
	admin.post(path+"/suspend", nil).problem(lastAdmin)
	admin.put(path, map[string]any{"name": "Admin", "roles": []string{"technician"}}).problem(lastAdmin)
	admin.invite("other", access.Admin)
	admin.post(path+"/suspend", nil).problem(lastAdmin) // the other one has no passkey yet
	h.signedIn("third", access.Admin)
	into[Person](admin.post(path+"/suspend", nil), http.StatusOK)
}

func TestTheLastPasskeyIsNotRemovedByAccident(t *testing.T) {
	h := newHouse(t)
	admin, ada := h.admin(), h.technician("ada")
	mine := into[struct{ Passkeys []Passkey }](ada.get("/api/v1/me/passkeys"), http.StatusOK).Passkeys
	require.Len(t, mine, 1)
	assert.Equal(t, "Test key", mine[0].Name)
	theirs := "/api/v1/people/" + ada.person.ID.String() + "/passkeys"
	assert.Equal(t, mine, into[struct{ Passkeys []Passkey }](admin.get(theirs), http.StatusOK).Passkeys)

	ada.delete("/api/v1/me/passkeys/" + mine[0].Id).problem(lastPasskey)
	admin.delete(theirs + "/" + mine[0].Id).problem(lastPasskey)
	admin.delete("/api/v1/me/passkeys/" + mine[0].Id + "?last=true").problem(notFound)
	require.Equal(t, http.StatusNoContent, admin.delete(theirs+"/"+mine[0].Id+"?last=true").status)
	ada.get("/api/v1/me").problem(signInRequired)
	ada.confirm("sign-in").problem(signInFailed)
	assert.Equal(t, 1, h.audited(audit.PasskeyRemoved))
}
