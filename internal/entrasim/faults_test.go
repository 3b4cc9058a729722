package entrasim_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"hourglass/internal/entrasim"
)

func (w *world) fault(f entrasim.Fault) {
	_, err := w.AddFault(f)
	require.NoError(w.t, err)
}

func TestReadAfterWrite(t *testing.T) {
	w := newWorld(t)
	require.NoError(t, w.SetDelays(contoso, entrasim.Delays{ReadAfterWriteCount: 2}))
	id := w.create(contoso, "ada")
	w.expect(404, "Request_ResourceNotFound", contoso, "GET", "/users/"+id, nil)
	w.expect(404, "Request_ResourceNotFound", contoso, "POST", assignments, fields{"principalId": id, "roleDefinitionId": exchange, "directoryScopeId": "/"})
	w.expect(200, "", contoso, "GET", "/users/"+id, nil)

	require.NoError(t, w.SetDelays(contoso, entrasim.Delays{ReadAfterWrite: entrasim.Duration(5 * time.Second)}))
	id = w.create(contoso, "ben")
	require.Empty(t, w.expect(200, "", contoso, "GET", "/users?$filter=employeeId eq 'hg-ben'", nil).values())
	w.expect(400, "Request_BadRequest", contoso, "POST", "/users", newUser("ben", "contoso.onmicrosoft.com")) // unseen, yet there
	w.clock.Advance(5 * time.Second)
	w.expect(200, "", contoso, "GET", "/users/"+id, nil)
	require.NoError(t, w.HideObject(contoso, id, 0, 1))
	w.expect(404, "Request_ResourceNotFound", contoso, "PATCH", "/users/"+id, fields{"accountEnabled": true})
	w.expect(204, "", contoso, "PATCH", "/users/"+id, fields{"accountEnabled": true})
}

func TestFaults(t *testing.T) {
	w := newWorld(t)
	w.create(fabrikam, "ada")
	w.fault(entrasim.Fault{Kind: entrasim.Throttle, Tenant: contoso, Method: "GET", Path: "^/organization$", Count: 1, RetryAfter: entrasim.Duration(7 * time.Second)})
	w.expect(200, "", fabrikam, "GET", "/organization", nil)
	r := w.expect(429, "TooManyRequests", contoso, "GET", "/organization", nil)
	require.Equal(t, "7", r.header.Get("Retry-After"))
	w.expect(200, "", contoso, "GET", "/organization", nil)

	w.fault(entrasim.Fault{Kind: entrasim.Throttle, Count: 1})
	require.Empty(t, w.expect(429, "TooManyRequests", contoso, "GET", "/organization", nil).header.Get("Retry-After"))
	w.fault(entrasim.Fault{Kind: entrasim.Refuse, Status: 403, Code: "Authorization_RequestDenied", Message: "no", Skip: 1, Count: 2})
	for _, status := range []int{200, 403, 403, 200} {
		require.Equal(t, status, w.graph(contoso, "GET", "/organization", nil).status)
	}
	w.fault(entrasim.Fault{Kind: entrasim.Refuse, Path: "/users"})
	for range 3 {
		w.expect(503, "ServiceUnavailable", contoso, "POST", "/users", newUser("ada", "contoso.onmicrosoft.com"))
	}
	require.Len(t, w.Faults(), 1)
	w.ClearFaults()

	for _, c := range []struct {
		kind    entrasim.FaultKind
		name    string
		written bool
	}{{entrasim.DropBefore, "ben", false}, {entrasim.DropAfter, "cleo", true}} {
		w.fault(entrasim.Fault{Kind: c.kind, Method: "POST", Path: "^/users$", Count: 1})
		_, err := w.send(w.request(contoso, "POST", "/users", newUser(c.name, "contoso.onmicrosoft.com")))
		require.Error(t, err, c.kind)
		_, exists := w.User(contoso, "hg-"+c.name)
		require.Equal(t, c.written, exists, c.kind)
	}
	_, err := w.AddFault(entrasim.Fault{Kind: "unheard of"})
	require.Error(t, err)
	_, err = w.AddFault(entrasim.Fault{Kind: entrasim.Refuse, Path: "("})
	require.Error(t, err)

	w.fault(entrasim.Fault{Kind: entrasim.Refuse, Host: "login", Path: "token$", Count: 1})
	require.Equal(t, 503, w.requestToken(contoso, nil).status)
	require.Equal(t, 200, w.requestToken(contoso, nil).status)
}

func TestThrottling(t *testing.T) {
	w := newWorld(t)
	readsLogs(t, w)
	methods := "/users/" + w.create(contoso, "ada") + "/authentication/methods"
	w.SetThrottling(true)
	for range 5 {
		w.expect(200, "", contoso, "GET", methods, nil)
	}
	r := w.expect(429, "TooManyRequests", contoso, "GET", methods, nil)
	require.Equal(t, "10", r.header.Get("Retry-After"))
	w.expect(200, "", contoso, "GET", "/users", nil)
	w.expect(200, "", fabrikam, "GET", "/auditLogs/directoryAudits", nil)
	w.clock.Advance(10 * time.Second)
	w.expect(200, "", contoso, "GET", methods, nil)
}

// TestLatencyHoldsNoLock: answers that wait must not wait for each other.
func TestLatencyHoldsNoLock(t *testing.T) {
	w := newWorld(t)
	w.token(contoso)
	const latency, calls = 100 * time.Millisecond, 20
	w.SetLatency(latency)
	w.ResetStats()
	began := time.Now()
	var wg sync.WaitGroup
	for range calls {
		req := w.request(contoso, "GET", "/organization", nil)
		wg.Go(func() {
			res, err := w.client.Do(req)
			if err == nil {
				err = res.Body.Close()
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	require.Less(t, time.Since(began), calls*latency/2)
	stats := w.Stats()
	require.Equal(t, calls, stats.Calls)
	require.Equal(t, calls, stats.PerRoute["GET /organization"])
	require.GreaterOrEqual(t, stats.AnswerTime, calls*latency)
}

func TestRequestsAreRecordedWithoutSecrets(t *testing.T) {
	w := newWorld(t)
	w.create(contoso, "ada")
	recorded := w.Writes(contoso)
	require.Len(t, recorded, 1)
	require.Equal(t, "/users", recorded[0].Template)
	require.Equal(t, 201, recorded[0].Status)
	require.NotContains(t, fmt.Sprint(w.Requests("")), "Correct-Horse-7")
}

// readsLogs gives the app what the product does not ask for.
func readsLogs(t *testing.T, w *world) {
	t.Helper()
	for _, tenant := range []string{contoso, fabrikam} {
		require.NoError(t, w.Consent(tenant, entrasim.SampleClientID, append([]string{"AuditLog.Read.All"}, entrasim.SamplePermissions...)...))
	}
}

func TestAuditLog(t *testing.T) {
	w := newWorld(t)
	readsLogs(t, w)
	require.NoError(t, w.SetDelays(contoso, entrasim.Delays{AuditLog: entrasim.Duration(time.Minute)}))
	ada := w.create(contoso, "ada")
	id := w.assign(contoso, ada, exchange)
	w.expect(204, "", contoso, "PATCH", "/users/"+ada, fields{"displayName": "Ada L"})
	w.expect(204, "", contoso, "DELETE", assignments+"/"+id, nil)
	w.expect(201, "", contoso, "POST", "/users/"+ada+"/authentication/temporaryAccessPassMethods", fields{})
	w.expect(200, "", contoso, "POST", "/users/"+ada+"/revokeSignInSessions", nil)
	require.NoError(t, w.AssignRole(contoso, ada, "Global Reader"))
	var done []string
	for _, row := range w.Audits(contoso) {
		if slices.Contains(row.Targets, ada) {
			done = append(done, row.Activity)
		}
	}
	require.Equal(t, []string{"Add user", "Add member to role", "Update user", "Remove member from role",
		"Admin registered security info", "Update StsRefreshTokenValidFrom Timestamp", "Add member to role"}, done)

	about := "/auditLogs/directoryAudits?$filter=targetResources/any(t: t/id eq '" + ada + "') and activityDateTime ge " + w.clock.Now().Format(time.RFC3339)
	require.Empty(t, w.expect(200, "", contoso, "GET", about, nil).values(), "the log lags")
	w.clock.Advance(time.Minute)
	rows := w.expect(200, "", contoso, "GET", about, nil).values()
	require.Len(t, rows, 7, "one row for every write")
	apps := 0
	for _, row := range rows {
		if app, ok := row["initiatedBy"].(fields)["app"].(fields); ok {
			require.Equal(t, entrasim.SampleClientID, app["appId"])
			apps++
		}
	}
	require.Equal(t, 6, apps, "the seventh was done by hand")
	for _, filter := range []string{"category eq 'RoleManagement'", "activityDisplayName eq 'Add user'", "initiatedBy/user/id eq 'x' or loggedByService eq 'Core Directory'",
		"initiatedBy/user/userPrincipalName eq 'admin-by-hand'", "correlationId eq 'x'"} {
		w.expect(200, "", contoso, "GET", "/auditLogs/directoryAudits?$filter="+filter, nil)
	}
	w.expect(400, "Request_UnsupportedQuery", contoso, "GET", "/auditLogs/directoryAudits?$filter=resultReason eq 'x'", nil)
	w.clock.Advance(8 * 24 * time.Hour)
	w.fresh()
	require.Empty(t, w.expect(200, "", contoso, "GET", "/auditLogs/directoryAudits", nil).values(), "Free keeps seven days")
}

func TestAuditNamesWhatAPatchDid(t *testing.T) {
	w := newWorld(t)
	ada := w.create(contoso, "ada")
	for _, c := range []struct {
		body     fields
		activity string
	}{
		{fields{"accountEnabled": true}, "Enable account"}, {fields{"accountEnabled": true}, "Update user"}, {fields{"accountEnabled": false}, "Disable account"},
		{fields{"passwordProfile": fields{"password": "Correct-Horse-8"}}, "Reset user password"},
	} {
		w.expect(204, "", contoso, "PATCH", "/users/"+ada, c.body)
		rows := w.Audits(contoso)
		require.Equal(t, c.activity, rows[len(rows)-1].Activity)
	}
}

func TestSignInLog(t *testing.T) {
	w := newWorld(t)
	readsLogs(t, w)
	w.expect(403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant", contoso, "GET", "/auditLogs/signIns", nil)
	require.NoError(t, w.SetLicence(contoso, entrasim.P1))
	w.expect(200, "", contoso, "GET", "/auditLogs/signIns", nil)

	admin, _ := w.User(fabrikam, "admin@fabrikam.onmicrosoft.com")
	_, err := w.TrySignIn(fabrikam, admin.UPN, entrasim.SampleAdminPassword)
	require.NoError(t, err)
	_, err = w.TrySignIn(fabrikam, admin.UPN, "guess")
	require.Error(t, err)
	rows := w.expect(200, "", fabrikam, "GET", "/auditLogs/signIns?$filter=userId eq '"+admin.ID+"' and createdDateTime ge "+w.clock.Now().Add(-time.Hour).Format(time.RFC3339), nil).values()
	require.Len(t, rows, 2)
	require.Equal(t, 50126.0, rows[0]["status"].(fields)["errorCode"])
	require.Equal(t, 0.0, rows[1]["status"].(fields)["errorCode"])
}

func TestManyTenants(t *testing.T) {
	w := newWorld(t)
	samples := len(w.Tenants())
	for i := range 500 {
		domain := fmt.Sprintf("tenant%03d.onmicrosoft.com", i)
		require.NoError(t, w.AddTenant(entrasim.TenantSpec{Name: domain, DefaultDomain: domain}))
		require.NoError(t, w.Connect(domain, entrasim.SampleClientID))
	}
	require.Len(t, w.Tenants(), samples+500)
	w.expect(200, "", "tenant499.onmicrosoft.com", "GET", "/organization", nil)
}
