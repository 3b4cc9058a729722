package api

import (
	"io"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/bearer"
	"hourglass/internal/passkey"
	"hourglass/internal/store"
)

// session is the one that the browser's cookie stands for.
func (b *browser) session() store.Session {
	b.h.t.Helper()
	address, err := url.Parse(origin)
	require.NoError(b.h.t, err)
	for _, cookie := range b.client.Jar.Cookies(address) {
		if cookie.Name == passkey.SessionCookieName {
			id, err := bearer.Hash(cookie.Value)
			require.NoError(b.h.t, err)
			session, err := b.h.store.Session(b.h.t.Context(), id)
			require.NoError(b.h.t, err)
			return session
		}
	}
	b.h.t.Fatal("nobody is signed in")
	return store.Session{}
}

// sendSlowly begins a request, lets meanwhile happen when the caller was admitted, and then sends the rest of the body.
func (b *browser) sendSlowly(path, contentType, begins, ends string, meanwhile func()) answer {
	b.h.t.Helper()
	b.h.clock.pass(time.Minute) // the store hears of a session's use once a minute
	body, sends := io.Pipe()
	r, err := http.NewRequestWithContext(b.h.t.Context(), http.MethodPost, origin+path, body)
	require.NoError(b.h.t, err)
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	var response *http.Response
	var asking sync.WaitGroup
	asking.Go(func() { response, err = b.client.Do(r) })

	_, _ = io.WriteString(sends, begins)
	eventually(b.h.t, func() bool { return b.session().LastSeenAt.Equal(b.h.clock.now()) }, "the caller is admitted")
	meanwhile()
	_, _ = io.WriteString(sends, ends)
	_ = sends.Close()
	asking.Wait()
	require.NoError(b.h.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(b.h.t, err)
	return answer{b.h.t, response.StatusCode, response.Header, string(text)}
}

// A request is admitted when it begins. Whoever lets its body wait is not to act by what was taken from them meanwhile.
func TestABodyThatComesLateFindsTheDoorShut(t *testing.T) {
	for name, c := range map[string]struct {
		meanwhile func(*house, store.Person) error
		want      *kind
	}{
		"signed out everywhere": {func(h *house, p store.Person) error {
			_, err := h.passkeys.SignOutEverywhere(h.t.Context(), p.ID)
			return err
		}, signInRequired},
		"suspended": {func(h *house, p store.Person) error {
			return h.store.SuspendPerson(h.t.Context(), p.ID, store.Actor{})
		}, signInRequired},
		"an admin no more": {func(h *house, p store.Person) error {
			to := store.PersonSettings{Name: p.Name, Roles: []access.MSPRole{access.Auditor}}
			return h.store.ChangePerson(h.t.Context(), p.ID, 0, to, store.Actor{})
		}, roleRequired},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.server.heartbeat = 0 // whatever is waited for is late
			g := h.technician("ada").request("key").grant()
			h.signedIn("another", access.Admin)
			slowly := func(who, path, contentType, begins, ends string) answer {
				admin := h.signedIn(who, access.Admin)
				return admin.sendSlowly(path, contentType, begins, ends, func() { require.NoError(t, c.meanwhile(h, admin.person)) })
			}
			slowly("first", "/api/v1/grants/"+g.Id.String()+"/revoke", "application/json", `{"comment": `, `"late"}`).problem(c.want)
			assert.Empty(t, h.engine.calls())
			slowly("second", "/api/v1/bulk/customers?dry_run=false", "text/csv", "name,account_domain\n", "Fabrikam,\n").problem(c.want)
			assert.Equal(t, 1, h.audited(audit.CustomerAdded), "the house's own")
		})
	}
}

func TestABodyThatComesLateFromSomebodyWhoMayIsTaken(t *testing.T) {
	h := newHouse(t)
	h.server.heartbeat = 0
	admin := h.signedIn("admin", access.Admin)
	got := admin.sendSlowly("/api/v1/bulk/customers?dry_run=false", "text/csv", "name,account_domain\n", "Fabrikam,\n", func() {})
	require.Equal(t, http.StatusOK, got.status, got.body)
	assert.Equal(t, 2, h.audited(audit.CustomerAdded))
}
