package passkey_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/passkey"
)

func TestCookiesAreForThisHostAlone(t *testing.T) {
	h := newHouse(t)
	_, in := h.enrol(h.ada)
	for _, c := range []*http.Cookie{
		passkey.SessionCookie(in), passkey.CeremonyCookie(access.NewSecret("value")), passkey.NoSessionCookie(), passkey.NoCeremonyCookie(),
	} {
		require.NoError(t, c.Valid())
		assert.True(t, strings.HasPrefix(c.Name, "__Host-"), c.Name)
		assert.True(t, c.Secure)
		assert.True(t, c.HttpOnly)
		assert.Equal(t, http.SameSiteStrictMode, c.SameSite)
		assert.Equal(t, "/", c.Path)
		assert.Empty(t, c.Domain)
	}
	assert.Equal(t, "__Host-hourglass", passkey.SessionCookie(in).Name)
	assert.Zero(t, passkey.SessionCookie(in).MaxAge, "ends with the browser; the server decides sooner")
	assert.Equal(t, 300, passkey.CeremonyCookie(in.Token).MaxAge)
	assert.Negative(t, passkey.NoSessionCookie().MaxAge)
	assert.Negative(t, passkey.NoCeremonyCookie().MaxAge)
}

func TestASessionEnds(t *testing.T) {
	// stay visits every so often until the session is as old as said.
	stay := func(h *house, in passkey.SignedIn, until, every time.Duration) {
		for h.clock.Now().Add(every).Before(in.Session.CreatedAt.Add(until)) {
			h.clock.Advance(every)
			_, _, err := h.visit(in)
			require.NoError(t, err)
		}
	}
	cases := map[string]func(h *house, in passkey.SignedIn){
		"when it was idle": func(h *house, _ passkey.SignedIn) { h.clock.Advance(30 * time.Minute) },
		"when it was idle after use": func(h *house, in passkey.SignedIn) {
			stay(h, in, time.Hour, 29*time.Minute)
			h.clock.Advance(30 * time.Minute)
		},
		"when it is old": func(h *house, in passkey.SignedIn) {
			stay(h, in, 12*time.Hour, 20*time.Minute)
			h.clock.Advance(20 * time.Minute)
		},
		"when its person is suspended": func(h *house, _ passkey.SignedIn) { h.store.suspended[h.ada.ID] = true },
		"by signing out":               func(h *house, in passkey.SignedIn) { require.NoError(t, h.SignOut(h.ctx, in.Session)) },
		"by signing out everywhere": func(h *house, in passkey.SignedIn) {
			ended, err := h.SignOutEverywhere(h.ctx, in.Person.ID)
			require.NoError(t, err)
			assert.Equal(t, 1, ended)
		},
	}
	for name, end := range cases {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			_, in := h.enrol(h.ada)
			end(h, in)
			_, err := h.Alive(h.ctx, in.Session)
			assert.ErrorIs(t, err, passkey.ErrNoSession)
			session, person, err := h.visit(in)
			assert.ErrorIs(t, err, passkey.ErrNoSession)
			assert.Zero(t, session)
			assert.Zero(t, person)

			delete(h.store.suspended, h.ada.ID)
			_, err = h.store.Session(h.ctx, in.Session.ID)
			assert.ErrorIs(t, err, access.ErrNotFound, "it has ended for good")
			assert.NoError(t, h.SignOut(h.ctx, in.Session), "signing out again is no error")
		})
	}
}

func TestASessionLastsUntilItsLastMoment(t *testing.T) {
	h := newHouse(t)
	_, in := h.enrol(h.ada)
	h.clock.Advance(30*time.Minute - time.Microsecond)
	_, err := h.Alive(h.ctx, in.Session)
	require.NoError(t, err)
	_, _, err = h.visit(in)
	require.NoError(t, err)
	h.clock.Advance(30*time.Minute - time.Microsecond)
	_, _, err = h.visit(in)
	assert.NoError(t, err, "use keeps it alive")
}

func TestASessionIsTouchedOnceAMinute(t *testing.T) {
	h := newHouse(t)
	_, in := h.enrol(h.ada)
	lastSeen := func() time.Time {
		_, _, err := h.visit(in)
		require.NoError(t, err)
		kept, err := h.store.Session(h.ctx, in.Session.ID)
		require.NoError(t, err)
		return kept.LastSeenAt
	}
	h.clock.Advance(time.Minute - time.Microsecond)
	assert.Equal(t, in.Session.LastSeenAt, lastSeen())
	h.clock.Advance(time.Microsecond)
	assert.Equal(t, h.clock.Now(), lastSeen())
}

func TestASessionThatEndsWhileItIsUsedHasEnded(t *testing.T) {
	h := newHouse(t)
	_, in := h.enrol(h.ada)
	h.clock.Advance(time.Minute)
	h.store.beforeTouch = func(session [32]byte) { require.NoError(t, h.store.EndSession(h.ctx, session)) }
	_, _, err := h.visit(in)
	assert.ErrorIs(t, err, passkey.ErrNoSession)
}

func TestSigningOutEverywhereLeavesOthersAlone(t *testing.T) {
	h := newHouse(t)
	d, first := h.enrol(h.ada)
	second, err := h.signIn(d)
	require.NoError(t, err)
	_, graces := h.enrol(h.grace)

	ended, err := h.SignOutEverywhere(h.ctx, h.ada.ID)
	require.NoError(t, err)
	assert.Equal(t, 2, ended)
	for _, in := range []passkey.SignedIn{first, second} {
		_, _, err = h.visit(in)
		assert.ErrorIs(t, err, passkey.ErrNoSession)
	}
	_, _, err = h.visit(graces)
	assert.NoError(t, err)
}

func TestOnlyASessionsCookieIsASession(t *testing.T) {
	h := newHouse(t)
	_, in := h.enrol(h.ada)
	begun, err := h.BeginSignIn(h.ctx)
	require.NoError(t, err)
	for name, cookie := range map[string]*http.Cookie{
		"none":                        nil,
		"an empty one":                {Name: passkey.SessionCookieName},
		"garbage":                     {Name: passkey.SessionCookieName, Value: "canary"},
		"an unknown one":              {Name: passkey.SessionCookieName, Value: strings.Repeat("A", 43)},
		"a ceremony's value":          {Name: passkey.SessionCookieName, Value: begun.Token.Reveal()},
		"the value in another":        {Name: passkey.CeremonyCookieName, Value: in.Token.Reveal()},
		"the value without prefix":    {Name: "hourglass", Value: in.Token.Reveal()},
		"the id that the store knows": {Name: passkey.SessionCookieName, Value: hashAsToken(in.Session.ID)},
	} {
		r := httptest.NewRequest(http.MethodGet, origin, nil)
		if cookie != nil {
			r.AddCookie(cookie)
		}
		_, _, err := h.Authenticate(h.ctx, r)
		assert.ErrorIs(t, err, passkey.ErrNoSession, name)
	}
}
