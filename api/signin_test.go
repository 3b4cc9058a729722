package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/passkey"
	"hourglass/internal/store"
)

func TestEnrolSignOutSignIn(t *testing.T) {
	h := newHouse(t)
	ada := h.signedIn("ada", access.Technician, access.Approver)
	var me Me
	require.NoError(t, json.Unmarshal([]byte(ada.get("/api/v1/me").body), &me))
	assert.Equal(t, ada.person.ID, me.Id)
	assert.ElementsMatch(t, []MSPRole{access.Technician, access.Approver}, me.Roles)

	require.Equal(t, http.StatusNoContent, ada.post("/api/v1/sign-out", nil).status)
	ada.get("/api/v1/me").problem(signInRequired)
	require.Equal(t, http.StatusNoContent, ada.confirm("sign-in").status)
	require.Equal(t, http.StatusOK, ada.get("/api/v1/me").status)
}

func TestTheCookieIsOutOfReach(t *testing.T) {
	h := newHouse(t)
	ada := h.signedIn("ada", access.Technician)
	cookies := ada.confirm("sign-in").header.Values("Set-Cookie")
	require.NotEmpty(t, cookies)
	for _, cookie := range cookies {
		assert.True(t, strings.HasPrefix(cookie, "__Host-"), cookie)
		for _, flag := range []string{"Path=/", "HttpOnly", "Secure", "SameSite=Strict"} {
			assert.Contains(t, cookie, flag)
		}
	}
}

func TestAnEnrolmentLinkWorksOnce(t *testing.T) {
	h := newHouse(t)
	person := h.addPerson("ada", access.Technician)
	token, _, err := h.passkeys.IssueEnrolment(t.Context(), person.ID, store.Actor{})
	require.NoError(t, err)
	require.Equal(t, http.StatusNoContent, h.anonymous().enrol(token.Reveal()).status)

	h.anonymous().enrol(token.Reveal()).problem(enrolmentLink)
	h.anonymous().enrol(strings.Repeat("A", 43)).problem(enrolmentLink)
	h.anonymous().post("/api/v1/enrolment/begin", map[string]any{"token": ""}).problem(invalidRequest)
	keys, err := h.store.Passkeys(t.Context(), person.ID)
	require.NoError(t, err)
	assert.Len(t, keys, 1)
	assert.NotContains(t, h.log.String(), token.Reveal())
}

func TestAPasskeyOfSomebodyElseIsNotEnrolled(t *testing.T) {
	h := newHouse(t)
	ada, other := h.signedIn("ada", access.Technician), h.anonymous()
	token, _, err := h.passkeys.IssueEnrolment(t.Context(), h.addPerson("grace").ID, store.Actor{})
	require.NoError(t, err)
	own := other.credential
	other.credential = ada.credential
	other.enrol(token.Reveal()).problem(passkeyRefused)

	other.credential = own
	require.Equal(t, http.StatusNoContent, other.enrol(token.Reveal()).status, "the link was not used up")
}

// Whoever is suspended, or loses the passkey, while they sign in is told the same as everybody whose passkey is not accepted.
func TestWhyASignInFailedIsNotTold(t *testing.T) {
	for _, why := range []error{access.ErrNotFound, access.ErrInvalid} {
		assert.Equal(t, signInFailed, problemOf(fmt.Errorf("%w: %w", passkey.ErrNotRecognised, why)).kind)
	}
}

func TestAnExpiredEnrolmentLink(t *testing.T) {
	h := newHouse(t)
	token, _, err := h.passkeys.IssueEnrolment(t.Context(), h.addPerson("ada").ID, store.Actor{})
	require.NoError(t, err)
	h.clock.pass(25 * time.Hour)
	h.anonymous().enrol(token.Reveal()).problem(enrolmentLink)
}

func TestASignInThatIsNotOne(t *testing.T) {
	h := newHouse(t)
	ada := h.signedIn("ada", access.Technician)
	stranger := h.anonymous()
	stranger.authenticator.Options.UserHandle = []byte("00000000-0000-4000-8000-000000000000")
	stranger.confirm("sign-in").problem(signInFailed)

	junk := map[string]any{"credential": map[string]any{}}
	stranger.post("/api/v1/sign-in/finish", junk).problem(ceremonyOver)
	ada.post("/api/v1/assertion/finish", junk).problem(ceremonyOver)
	h.anonymous().post("/api/v1/sign-in/begin", nil, "Sec-Fetch-Site", "cross-site").problem(crossOrigin)
}

func TestSignOutEverywhere(t *testing.T) {
	h := newHouse(t)
	ada := h.signedIn("ada", access.Technician)
	elsewhere := h.anonymous()
	elsewhere.authenticator, elsewhere.credential = ada.authenticator, ada.credential
	require.Equal(t, http.StatusNoContent, elsewhere.confirm("sign-in").status)

	require.Equal(t, http.StatusNoContent, ada.post("/api/v1/sign-out-everywhere", nil).status)
	elsewhere.get("/api/v1/me").problem(signInRequired)
}

func TestAttemptsAreLimitedPerAddress(t *testing.T) {
	h := newHouse(t)
	b := h.anonymous()
	for range attemptBurst {
		require.Equal(t, http.StatusOK, b.post("/api/v1/sign-in/begin", nil).status)
	}
	got := b.post("/api/v1/sign-in/begin", nil)
	got.problem(tooManyAttempts)
	assert.Equal(t, "60", got.header.Get("Retry-After"))
	b.post("/api/v1/enrolment/begin", map[string]any{"token": "x"}).problem(tooManyAttempts)
	b.send(http.MethodPost, "/api/v1/sign-in/begin", "", nil, "X-Forwarded-For", "192.0.2.7").problem(tooManyAttempts)

	h.clock.pass(2 * attemptEvery)
	require.Equal(t, http.StatusOK, b.post("/api/v1/sign-in/begin", nil).status)
}

// All of an office come from one address: what their browsers do by themselves is not to use up what their people need.
func TestBrowsersThatRefreshKeepNobodyFromSigningIn(t *testing.T) {
	h := newHouse(t)
	b := h.anonymous()
	refresh := func() answer {
		return b.send(http.MethodPost, "/api/v1/oauth/token", formType, []byte("grant_type=refresh_token&client_id=stranger&refresh_token=x"))
	}
	for range tokensBurst {
		require.Equal(t, http.StatusBadRequest, refresh().status)
	}
	require.Equal(t, http.StatusOK, b.post("/api/v1/sign-in/begin", nil).status)
	refresh().problem(tooManyAttempts)
	h.clock.pass(2 * tokensEvery)
	require.Equal(t, http.StatusBadRequest, refresh().status)
}

func TestOneClientIsOneNetwork(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.7":        "192.0.2.7",
		"::ffff:192.0.2.7": "192.0.2.7",
		"2001:db8::1":      "2001:db8::/64",
		"2001:db8::ffff:1": "2001:db8::/64",
		"fe80::1%eth0":     "fe80::/64",
		"nonsense":         "",
	} {
		assert.Equal(t, want, network(address), address)
	}
}
