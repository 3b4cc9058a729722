package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// grantsOf lists everything that the store holds of grants.
func (h *house) allGrants() []store.Grant {
	h.t.Helper()
	page, _, err := h.store.Grants(h.t.Context(), store.GrantFilter{Limit: 100})
	require.NoError(h.t, err)
	return page
}

func TestBadRequestsSayWhatToDoAndChangeNothing(t *testing.T) {
	h := newHouse(t)
	ada := h.technician("ada")
	strict := h.addProfile("Strict", access.Profile{ReasonRequired: true, TicketRequired: true})
	h.entitle(ada.person.ID, strict.ID, h.customer.ID)
	foreign := h.addCustomer("Fabrikam")
	elsewhere := h.addProfile("Elsewhere", access.Profile{})
	h.entitle(ada.person.ID, elsewhere.ID, foreign.ID)

	nested := append(bytes.Repeat([]byte("["), 40), bytes.Repeat([]byte("]"), 40)...)
	with := func(changes map[string]any) any { return ada.wanted(changes) }
	text := func(s string) json.RawMessage { return json.RawMessage(s) }

	for _, c := range []struct {
		name    string
		body    any    // as JSON, or []byte as it is
		key     string // "" is a good one
		headers []string
		want    *kind
		code    string // of one of the errors
		field   string
	}{
		{name: "unknown customer", body: with(map[string]any{"customer_id": "00000000-0000-4000-8000-000000000001"}), want: notEntitled, code: "not_entitled"},
		{name: "unknown profile", body: with(map[string]any{"profile_id": "00000000-0000-4000-8000-000000000001"}), want: notEntitled, code: "not_entitled"},
		{name: "profile of another customer", body: with(map[string]any{"profile_id": elsewhere.ID}), want: notEntitled, code: "not_entitled"},
		{name: "lifetime above the profile's maximum", body: with(map[string]any{"lifetime_seconds": 4*3600 + 1}), want: requestRefused, code: "lifetime_out_of_bounds", field: "lifetime_seconds"},
		{name: "lifetime above every maximum", body: with(map[string]any{"lifetime_seconds": 86401}), want: invalidRequest, code: "maximum", field: "lifetime_seconds"},
		{name: "lifetime that overflows", body: with(map[string]any{"lifetime_seconds": text("99999999999999999999")}), want: invalidRequest, code: "maximum", field: "lifetime_seconds"},
		{name: "no lifetime at all", body: with(map[string]any{"lifetime_seconds": 0}), want: invalidRequest, code: "minimum", field: "lifetime_seconds"},
		{name: "half a second", body: with(map[string]any{"lifetime_seconds": 1.5}), want: invalidRequest, field: "lifetime_seconds"},
		{name: "lifetime as text", body: with(map[string]any{"lifetime_seconds": "3600"}), want: invalidRequest, code: "type", field: "lifetime_seconds"},
		{name: "null for a customer", body: with(map[string]any{"customer_id": nil}), want: invalidRequest, field: "customer_id"},
		{name: "not an id", body: with(map[string]any{"customer_id": "contoso' OR 1=1 --"}), want: invalidRequest, code: "pattern", field: "customer_id"},
		{name: "reason and ticket missing", body: with(map[string]any{"profile_id": strict.ID, "reason": ""}), want: requestRefused, code: "ticket_required", field: "ticket"},
		{name: "reason of two lines", body: with(map[string]any{"reason": "one\ntwo"}), want: invalidRequest, code: "invalid", field: "reason"},
		{name: "reason too long", body: with(map[string]any{"reason": strings.Repeat("a", 501)}), want: invalidRequest, code: "maxLength", field: "reason"},
		{name: "ticket with a space", body: with(map[string]any{"ticket": "T 1"}), want: invalidRequest, code: "invalid", field: "ticket"},
		{name: "unknown field", body: with(map[string]any{"person_id": ada.person.ID}), want: invalidRequest, code: "unknown_field"},
		{name: "field in other letters", body: with(map[string]any{"Lifetime_Seconds": 60}), want: invalidRequest, code: "unknown_field"},
		{name: "missing field", body: map[string]any{"customer_id": h.customer.ID}, want: invalidRequest, code: "required", field: "profile_id"},
		{name: "no object", body: []any{}, want: invalidRequest, code: "type"},
		{name: "empty body", body: []byte{}, want: malformedBody},
		{name: "malformed JSON", body: []byte(`{"customer_id":`), want: malformedBody},
		{name: "two values", body: []byte(`{}{}`), want: malformedBody},
		{name: "not UTF-8", body: []byte("{\"reason\":\"\xff\"}"), want: malformedBody},
		{name: "nested without end", body: nested, want: malformedBody},
		{name: "huge body", body: bytes.Repeat([]byte(" "), 64<<10+1), want: bodyTooLarge},
		{name: "huge body of unknown length", body: bytes.Repeat([]byte(" "), 64<<10+1), headers: []string{unknownLength, "1"}, want: bodyTooLarge},
		{name: "form", body: []byte("customer_id=1"), headers: []string{"Content-Type", "application/x-www-form-urlencoded"}, want: unsupportedMedia},
		{name: "plain text, as a form of another site can send", body: with(nil), headers: []string{"Content-Type", "text/plain"}, want: unsupportedMedia},
		{name: "another charset", body: with(nil), headers: []string{"Content-Type", "application/json; charset=utf-16"}, want: unsupportedMedia},
		{name: "key missing", body: with(nil), headers: []string{"Idempotency-Key", ""}, want: invalidRequest, field: "Idempotency-Key"},
		{name: "key too long", body: with(nil), key: strings.Repeat("k", 129), want: invalidRequest, code: "maxLength", field: "Idempotency-Key"},
		{name: "key with a space", body: with(nil), key: "a b", want: invalidRequest, code: "pattern", field: "Idempotency-Key"},
		{name: "from another site", body: with(nil), headers: []string{"Sec-Fetch-Site", "cross-site"}, want: crossOrigin},
		{name: "from a sibling", body: with(nil), headers: []string{"Sec-Fetch-Site", "same-site"}, want: crossOrigin},
		{name: "from another origin, old browser", body: with(nil), headers: []string{"Sec-Fetch-Site", "", "Origin", "https://evil.example"}, want: crossOrigin},
		{name: "headers without end", body: with(nil), headers: []string{"X-Padding", strings.Repeat("a", 17<<10)}, want: headersTooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			body, raw := c.body.([]byte)
			if !raw {
				var err error
				body, err = json.Marshal(c.body)
				require.NoError(t, err)
			}
			key := c.key
			if key == "" {
				key = "good-key"
			}
			got := ada.send(http.MethodPost, "/api/v1/grants", "application/json", body, append([]string{"Idempotency-Key", key}, c.headers...)...)
			problem := got.problem(c.want)
			if c.code != "" || c.field != "" {
				found := false
				for _, e := range problem.Errors {
					found = found || (c.code == "" || e.Code == c.code) && e.Field == c.field
				}
				assert.True(t, found, got.body)
			}
			assert.NotContains(t, got.body, "contoso' OR")
			assert.Empty(t, h.allGrants(), "nothing changed in the store")
			assert.Empty(t, h.engine.begun)
		})
	}
}

func TestOneLiveGrant(t *testing.T) {
	h := newHouse(t)
	ada := h.technician("ada")
	first := ada.request("one").grant()

	ada.request("two").problem(liveGrantExists)
	ada.post("/api/v1/grants", ada.wanted(map[string]any{"reason": "Another"}), "Idempotency-Key", "one").problem(keyReused)

	require.Len(t, h.allGrants(), 1)
	assert.Equal(t, first.Id, h.allGrants()[0].ID)
	assert.Equal(t, map[access.GrantID]int{first.Id: 1}, h.engine.begun)
}

func TestAnotherPersonsKeyNeverAnswersWithTheirGrant(t *testing.T) {
	h := newHouse(t)
	ada, grace := h.technician("ada"), h.technician("grace")
	of := ada.request("same").grant()
	assert.NotEqual(t, of.Id, grace.request("same").grant().Id)
}

func TestAForgedSessionIsNone(t *testing.T) {
	newHouse(t).anonymous().send(http.MethodGet, "/api/v1/me", "", nil, "Cookie", "__Host-hourglass=forged").problem(signInRequired)
}

func TestASessionEnds(t *testing.T) {
	h := newHouse(t)
	ada := h.technician("ada")
	h.clock.pass(29 * time.Minute)
	require.Equal(t, http.StatusOK, ada.get("/api/v1/me").status)
	h.clock.pass(31 * time.Minute)
	ada.request("late").problem(signInRequired)
	assert.Empty(t, h.allGrants())
}

func TestAddressesAndMethodsThatAreNotThere(t *testing.T) {
	h := newHouse(t)
	ada := h.technician("ada")
	ada.get("/api/v1/nothing").problem(notFound)
	ada.get("/api/v1/grants/").problem(notFound)
	ada.get("/api/v1/grants/../../etc/passwd").problem(notFound)
	ada.get("/api/v1/grants/not-an-id").problem(invalidRequest)
	ada.get("/api/v1/grants?limit=101").problem(invalidRequest)
	ada.get("/api/v1/grants?limit=0").problem(invalidRequest)
	ada.get("/api/v1/grants?state=lost").problem(invalidRequest)
	ada.get("/api/v1/grants?sate=active").problem(invalidRequest)
	ada.get("/api/v1/grants?before=nonsense").problem(invalidRequest)
	ada.get("/api/v1/grants?before=" + strings.Repeat("a", 2048)).problem(addressTooLong)
	got := ada.send(http.MethodDelete, "/api/v1/grants", "", nil)
	got.problem(methodNotAllowed)
	assert.Contains(t, got.header.Get("Allow"), http.MethodPost)
}
