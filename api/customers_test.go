package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

// admin is signed in, and their assertion is fresh.
func (h *house) admin() *browser {
	h.t.Helper()
	return h.signedIn("the-admin", access.Admin)
}

// put reads what it changes before.
func (b *browser) put(path string, body any) answer {
	b.h.t.Helper()
	var read struct{ Revision int64 }
	_ = json.Unmarshal([]byte(b.get(path).body), &read) // what cannot be read cannot be changed either
	return b.putAt(path, read.Revision, body)
}

// putAt changes what was read at a revision.
func (b *browser) putAt(path string, revision int64, body any) answer {
	b.h.t.Helper()
	text, err := json.Marshal(body)
	require.NoError(b.h.t, err)
	return b.send(http.MethodPut, path, "application/json", text, "If-Match", fmt.Sprintf("%q", strconv.FormatInt(revision, 10)))
}

func (b *browser) delete(path string) answer { return b.send(http.MethodDelete, path, "", nil) }

// into reads an answer of this status.
func into[T any](a answer, status int) (v T) {
	a.t.Helper()
	require.Equal(a.t, status, a.status, a.body)
	require.NoError(a.t, json.Unmarshal([]byte(a.body), &v))
	return v
}

// audited counts the records of an action.
func (h *house) audited(action audit.Action) (n int) {
	records, err := h.store.AuditRecords(h.t.Context(), 0, 10_000)
	require.NoError(h.t, err)
	for _, r := range records {
		if r.Action == action {
			n++
		}
	}
	return n
}

func TestACustomerIsAddedAndChanged(t *testing.T) {
	h := newHouse(t)
	admin := h.admin()
	made := into[Customer](admin.post("/api/v1/customers", map[string]any{"name": "Northwind"}), http.StatusCreated)
	assert.Equal(t, access.Unconnected, made.Connection)
	assert.EqualValues(t, 4*3600, made.DefaultLifetimeSeconds, "four hours unless somebody says otherwise")
	path := "/api/v1/customers/" + made.Id.String()
	assert.Equal(t, made, into[Customer](admin.get(path), http.StatusOK))

	settings := map[string]any{"name": "Northwind Traders", "account_domain": "Northwind.Example", "default_lifetime_seconds": 60, "maximum_lifetime_seconds": 120}
	changed := into[Customer](admin.put(path, settings), http.StatusOK)
	assert.Equal(t, "Northwind Traders", changed.Name)
	assert.Equal(t, "northwind.example", changed.AccountDomain)
	assert.EqualValues(t, 120, changed.MaximumLifetimeSeconds)
	assert.Equal(t, 1, h.audited(audit.CustomerChanged))

	page := into[CustomerPage](admin.get("/api/v1/customers?search=TRADERS&limit=1"), http.StatusOK)
	assert.Equal(t, []Customer{changed}, page.Customers)
	first := into[CustomerPage](admin.get("/api/v1/customers?limit=1"), http.StatusOK)
	second := into[CustomerPage](admin.get("/api/v1/customers?limit=1&after="+first.Next), http.StatusOK)
	assert.Equal(t, "Contoso", first.Customers[0].Name)
	assert.Equal(t, []Customer{changed}, second.Customers)
	assert.Empty(t, second.Next)
}

func TestSettingsThatACustomerCannotHave(t *testing.T) {
	h := newHouse(t)
	admin := h.admin()
	for what, change := range map[string]struct {
		field string
		value any
	}{
		"a name of two lines":       {"name", "one\ntwo"},
		"no domain while connected": {"account_domain", ""},
		"a path for a domain":       {"account_domain", "contoso.example/x"},
		"a default above the most":  {"default_lifetime_seconds", 61},
		"more than a day":           {"maximum_lifetime_seconds", 86401},
	} {
		settings := map[string]any{"name": "Contoso", "account_domain": "contoso.example", "default_lifetime_seconds": 60, "maximum_lifetime_seconds": 60}
		settings[change.field] = change.value
		problem := admin.put("/api/v1/customers/"+h.customer.ID.String(), settings).problem(invalidRequest)
		require.Len(t, problem.Errors, 1, what)
		assert.Equal(t, change.field, problem.Errors[0].Field, what)
	}
	admin.get("/api/v1/customers?search=%00").problem(invalidRequest)
	admin.get("/api/v1/customers?after=nonsense").problem(invalidRequest)
	assert.Zero(t, h.audited(audit.CustomerChanged))
}
