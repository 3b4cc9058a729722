package passkey_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/passkey"
	"hourglass/internal/store"
)

func TestEnrolmentAsksForADiscoverableVerifyingPasskey(t *testing.T) {
	h := newHouse(t)
	begun, err := h.BeginEnrolment(h.ctx, h.link(h.ada))
	require.NoError(t, err)
	var options struct {
		PublicKey struct {
			RP          struct{ ID string }
			User        struct{ ID, Name, DisplayName string }
			Attestation string
			Timeout     int
			Selection   struct {
				ResidentKey, UserVerification string
				RequireResidentKey            bool
			} `json:"authenticatorSelection"`
		}
	}
	require.NoError(t, json.Unmarshal(begun.Options, &options))
	key := options.PublicKey
	assert.Equal(t, rpID, key.RP.ID)
	assert.Equal(t, base64.RawURLEncoding.EncodeToString([]byte(h.ada.ID.String())), key.User.ID)
	assert.Equal(t, "ada", key.User.Name)
	assert.Equal(t, "Ada", key.User.DisplayName)
	assert.Equal(t, "none", key.Attestation)
	assert.Equal(t, "required", key.Selection.ResidentKey)
	assert.True(t, key.Selection.RequireResidentKey)
	assert.Equal(t, "required", key.Selection.UserVerification)
	assert.Equal(t, 300_000, key.Timeout, "milliseconds")
}

func TestEnrolmentOpensASession(t *testing.T) {
	h := newHouse(t)
	_, in := h.enrol(h.ada)
	session, person, err := h.visit(in)
	require.NoError(t, err)
	assert.Equal(t, h.ada.ID, person.ID)
	assert.Equal(t, h.ada.ID, session.PersonID)
	assert.Equal(t, "test browser", session.UserAgent)

	kept, err := h.store.Passkeys(h.ctx, h.ada.ID)
	require.NoError(t, err)
	require.Len(t, kept, 1)
	assert.Equal(t, "blue key", kept[0].Name)
	assert.Equal(t, h.clock.Now(), kept[0].CreatedAt)
}

func TestAnEnrolmentLinkIsSpent(t *testing.T) {
	cases := map[string]func(h *house) (token string){
		"after its use": func(h *house) string {
			token := h.link(h.ada)
			begun, err := h.BeginEnrolment(h.ctx, token)
			require.NoError(t, err)
			_, err = h.FinishEnrolment(h.ctx, token, h.name(), newDevice(t, h.ada).create(t, begun))
			require.NoError(t, err)
			return token
		},
		"after its time": func(h *house) string {
			token := h.link(h.ada)
			h.clock.Advance(24 * time.Hour)
			return token
		},
		"when its person is suspended": func(h *house) string {
			token := h.link(h.ada)
			h.store.suspended[h.ada.ID] = true
			return token
		},
		"when it never was":          func(*house) string { return strings.Repeat("A", 43) },
		"when it is no token":        func(*house) string { return "canary" },
		"when it is empty":           func(*house) string { return "" },
		"when it is longer":          func(h *house) string { return h.link(h.ada) + "A" },
		"in another writing of it":   func(h *house) string { return h.link(h.ada)[:42] + "\n" },
		"when it is somebody else's": func(h *house) string { return strings.ToLower(h.link(h.ada)) },
	}
	for name, spend := range cases {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			// This ceremony was begun with a good link, so that only the link can be what is refused.
			begun, err := h.BeginEnrolment(h.ctx, h.link(h.ada))
			require.NoError(t, err)
			token := spend(h)
			_, err = h.BeginEnrolment(h.ctx, token)
			assert.ErrorIs(t, err, passkey.ErrEnrolmentSpent)
			in, err := h.FinishEnrolment(h.ctx, token, h.name(), newDevice(t, h.ada).create(t, begun))
			assert.ErrorIs(t, err, passkey.ErrEnrolmentSpent)
			assert.Zero(t, in)
		})
	}
}

func TestAnEnrolmentLinkIsGoodUntilItsLastMoment(t *testing.T) {
	h := newHouse(t)
	token, expires, err := h.IssueEnrolment(h.ctx, h.ada.ID, store.Actor{PersonID: h.grace.ID})
	require.NoError(t, err)
	assert.Equal(t, h.clock.Now().Add(24*time.Hour), expires)
	assert.Equal(t, "[secret]", token.String())
	h.clock.Advance(24*time.Hour - time.Microsecond)
	_, err = h.BeginEnrolment(h.ctx, token.Reveal())
	assert.NoError(t, err)
}

func TestIssueEnrolmentRefuses(t *testing.T) {
	h := newHouse(t)
	h.store.suspended[h.ada.ID] = true
	_, _, err := h.IssueEnrolment(h.ctx, h.ada.ID, store.Actor{})
	assert.ErrorIs(t, err, access.ErrInvalid)
	_, _, err = h.IssueEnrolment(h.ctx, access.PersonID{}, store.Actor{})
	assert.ErrorIs(t, err, access.ErrNotFound)
}

func TestOneLinkEnrolsOnePasskeyUnderConcurrency(t *testing.T) {
	h := newHouse(t)
	token := h.link(h.ada)
	const tabs = 8
	answers := make([]passkey.Answer, tabs)
	for i := range answers {
		begun, err := h.BeginEnrolment(h.ctx, token)
		require.NoError(t, err)
		answers[i] = newDevice(t, h.ada).create(t, begun)
	}
	errs := make([]error, tabs)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() { _, errs[i] = h.FinishEnrolment(h.ctx, token, h.name(), answers[i]) })
	}
	all.Wait()

	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		assert.ErrorIs(t, err, passkey.ErrEnrolmentSpent)
	}
	assert.Equal(t, 1, won)
	kept, err := h.store.Passkeys(h.ctx, h.ada.ID)
	require.NoError(t, err)
	assert.Len(t, kept, 1)
}

func TestEnrolmentRefusesWrongAnswers(t *testing.T) {
	for name, spoil := range spoiledCreations {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			token, d := h.link(h.ada), newDevice(t, h.ada)
			begun, err := h.BeginEnrolment(h.ctx, token)
			require.NoError(t, err)
			spoil(d)
			in, err := h.FinishEnrolment(h.ctx, token, h.name(), d.create(t, begun))
			assert.ErrorIs(t, err, passkey.ErrNotRecognised)
			assert.Zero(t, in)

			again, err := h.BeginEnrolment(h.ctx, token)
			require.NoError(t, err, "the link is not used up by a failure")
			_, err = h.FinishEnrolment(h.ctx, token, h.name(), newDevice(t, h.ada).create(t, again))
			assert.NoError(t, err)
		})
	}
}

var spoiledCreations = map[string]func(*device){
	"from another origin":        func(d *device) { d.party.Origin = "https://hourglass.msp.example.evil.example" },
	"from another port":          func(d *device) { d.party.Origin = origin + ":8443" },
	"from a page without TLS":    func(d *device) { d.party.Origin = "http://hourglass.msp.example" },
	"for another relying party":  func(d *device) { d.party.ID = "msp.example" },
	"without user verification":  func(d *device) { d.auth.Options.UserNotVerified = true },
	"without user presence":      func(d *device) { d.auth.Options.UserNotPresent = true },
	"backed up though it cannot": func(d *device) { d.auth.Options.BackupState = true },
}

func TestEnrolmentCeremoniesAreBoundToTheirLink(t *testing.T) {
	h := newHouse(t)
	one, graces := h.link(h.ada), h.link(h.grace)
	begun, err := h.BeginEnrolment(h.ctx, one)
	require.NoError(t, err)
	other := h.link(h.ada)
	_, err = h.FinishEnrolment(h.ctx, one, h.name(), newDevice(t, h.ada).create(t, begun))
	assert.ErrorIs(t, err, passkey.ErrEnrolmentSpent, "a newer link voids it, even after it was begun with")
	for name, token := range map[string]string{"another link of the same person": other, "another person's link": graces} {
		_, err = h.FinishEnrolment(h.ctx, token, h.name(), newDevice(t, h.ada).create(t, begun))
		assert.ErrorIs(t, err, passkey.ErrCeremonyOver, name)
	}
}

func TestAPasskeyBelongsToOnePersonOnly(t *testing.T) {
	h := newHouse(t)
	d, _ := h.enrol(h.ada)
	token := h.link(h.grace)
	begun, err := h.BeginEnrolment(h.ctx, token)
	require.NoError(t, err)
	_, err = h.FinishEnrolment(h.ctx, token, h.name(), d.create(t, begun))
	assert.ErrorIs(t, err, passkey.ErrNotRecognised)
}

func TestANewLinkEndsEarlierSessions(t *testing.T) {
	h := newHouse(t)
	_, lost := h.enrol(h.ada)
	_, graces := h.enrol(h.grace)
	_, found := h.enrol(h.ada)
	_, _, err := h.visit(lost)
	assert.ErrorIs(t, err, passkey.ErrNoSession)
	for _, in := range []passkey.SignedIn{found, graces} {
		_, _, err = h.visit(in)
		assert.NoError(t, err)
	}
}
