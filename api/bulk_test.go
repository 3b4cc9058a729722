package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/bulk"
)

func (b *browser) importFile(list, dryRun, file string) answer {
	return b.send(http.MethodPost, "/api/v1/bulk/"+list+"?dry_run="+dryRun, "text/csv; charset=utf-8", []byte(file))
}

func TestAFileIsRehearsedAndImported(t *testing.T) {
	h := newHouse(t)
	admin := h.admin()
	h.clock.pass(2 * time.Minute)
	const file = "name;account_domain\r\nFabrikam;fabrikam.example\r\nContoso;\r\n"

	dry := into[ImportReport](admin.importFile("customers", "true", file), http.StatusOK)
	assert.Equal(t, ImportReport{DryRun: true, Count: ImportCount{Create: 1, Unchanged: 1}, Lines: []ImportLine{
		{Line: 2, What: "Fabrikam", Outcome: bulk.Create}, {Line: 3, What: "Contoso", Outcome: bulk.Unchanged},
	}}, dry, "a dry run needs no fresh assertion")
	admin.importFile("customers", "false", file).problem(assertionNeeded)
	admin.importFile("customers", "true&dry_run=false", file).problem(assertionNeeded)
	assert.Equal(t, 1, h.audited(audit.CustomerAdded))

	require.Equal(t, http.StatusNoContent, admin.confirm("assertion").status)
	for _, unclear := range []string{"maybe", "", "false&dry_run=true"} {
		admin.importFile("customers", unclear, file).problem(invalidRequest)
	}
	assert.Equal(t, 1, h.audited(audit.CustomerAdded))
	done := into[ImportReport](admin.importFile("customers", "false", file), http.StatusOK)
	assert.Equal(t, dry.Lines, done.Lines)
	assert.False(t, done.DryRun)
	assert.Equal(t, 2, h.audited(audit.CustomerAdded))
	assert.Equal(t, 1, h.audited(audit.ListImported))

	exported := admin.get("/api/v1/bulk/customers")
	assert.Equal(t, http.StatusOK, exported.status)
	assert.Equal(t, "text/csv; charset=utf-8", exported.header.Get("Content-Type"))
	assert.Equal(t, fmt.Sprintf(`attachment; filename="hourglass-customers-%s.csv"`, h.clock.now().UTC().Format(time.DateOnly)), exported.header.Get("Content-Disposition"))
	again := into[ImportReport](admin.importFile("customers", "true", exported.body), http.StatusOK)
	assert.Equal(t, ImportCount{Unchanged: 2}, again.Count)
}

func TestAFileWithProblemsIsRefusedWhole(t *testing.T) {
	h := newHouse(t)
	admin := h.admin()
	const file = "name,account_domain\nFabrikam,\nNorthwind,nowhere\n,\n\"Litware\"x,\n"
	dry := into[ImportReport](admin.importFile("customers", "true", file), http.StatusOK)
	assert.Equal(t, ImportCount{Create: 1, Problem: 2}, dry.Count)
	refused := admin.importFile("customers", "false", file).problem(importRefused)
	require.Len(t, refused.Errors, 2)
	assert.Equal(t, ProblemError{Line: 3, Field: "account_domain", Code: "invalid", Advice: refused.Errors[0].Advice}, refused.Errors[0])
	assert.Equal(t, 5, refused.Errors[1].Line)
	assert.Equal(t, 1, h.audited(audit.CustomerAdded))

	admin.importFile("profiles", "true", file).problem(invalidRequest)
	admin.send(http.MethodPost, "/api/v1/bulk/customers?dry_run=true", "application/json", []byte("{}")).problem(unsupportedMedia)
	admin.send(http.MethodPost, "/api/v1/bulk/customers?dry_run=true", "text/csv; charset=windows-1252", []byte(file)).problem(unsupportedMedia)
}

func TestFilesMayBeLongButNotTooLong(t *testing.T) {
	h := newHouse(t)
	admin := h.admin()
	long := "name\n" + strings.Repeat(strings.Repeat("x", 121)+"\n", 600)
	assert.Equal(t, ImportCount{Problem: 600}, into[ImportReport](admin.importFile("customers", "true", long), http.StatusOK).Count)

	for what, file := range map[string][]byte{
		"bytes": make([]byte, bulk.LongestFile+1), "lines": []byte("name\n" + strings.Repeat("x\n", bulk.MostLines+1)),
	} {
		for _, headers := range [][]string{nil, {unknownLength, "yes"}} {
			problem := admin.send(http.MethodPost, "/api/v1/bulk/customers?dry_run=true", "text/csv", file, headers...).problem(bodyTooLarge)
			assert.Contains(t, problem.Detail, "8 MiB and 20000 lines", what)
		}
	}
	// Nobody else may send so much.
	admin.send(http.MethodPost, "/api/v1/customers", "application/json", []byte(long)).problem(bodyTooLarge)
}

// The link of somebody new is in the answer to whoever added them, works, and is nowhere else.
func TestImportedPeopleEnrolByTheirLinks(t *testing.T) {
	h := newHouse(t)
	admin := h.admin()
	const file = "handle,name,roles,teams\nada,Ada Lovelace,technician,First level\n"
	assert.Empty(t, into[ImportReport](admin.importFile("people", "true", file), http.StatusOK).Lines[0].Link)
	made := into[ImportReport](admin.importFile("people", "false", file), http.StatusOK)
	link := made.Lines[0].Link
	require.NotEmpty(t, link.Url)
	assert.Equal(t, h.clock.now().Add(24*time.Hour).UTC(), link.ExpiresAt)
	_, token, _ := strings.Cut(link.Url, "/enrol#")
	assert.NotContains(t, h.log.String(), token)

	ada := h.anonymous()
	require.Equal(t, http.StatusNoContent, ada.enrol(token).status)
	assert.Equal(t, "Ada Lovelace", into[Me](ada.get("/api/v1/me"), http.StatusOK).Name)
	assert.Empty(t, into[ImportReport](admin.importFile("people", "false", file), http.StatusOK).Lines[0].Link, "nobody new")
}

func TestWhatAnImportTakesAwayEndsLiveGrants(t *testing.T) {
	h := newHouse(t)
	admin, ada := h.admin(), h.technician("ada")
	ada.request("k").grant()
	file := "person,profile,customer,remove\nada,Help desk,Contoso,yes\n"
	require.Equal(t, ImportCount{Remove: 1}, into[ImportReport](admin.importFile("entitlements", "false", file), http.StatusOK).Count)
	h.endsWith("entitlement removed")

	grace := h.signedIn("grace", access.Technician)
	team := h.addTeam("First level", grace.person.ID)
	into[Entitlement](admin.post("/api/v1/entitlements", map[string]any{"team_id": team, "profile_id": h.profile.ID}), http.StatusCreated)
	grace.request("k").grant()
	before := len(h.engine.calls())
	into[ImportReport](admin.importFile("people", "false", "handle,teams\ngrace,Second level\n"), http.StatusOK)
	eventually(t, func() bool { return len(h.engine.calls()) > before }, "who leaves a team loses its grants")
}
