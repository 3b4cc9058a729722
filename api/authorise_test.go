package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
)

// body and headers that the document accepts, for the operations that need them.
var acceptable = map[string]map[string]any{
	"approveGrant": {}, "denyGrant": {}, "revokeGrant": {},
	"extendGrant":     {"expires_at": "2030-01-01T00:00:00Z"},
	"changeApprovers": {"people": []string{}, "teams": []string{}},
	"createProfile":   profileRules,
	"decodePayloads":  {"payloads": []any{}},
	"createTeam":      {"name": "Team", "members": []string{}},
	"changeTeam":      {"name": "Night shift", "members": []string{}},
	"renameMyPasskey": {"name": "Blue key"},
	"changePerson":    {"name": "Ada", "roles": []string{"technician"}},
	"changeProfile":   profileRules,
	"abandonAccounts": {"accounts": []string{}},
	"scheduleDrills":  {"every": "weekly"},
	"createCustomer":  {"name": "Northwind"},
	"connectWithOwnApp": {
		"client_id": "6f1d7c1e-5a4b-4d0e-9c57-00000000000a", "client_secret": "the-secret-of-an-app", "secret_expires_on": "2126-01-01",
	},
	"changePreflight": {"may_take_user_administrator": true},
	"changeCustomer":  {"name": "Northwind", "account_domain": "northwind.example", "default_lifetime_seconds": 60, "maximum_lifetime_seconds": 60},
}

// onForeign is the table of the design ("Trust"), written a second time: what each role gets on a grant of
// somebody else. A route of the document that is missing here fails the test.
var onForeign = map[string]map[string]int{
	//                    none             technician       approver         admin            auditor
	"getGrant":          row(403, 404, 200, 200, 200),
	"streamGrant":       row(403, 404, 200, 200, 200),
	"returnGrant":       row(403, 404, 403, 403, 403),
	"extendGrant":       row(403, 404, 403, 403, 403),
	"reissueCredential": row(403, 404, 403, 403, 403),
	"revealCredential":  row(403, 404, 403, 403, 403),
	"revokeGrant":       row(403, 403, 403, 200, 403),
	"approveGrant":      row(403, 403, 200, 403, 403),
	"denyGrant":         row(403, 403, 200, 403, 403),

	// Routes without a grant.
	"getMe":        row(200, 200, 200, 200, 200),
	"getAccess":    row(403, 200, 403, 403, 403),
	"listGrants":   row(403, 200, 200, 200, 200),
	"streamGrants": row(403, 200, 200, 200, 200),
	"createGrant":  row(403, 400, 403, 403, 403), // an empty body: whoever may, gets as far as validation

	"beginAssertion":    row(200, 200, 200, 200, 200),
	"finishAssertion":   row(400, 400, 400, 400, 400),
	"signOut":           row(204, 204, 204, 204, 204),
	"signOutEverywhere": row(204, 204, 204, 204, 204),

	// People.
	"listPeople":         row(403, 403, 200, 200, 200),
	"getPerson":          row(403, 403, 200, 200, 200),
	"listPasskeys":       row(403, 403, 200, 200, 200),
	"invitePerson":       row(403, 403, 403, 400, 403), // an empty body
	"changePerson":       row(403, 403, 403, 200, 403),
	"suspendPerson":      row(403, 403, 403, 200, 403),
	"resumePerson":       row(403, 403, 403, 200, 403),
	"issueEnrolmentLink": row(403, 403, 403, 201, 403),
	"removePasskey":      row(403, 403, 403, 404, 403), // a passkey of somebody else
	"listMyPasskeys":     row(200, 200, 200, 200, 200),
	"removeMyPasskey":    row(404, 404, 404, 404, 404), // the same
	"renameMyPasskey":    row(404, 404, 404, 404, 404),
	"beginPasskey":       row(200, 200, 200, 200, 200),
	"finishPasskey":      row(400, 400, 400, 400, 400), // an empty body

	// Paired browsers.
	"checkPairing":    row(403, 400, 403, 403, 403), // no address
	"pairBrowser":     row(403, 400, 403, 403, 403), // an empty body
	"issueTokens":     row(415, 415, 415, 415, 415), // JSON
	"listMyBrowsers":  row(200, 200, 200, 200, 200),
	"removeMyBrowser": row(404, 404, 404, 404, 404), // a browser of nobody's
	"listBrowsers":    row(403, 403, 200, 200, 200),
	"removeBrowser":   row(403, 403, 403, 404, 403),
	// What is for the extension is for no session, whatever the roles.
	"extensionMe":     row(401, 401, 401, 401, 401),
	"extensionGrants": row(401, 401, 401, 401, 401),
	"extensionWait":   row(401, 401, 401, 401, 401),
	"extensionAccess": row(401, 401, 401, 401, 401),
	"extensionEnd":    row(401, 401, 401, 401, 401),
	"launch":          row(401, 401, 401, 401, 401),
	"issueFillTicket": row(401, 401, 401, 401, 401),
	"reportLaunch":    row(401, 401, 401, 401, 401),
	"reportIncident":  row(401, 401, 401, 401, 401),
	"fill":            row(401, 401, 401, 401, 401),

	// Teams.
	"listTeams":  row(403, 403, 200, 200, 200),
	"getTeam":    row(403, 403, 200, 200, 200),
	"createTeam": row(403, 403, 403, 201, 403),
	"changeTeam": row(403, 403, 403, 200, 403),
	"removeTeam": row(403, 403, 403, 204, 403),

	// Entitlements.
	"listEntitlements":  row(403, 403, 200, 200, 200),
	"getEntitlement":    row(403, 403, 200, 200, 200),
	"getPersonAccess":   row(403, 403, 200, 200, 200),
	"getCustomerAccess": row(403, 403, 200, 200, 200),
	"createEntitlement": row(403, 403, 403, 400, 403), // an empty body
	"removeEntitlement": row(403, 403, 403, 204, 403),

	// Profiles.
	"listDirectoryRoles":   row(403, 403, 200, 200, 200),
	"getTenantRoles":       row(403, 403, 200, 200, 200),
	"refreshTenantRoles":   row(403, 403, 403, 202, 403),
	"listProfileTemplates": row(403, 403, 200, 200, 200),
	"listProfiles":         row(403, 403, 200, 200, 200),
	"getProfile":           row(403, 403, 200, 200, 200),
	"createProfile":        row(403, 403, 403, 201, 403),
	"changeProfile":        row(403, 403, 403, 200, 403),
	"retireProfile":        row(403, 403, 403, 200, 403),

	// Customers.
	"listCustomers":   row(403, 403, 200, 200, 200),
	"getCustomer":     row(403, 403, 200, 200, 200),
	"createCustomer":  row(403, 403, 403, 201, 403),
	"changeCustomer":  row(403, 403, 403, 200, 403),
	"getApprovers":    row(403, 403, 200, 200, 200),
	"changeApprovers": row(403, 403, 403, 200, 403),

	"previewAccountNames": row(403, 403, 403, 200, 403),

	"getPreflight":       row(403, 403, 403, 200, 200),
	"runPreflight":       row(403, 403, 403, 202, 403),
	"changePreflight":    row(403, 403, 403, 200, 403),
	"removeCustomer":     row(403, 403, 403, 202, 403),
	"disconnectCustomer": row(403, 403, 403, 202, 403),
	"abandonAccounts":    row(403, 403, 403, 404, 403), // it does not leave
	"getLeaving":         row(403, 403, 403, 404, 404), // the same
	"beginDrill":         row(403, 403, 403, 409, 403), // nobody is entitled to anything there
	"scheduleDrills":     row(403, 403, 403, 200, 403),
	"listDrills":         row(403, 403, 403, 200, 200),
	"getConnection":      row(403, 403, 403, 200, 200),
	"beginConnection":    row(403, 403, 403, 201, 403),
	"connectionCallback": row(403, 403, 403, 400, 403), // an empty body
	"connectWithOwnApp":  row(403, 403, 403, 202, 403),

	// Whole lists.
	"exportBulk":  row(403, 403, 200, 200, 200),
	"importBulk":  row(403, 403, 403, 415, 403), // JSON
	"listAudit":   row(403, 403, 403, 200, 200),
	"exportAudit": row(403, 403, 403, 200, 200),

	"decodePayloads": row(403, 403, 403, 200, 200),

	// Routes that need no session.
	"beginEnrolment":  row(400, 400, 400, 400, 400),
	"finishEnrolment": row(400, 400, 400, 400, 400),
	"beginSignIn":     row(200, 200, 200, 200, 200),
	"finishSignIn":    row(400, 400, 400, 400, 400),
	"health":          row(200, 200, 200, 200, 200),
	"readiness":       row(200, 200, 200, 200, 200),
	"explainProblem":  row(404, 404, 404, 404, 404), // "{name}" is none
}

// asksForAssertion are the operations that only a fresh assertion opens.
var asksForAssertion = map[string]bool{
	"beginConnection": true, "connectWithOwnApp": true, "createCustomer": true, "changeCustomer": true, "changeApprovers": true, "changePreflight": true,
	"removeCustomer": true, "disconnectCustomer": true, "abandonAccounts": true,
	"beginDrill": true, "scheduleDrills": true,
	"invitePerson": true, "changePerson": true, "suspendPerson": true, "resumePerson": true,
	"issueEnrolmentLink": true, "removePasskey": true, "removeMyPasskey": true, "renameMyPasskey": true, "beginPasskey": true,
	"pairBrowser": true, "removeMyBrowser": true, "removeBrowser": true,
	"createTeam": true, "changeTeam": true, "removeTeam": true,
	"createEntitlement": true, "removeEntitlement": true,
	"createProfile": true, "changeProfile": true, "retireProfile": true,
	"importBulk": true,
}

var columns = []string{"none", "technician", "approver", "admin", "auditor"}

func row(statuses ...int) map[string]int {
	r := map[string]int{}
	for i, column := range columns {
		r[column] = statuses[i]
	}
	return r
}

func documented(t *testing.T) map[string][2]string {
	t.Helper()
	spec, err := openapi3.NewLoader().LoadFromData(document)
	require.NoError(t, err)
	found := map[string][2]string{}
	for path, item := range spec.Paths.Map() {
		for method, op := range item.Operations() {
			found[op.OperationID] = [2]string{method, path}
		}
	}
	return found
}

func TestEveryRouteByEveryRoleOnAForeignGrant(t *testing.T) {
	h := newHouse(t)
	approval := h.addProfile("Approved", access.Profile{ApprovalRequired: true})
	owner := h.technician("owner")
	h.entitle(owner.person.ID, approval.ID, h.customer.ID)
	foreign := owner.post("/api/v1/grants", owner.wanted(map[string]any{"profile_id": approval.ID}), "Idempotency-Key", "k").grant()
	require.NoError(t, h.store.AwaitApproval(t.Context(), foreign.Id))

	people := map[string]*browser{}
	for _, column := range columns {
		var held []access.MSPRole
		if column != "none" {
			held = append(held, access.MSPRole(column))
		}
		people[column] = h.signedIn(column, held...)
	}

	before, err := h.store.Grant(t.Context(), foreign.Id)
	require.NoError(t, err)
	keys, err := h.store.Passkeys(t.Context(), owner.person.ID)
	require.NoError(t, err)
	ownersKey := fmt.Sprintf("%x", keys[0].Hash())

	// An object of the MSP's own for each request, as some requests change or remove it.
	made := map[string]func() string{
		"/api/v1/people/": func() string { return h.addPerson("spare-" + newID(h.server.random)[:8]).ID.String() },
		"/api/v1/teams/":  func() string { return h.addTeam("Spare").String() },
		"/api/v1/entitlements/": func() string {
			return h.entitle(h.addPerson("spare-"+newID(h.server.random)[:8]).ID, h.profile.ID, h.customer.ID).String()
		},
		"/api/v1/profiles/":  func() string { return h.addProfile("Spare", access.Profile{}).ID.String() },
		"/api/v1/customers/": func() string { return h.addCustomer("Fabrikam").ID.String() },
	}

	routes := documented(t)
	// The operations that end a session come last.
	order := slices.SortedFunc(func(yield func(string) bool) {
		for id := range routes {
			if !yield(id) {
				return
			}
		}
	}, func(a, b string) int { return strings.Compare(lastly(a), lastly(b)) })

	for _, id := range order {
		h.clock.pass(attemptBurst * attemptEvery / 2) // so that nobody is slowed down
		for _, column := range columns {
			want, known := onForeign[id][column]
			require.True(t, known, "nothing says what %s gets from %s", column, id)
			b := people[column]
			if asksForAssertion[id] && want != http.StatusForbidden {
				require.Equal(t, http.StatusNoContent, b.confirm("assertion").status)
			}
			object := foreign.Id.String()
			for prefix, fresh := range made {
				if strings.HasPrefix(routes[id][1], prefix) {
					object = fresh()
				}
			}
			route := strings.NewReplacer("{passkey_id}", ownersKey, "{browser_id}", "00000000-0000-4000-8000-000000000000", "{list}", "customers").Replace(routes[id][1])
			method, path := routes[id][0], strings.Replace(route, "{id}", object, 1)
			got := b.status(method, path, acceptable[id])
			assert.Equal(t, want, got, "%s by %s", id, column)

			if strings.Contains(routes[id][1], "{id}") {
				missing := strings.Replace(route, "{id}", "00000000-0000-4000-8000-000000000000", 1)
				wantMissing := 404
				if want == 401 || want == 403 && !rules[id].admits(b.person.Roles) {
					wantMissing = want // nothing is looked up
				}
				assert.Equal(t, wantMissing, b.status(method, missing, acceptable[id]), "%s by %s on a missing object", id, column)
			}
			if id == "signOut" {
				require.Equal(t, http.StatusNoContent, b.confirm("sign-in").status)
			}
		}
	}
	for _, asked := range h.engine.calls() {
		assert.Contains(t, []string{"revoke ", "approve ", "deny ", "leave"}, asked)
	}
	kept, err := h.store.Passkeys(t.Context(), owner.person.ID)
	require.NoError(t, err)
	assert.Equal(t, keys, kept)
	after, err := h.store.Grant(t.Context(), foreign.Id)
	require.NoError(t, err)
	assert.Equal(t, before, after)
}

// lastly sorts what ends sessions to the end.
func lastly(operation string) string {
	if strings.HasPrefix(operation, "signOut") {
		return "~" + operation
	}
	return operation
}

// status sends a request and hangs up after the head of the answer: some answers never end.
func (b *browser) status(method, path string, body map[string]any) int {
	b.h.t.Helper()
	ctx, hangUp := context.WithCancel(b.h.t.Context())
	defer hangUp()
	content := []byte("{}")
	if body != nil {
		var err error
		content, err = json.Marshal(body)
		require.NoError(b.h.t, err)
	}
	r, err := http.NewRequestWithContext(ctx, method, origin+path, bytes.NewReader(content))
	require.NoError(b.h.t, err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", method+path)
	r.Header.Set("If-Match", `"1"`)
	response, err := b.client.Do(r)
	require.NoError(b.h.t, err)
	defer response.Body.Close()
	return response.StatusCode
}

func TestAdminChangesAskForAFreshAssertion(t *testing.T) {
	h := newHouse(t)
	admin := h.signedIn("admin", access.Admin, access.Technician)
	h.clock.pass(2 * time.Minute)
	routes := documented(t)
	for id, rule := range rules {
		assert.True(t, !rule.fresh || asksForAssertion[id], id)
		if rule.fresh {
			path := strings.ReplaceAll(routes[id][1], "{id}", h.customer.ID.String())
			admin.send(routes[id][0], path, "application/json", []byte("{}")).problem(assertionNeeded)
		}
	}
}

func TestNoRouteOutsideTheDocumentButThePages(t *testing.T) {
	h := newHouse(t)
	handler, err := h.server.handler(nil)
	require.NoError(t, err)
	for _, route := range handler.(*gin.Engine).Routes() {
		_, documented := h.server.operations[route.Method+" "+route.Path]
		isPage := slices.Contains(portalRoutes, route.Path)
		isAsset := strings.HasPrefix(route.Path, "/assets/") || route.Path == "/icon.svg"
		assert.True(t, documented || route.Method == http.MethodGet && (isPage || isAsset), "%s %s", route.Method, route.Path)
	}
}

func TestAnOperationWithoutARuleDoesNotStart(t *testing.T) {
	_, err := readDocument([]byte(strings.Replace(string(document), "operationId: getMe", "operationId: getSecrets", 1)))
	require.ErrorIs(t, err, access.ErrInvalid)
	require.False(t, rule{}.admits([]access.MSPRole{access.Admin, access.Technician}), "the zero rule admits nobody")
}

func TestNobodyDecidesOnTheirOwnRequest(t *testing.T) {
	h := newHouse(t)
	both := h.signedIn("both", access.Technician, access.Approver)
	h.entitle(both.person.ID, h.profile.ID, h.customer.ID)
	own := both.request("k").grant()
	for _, verb := range []string{"approve", "deny"} {
		both.post("/api/v1/grants/"+own.Id.String()+"/"+verb, map[string]any{}).problem(ownRequest)
	}
	assert.Empty(t, h.engine.calls())
}

func TestEverySignedInRouteAsksForASession(t *testing.T) {
	h := newHouse(t)
	for id, route := range documented(t) {
		if rules[id].open {
			continue
		}
		path := strings.Replace(route[1], "{id}", "00000000-0000-4000-8000-000000000000", 1)
		want := signInRequired
		if rules[id].paired {
			want = tokenRefused
		}
		h.anonymous().send(route[0], path, "", nil).problem(want)
	}
}

func TestAnAccessTokenOpensTheExtensionsRoutesAlone(t *testing.T) {
	h, ada, _ := fillable(t)
	for id, route := range documented(t) {
		if rules[id].open {
			continue
		}
		missing := "00000000-0000-4000-8000-000000000000"
		path := strings.NewReplacer("{id}", missing, "{launch_id}", missing).Replace(route[1])
		got := h.anonymous().send(route[0], path, "", nil,
			"Authorization", "DPoP "+ada.access, "DPoP", ada.proof(route[0], path, ada.access).sign(t))
		if rules[id].paired {
			assert.NotEqual(t, http.StatusUnauthorized, got.status, id)
		} else {
			got.problem(signInRequired)
		}
	}
	assert.Empty(t, h.engine.calls())
}
