package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/store"
)

// fillable is a paired technician with an active grant.
func fillable(t *testing.T) (*house, *extension, Grant) {
	h := newHouse(t)
	ada := h.technician("ada")
	g := ada.request("key").grant()
	h.activate(g.Id)
	return h, paired(ada), g
}

// records are those of an action, newest last.
func (h *house) records(action audit.Action) (found []map[string]any) {
	h.t.Helper()
	records, err := h.store.AuditRecords(h.t.Context(), 0, 10_000)
	require.NoError(h.t, err)
	for _, r := range records {
		if r.Action == action {
			var details map[string]any
			require.NoError(h.t, json.Unmarshal(r.Details, &details))
			found = append(found, details)
		}
	}
	return found
}

func (a answer) grants() ExtensionGrants {
	a.t.Helper()
	require.Equal(a.t, http.StatusOK, a.status, a.body)
	var g ExtensionGrants
	require.NoError(a.t, json.Unmarshal([]byte(a.body), &g))
	return g
}

func TestAPairedBrowserFillsTheCredentialOfALiveGrant(t *testing.T) {
	h, ada, g := fillable(t)
	var me ExtensionMe
	require.NoError(t, json.Unmarshal([]byte(ada.ask(http.MethodGet, "/api/v1/extension/me", nil).body), &me))
	assert.Equal(t, "ada", me.Person.Name)
	assert.Equal(t, "Work laptop", me.Browser.Name)
	assert.Equal(t, origin, me.PortalAddress)
	assert.Contains(t, me.Destinations, access.ToExchange)

	live := ada.ask(http.MethodGet, "/api/v1/extension/grants", nil).grants().Grants
	require.Len(t, live, 1)
	assert.Equal(t, g.Id, live[0].Id)
	assert.Equal(t, "Contoso", live[0].Customer.Name)
	assert.Equal(t, h.customer.TenantID, live[0].TenantId)
	assert.Equal(t, "contoso.example", live[0].Domain)
	assert.Equal(t, h.clock.now().Add(50*time.Minute).UTC(), live[0].WarnAt)
	assert.True(t, live[0].Extendable)

	launch := ada.launched(g)
	assert.Equal(t, "https://entra.microsoft.com/"+h.customer.TenantID.String()+"?login_hint=ada%40contoso.example", launch.Address)
	assert.Equal(t, "ada@contoso.example", launch.UserName)
	for step, secret := range map[string]string{"pass": thePass, "password": thePassword} {
		ticket := launch.Ticket.Ticket
		if step == "password" {
			got := ada.ask(http.MethodPost, "/api/v1/extension/launches/"+launch.Id.String()+"/tickets", nil)
			require.Equal(t, http.StatusCreated, got.status, got.body)
			var further FillTicket
			require.NoError(t, json.Unmarshal([]byte(got.body), &further))
			ticket = further.Ticket
		}
		got := ada.fill(ticket, map[string]any{"step": step, "user_name": "Ada@Contoso.example"})
		require.Equal(t, http.StatusOK, got.status, got.body)
		assert.Equal(t, "no-store", got.header.Get("Cache-Control"))
		var filled Fill
		require.NoError(t, json.Unmarshal([]byte(got.body), &filled))
		assert.Equal(t, secret, filled.Secret)
		record := h.records(audit.CredentialFilled)
		last := record[len(record)-1]
		assert.Equal(t, "https://login.microsoftonline.com", last["origin"])
		assert.Equal(t, step, last["step"])
		assert.Equal(t, launch.Id.String(), last["launch"])
	}
	assert.NotContains(t, h.log.String(), thePass)
	assert.NotContains(t, h.log.String(), ada.access)

	report := map[string]any{"outcome": "stopped", "step": "error", "reason": "microsoft_error", "origin": "https://login.microsoftonline.com", "code": "50126"}
	require.Equal(t, http.StatusNoContent, ada.ask(http.MethodPost, "/api/v1/extension/launches/"+launch.Id.String()+"/reports", report).status)
	assert.Equal(t, "50126", h.records(audit.LaunchReported)[0]["code"])

	require.Equal(t, http.StatusOK, ada.ask(http.MethodPost, "/api/v1/extension/grants/"+g.Id.String()+"/end", nil).status)
	assert.Contains(t, h.engine.calls(), "return")
}

func TestAFloodFromAPairedBrowser(t *testing.T) {
	h := newHouse(t)
	ada, eve := paired(h.technician("ada")), paired(h.technician("eve"))
	list := func(x *extension) answer { return x.ask(http.MethodGet, "/api/v1/extension/grants", nil) }
	for range askedBurst {
		require.Equal(t, http.StatusOK, list(ada).status)
	}
	refused := list(ada)
	refused.problem(tooManyRequests)
	assert.Equal(t, "10", refused.header.Get("Retry-After"))
	assert.Equal(t, http.StatusOK, list(eve).status, "another browser is not held up")
	// What is refused costs nothing: not even its proof is kept, so that the same one counts once there is time for it.
	const path = "/api/v1/extension/grants"
	proof := ada.proof(http.MethodGet, path, ada.access).sign(t)
	ada.askWith(http.MethodGet, path, nil, ada.access, proof).problem(tooManyRequests)
	h.clock.pass(2 * askedEvery)
	assert.Equal(t, http.StatusOK, ada.askWith(http.MethodGet, path, nil, ada.access, proof).status)
}

// somebodyWaits says whether one request waits for changes.
func (h *house) somebodyWaits() bool {
	h.server.feed.mu.Lock()
	defer h.server.feed.mu.Unlock()
	return len(h.server.feed.listeners) == 1
}

// The extension is told of an end within moments, and for ten minutes.
func TestAWaitIsAnsweredByAChange(t *testing.T) {
	h, ada, g := fillable(t)
	known := ada.ask(http.MethodGet, "/api/v1/extension/grants", nil).grants().Sequence
	answered := make(chan answer, 1)
	go func() {
		answered <- ada.ask(http.MethodGet, fmt.Sprintf("/api/v1/extension/wait?since=%d", known), nil)
	}()
	eventually(t, h.somebodyWaits, "somebody waits")
	h.beginEnding(g.Id)
	news := (<-answered).grants()
	assert.Equal(t, access.Ending, news.Grants[0].State)
	assert.Greater(t, news.Sequence, known)

	h.end(g.Id)
	behind := ada.ask(http.MethodGet, fmt.Sprintf("/api/v1/extension/wait?since=%d", news.Sequence), nil).grants()
	assert.Equal(t, access.Ended, behind.Grants[0].State, "what changed meanwhile is told at once")
	h.clock.pass(endedShown)
	ada.take(ada.renew(ada.refresh))
	assert.Empty(t, ada.ask(http.MethodGet, "/api/v1/extension/grants", nil).grants().Grants)

	h.server.longestWait = time.Millisecond
	quiet := ada.ask(http.MethodGet, fmt.Sprintf("/api/v1/extension/wait?since=%d", behind.Sequence+100), nil)
	require.Equal(t, http.StatusOK, quiet.status, "a sequence from elsewhere is answered at once")
}

func TestAWaitEndsWithItsBrowser(t *testing.T) {
	h, ada, _ := fillable(t)
	known := ada.ask(http.MethodGet, "/api/v1/extension/grants", nil).grants().Sequence
	answered := make(chan answer, 1)
	go func() {
		answered <- ada.ask(http.MethodGet, fmt.Sprintf("/api/v1/extension/wait?since=%d", known), nil)
	}()
	eventually(t, h.somebodyWaits, "somebody waits")
	ada.removeOnly()
	(<-answered).problem(tokenRefused)
}

// A browser stops its extension whenever it likes: that is no error.
func TestAWaitThatIsGivenUpIsNoError(t *testing.T) {
	h, ada, _ := fillable(t)
	known := ada.ask(http.MethodGet, "/api/v1/extension/grants", nil).grants().Sequence
	path := fmt.Sprintf("/api/v1/extension/wait?since=%d", known)
	ctx, hangUp := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, origin+path, nil)
	require.NoError(t, err)
	r.Header.Set("Authorization", "DPoP "+ada.access)
	r.Header.Set("DPoP", ada.proof(http.MethodGet, path, ada.access).sign(t))
	given := make(chan error, 1)
	go func() {
		_, err := h.client.Do(r)
		given <- err
	}()
	eventually(t, h.somebodyWaits, "somebody waits")
	hangUp()
	require.ErrorIs(t, <-given, context.Canceled)
	eventually(t, func() bool { return strings.Contains(h.log.String(), `"route":"/api/v1/extension/wait"`) }, "the wait is over")
	assert.Contains(t, h.log.String(), `"status":499`)
	assert.NotContains(t, h.log.String(), `"level":"ERROR"`)
	assert.False(t, h.somebodyWaits())
}

// only is the one browser in the list of the person's.
func (b *browser) only() PairedBrowser {
	b.h.t.Helper()
	var list struct{ Browsers []PairedBrowser }
	require.NoError(b.h.t, json.Unmarshal([]byte(b.get("/api/v1/me/browsers").body), &list))
	require.Len(b.h.t, list.Browsers, 1)
	return list.Browsers[0]
}

func (b *browser) removeOnly() {
	b.h.t.Helper()
	id := b.only().Id
	require.Equal(b.h.t, http.StatusNoContent, b.confirm("assertion").status)
	require.Equal(b.h.t, http.StatusNoContent, b.send(http.MethodDelete, "/api/v1/me/browsers/"+id.String(), "", nil).status)
}

func TestNoAuditNoFill(t *testing.T) {
	h, ada, g := fillable(t)
	launch := ada.launched(g)
	h.gate.mu.Lock()
	h.gate.revealError = errors.New("disk full")
	h.gate.mu.Unlock()
	got := ada.fill(launch.Ticket.Ticket, nil)
	got.problem(internalError)
	assert.NotContains(t, got.body, thePass)
	assert.NotContains(t, h.engine.calls(), "credential", "the engine was never asked")
}

func TestARevokeBetweenTheTicketAndTheSecret(t *testing.T) {
	for name, c := range map[string]struct {
		meanwhile func(*house, access.GrantID)
		want      *kind
	}{
		"it begins to end": {(*house).beginEnding, stateConflict},
		"it is over": {func(h *house, id access.GrantID) {
			h.beginEnding(id)
			h.end(id)
		}, grantOver},
	} {
		t.Run(name, func(t *testing.T) {
			h, ada, g := fillable(t)
			launch := ada.launched(g)
			h.engine.meanwhile = func() { c.meanwhile(h, g.Id) }
			got := ada.fill(launch.Ticket.Ticket, nil)
			got.problem(c.want)
			assert.NotContains(t, got.body, thePass)
			assert.Len(t, h.records(audit.CredentialFilled), 1, "an attempt that may have revealed is in the log")
		})
	}
}

// right-tenant, and every other refusal of a fill. Each is in the audit log, and none asks for the credential.
func TestNothingIsFilledWhereItShouldNotBe(t *testing.T) {
	type scene struct {
		h      *house
		ada    *extension
		g      Grant
		ticket string
	}
	page := func(changes map[string]any) func(scene) answer {
		return func(s scene) answer { return s.ada.fill(s.ticket, changes) }
	}
	cases := map[string]struct {
		ask    func(scene) answer
		want   *kind
		reason store.FillRefusal // in a record of fill.refused; "" where the browser itself was refused
		cause  string
	}{
		"a look-alike origin":         {page(map[string]any{"origin": "https://login.microsoftonline.com.evil.example"}), fillRefused, store.OriginForeign, ""},
		"the origin with a port":      {page(map[string]any{"origin": "https://login.microsoftonline.com:8443"}), fillRefused, store.OriginForeign, ""},
		"the origin without TLS":      {page(map[string]any{"origin": "http://login.microsoftonline.com"}), fillRefused, store.OriginForeign, ""},
		"the origin with a slash":     {page(map[string]any{"origin": "https://login.microsoftonline.com/"}), fillRefused, store.OriginForeign, ""},
		"Microsoft's other origin":    {page(map[string]any{"origin": "https://login.live.com"}), fillRefused, store.OriginForeign, ""},
		"another account":             {page(map[string]any{"user_name": "grace@contoso.example"}), fillRefused, store.OtherAccount, ""},
		"an account of other letters": {page(map[string]any{"user_name": "аda@contoso.example"}), fillRefused, store.OtherAccount, ""},
		"a ticket a second time": {func(s scene) answer {
			require.Equal(s.h.t, http.StatusOK, s.ada.fill(s.ticket, nil).status)
			s.h.engine.forget()
			s.ada.fill(s.ticket, nil).problem(ticketRefused)
			return s.ada.fill(s.ticket, nil)
		}, ticketRefused, store.TicketReplayed, ""},
		"a ticket after a refusal": {func(s scene) answer {
			s.ada.fill(s.ticket, map[string]any{"user_name": "x"}).problem(fillRefused)
			return s.ada.fill(s.ticket, nil)
		}, ticketRefused, store.TicketReplayed, ""},
		"a ticket that is too old": {func(s scene) answer {
			s.h.clock.pass(ticketTTL - time.Second)
			s.ada.take(s.ada.renew(s.ada.refresh))
			s.h.clock.pass(time.Second)
			return s.ada.fill(s.ticket, nil)
		}, ticketRefused, store.TicketTooOld, ""},
		"a ticket of another browser": {func(s scene) answer {
			got := paired(s.ada.browser).fill(s.ticket, nil)
			require.Equal(s.h.t, http.StatusOK, s.ada.fill(s.ticket, nil).status, "nobody uses up another's ticket")
			s.h.engine.forget()
			return got
		}, ticketRefused, store.TicketForeign, ""},
		"a ticket of another person": {func(s scene) answer {
			return paired(s.h.technician("grace")).fill(s.ticket, nil)
		}, ticketRefused, store.TicketForeign, ""},
		"a made-up ticket":   {func(s scene) answer { return s.ada.fill(strings.Repeat("A", 43), nil) }, ticketRefused, "", "ticket_unknown"},
		"no ticket at all":   {func(s scene) answer { return s.ada.fill("", nil) }, ticketRefused, "", "ticket_unknown"},
		"a grant that ends":  {func(s scene) answer { s.h.beginEnding(s.g.Id); return s.ada.fill(s.ticket, nil) }, stateConflict, store.GrantNotActive, ""},
		"a grant that ended": {func(s scene) answer { s.h.beginEnding(s.g.Id); s.h.end(s.g.Id); return s.ada.fill(s.ticket, nil) }, stateConflict, store.GrantNotActive, ""},
		"a removed browser":  {func(s scene) answer { s.ada.removeOnly(); return s.ada.fill(s.ticket, nil) }, tokenRefused, "", "browser_removed"},
		"a suspended person": {func(s scene) answer {
			require.NoError(s.h.t, s.h.store.SuspendPerson(s.h.t.Context(), s.ada.person.ID, store.Actor{}))
			return s.ada.fill(s.ticket, nil)
		}, tokenRefused, "", "browser_removed"},
		"a person who is no technician any more": {func(s scene) answer {
			settings := store.PersonSettings{Name: s.ada.person.Name, Roles: []access.MSPRole{access.Auditor}}
			require.NoError(s.h.t, s.h.store.ChangePerson(s.h.t.Context(), s.ada.person.ID, 0, settings, store.Actor{}))
			return s.ada.fill(s.ticket, nil)
		}, roleRequired, "", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			h, ada, g := fillable(t)
			launch := ada.launched(g)
			got := c.ask(scene{h, ada, g, launch.Ticket.Ticket})
			got.problem(c.want)
			assert.NotContains(t, got.body, thePass)
			assert.NotContains(t, h.engine.calls(), "credential")
			if c.reason != "" {
				refused := h.records(audit.FillRefused)
				require.NotEmpty(t, refused)
				last := refused[len(refused)-1]
				assert.EqualValues(t, c.reason, last["reason"])
				assert.Equal(t, launch.Id.String(), last["launch"])
			}
			if c.cause != "" {
				refused := h.records(audit.BrowserRefused)
				require.NotEmpty(t, refused)
				assert.Equal(t, c.cause, refused[len(refused)-1]["cause"])
			}
		})
	}
}

func TestWhoMayLaunch(t *testing.T) {
	h, ada, g := fillable(t)
	path := "/api/v1/extension/grants/" + g.Id.String() + "/launches"
	entra := map[string]any{"destination": "entra"}
	grace := paired(h.technician("grace"))
	grace.ask(http.MethodPost, path, entra).problem(notFound)
	overseer := paired(h.signedIn("overseer", access.Technician, access.Admin))
	overseer.ask(http.MethodPost, path, entra).problem(notFound)
	assert.Empty(t, overseer.ask(http.MethodGet, "/api/v1/extension/grants", nil).grants().Grants, "the extension shows one's own")
	ada.ask(http.MethodPost, path, map[string]any{"destination": "https://evil.example"}).problem(invalidRequest)

	assert.Empty(t, h.records(audit.LaunchBegun))
}

// A paired browser alone opens nothing for long: whoever has it lacks the passkey.
func TestALaunchAsksThatThePasskeyWasUsedLately(t *testing.T) {
	h := newHouse(t)
	person := h.technician("ada")
	g := person.request("key").grant()
	ada := paired(person)
	h.clock.pass(12 * time.Hour)
	h.activate(g.Id) // an approver took their time
	ada.take(ada.renew(ada.refresh))
	path := "/api/v1/extension/grants/" + g.Id.String() + "/launches"
	ada.ask(http.MethodPost, path, map[string]any{"destination": "azure"}).problem(passkeyUnused)
	assert.Empty(t, h.records(audit.LaunchBegun))

	require.Equal(t, http.StatusNoContent, ada.confirm("sign-in").status)
	launchIn(ada.ask(http.MethodPost, path, map[string]any{"destination": "azure"}))
}

func TestALaunchHasBounds(t *testing.T) {
	h, ada, g := fillable(t)
	launch := ada.launched(g)
	tickets := "/api/v1/extension/launches/" + launch.Id.String() + "/tickets"
	for range 4 {
		require.Equal(t, http.StatusCreated, ada.ask(http.MethodPost, tickets, nil).status)
	}
	ada.ask(http.MethodPost, tickets, nil).problem(tooManyTickets)
	paired(ada.browser).ask(http.MethodPost, tickets, nil).problem(notFound)

	reports := "/api/v1/extension/launches/" + launch.Id.String() + "/reports"
	report := map[string]any{"outcome": "answered", "step": "username"}
	for i := range 60 {
		require.Equal(t, http.StatusNoContent, ada.ask(http.MethodPost, reports, report).status, i)
	}
	ada.ask(http.MethodPost, reports, report).problem(tooManyReports)
	for _, wrong := range []map[string]any{{"step": "anything"}, {"outcome": "won"}, {"reason": "free text"}, {"code": "AADSTS50126"}, {"origin": strings.Repeat("a", 301)}, {"remark": "x"}} {
		changed := maps.Clone(report)
		maps.Copy(changed, wrong)
		ada.ask(http.MethodPost, reports, changed).problem(invalidRequest)
	}

	forged := map[string]any{"outcome": "stopped", "step": "none", "reason": "forged_message", "origin": "https://evil.example\n"}
	for range 3 {
		require.Equal(t, http.StatusNoContent, ada.ask(http.MethodPost, "/api/v1/extension/reports", forged).status)
	}
	h.clock.pass(15 * time.Minute)
	ada.take(ada.renew(ada.refresh))
	require.Equal(t, http.StatusNoContent, ada.ask(http.MethodPost, "/api/v1/extension/reports", forged).status)
	var incidents int
	for _, r := range h.records(audit.LaunchReported) {
		if r["reason"] == "forged_message" {
			incidents++
			assert.Equal(t, "https://evil.example", r["origin"])
		}
	}
	assert.Equal(t, 2, incidents, "one for each quarter of an hour")
}
