package passkey_test

import (
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/passkey"
	"hourglass/internal/store"
)

func TestAFreshAssertionLastsAMinute(t *testing.T) {
	h := newHouse(t)
	d, in := h.enrol(h.ada)
	assert.True(t, h.Fresh(in.Session, h.clock.Now()), "a sign-in is one")
	h.clock.Advance(time.Minute)
	assert.True(t, h.Fresh(in.Session, h.clock.Now()))
	h.clock.Advance(time.Microsecond)
	assert.False(t, h.Fresh(in.Session, h.clock.Now()))

	begun, err := h.BeginAssertion(h.ctx, in.Session)
	require.NoError(t, err)
	asserted, err := h.FinishAssertion(h.ctx, in.Session, d.sign(t, begun))
	require.NoError(t, err)
	assert.True(t, h.Fresh(asserted, h.clock.Now()))
	session, _, err := h.visit(in)
	require.NoError(t, err)
	assert.Equal(t, asserted.AssertedAt, session.AssertedAt, "the store knows")
	h.clock.Advance(time.Minute + time.Microsecond)
	assert.False(t, h.Fresh(session, h.clock.Now()))

	assert.False(t, h.Fresh(store.Session{}, h.clock.Now()))
	assert.False(t, h.Fresh(store.Session{AssertedAt: h.clock.Now().Add(time.Hour)}, h.clock.Now()), "an instant that nobody of ours wrote")
}

func TestAnAssertionMustBeTheSessionsOwn(t *testing.T) {
	begin := func(h *house, in passkey.SignedIn) passkey.Begun {
		begun, err := h.BeginAssertion(h.ctx, in.Session)
		require.NoError(h.t, err)
		return begun
	}
	cases := map[string]struct {
		attempt func(h *house, own, other *device, in, otherIn passkey.SignedIn) passkey.Answer
		want    error
	}{
		"another person's passkey": {func(h *house, _, other *device, in, _ passkey.SignedIn) passkey.Answer {
			return other.sign(t, begin(h, in))
		}, passkey.ErrNotRecognised},
		"another person's passkey under this person's name": {func(h *house, own, other *device, in, _ passkey.SignedIn) passkey.Answer {
			other.auth.Options.UserHandle = own.auth.Options.UserHandle
			return other.sign(t, begin(h, in))
		}, passkey.ErrNotRecognised},
		"another person's passkey without a name": {func(h *house, _, other *device, in, _ passkey.SignedIn) passkey.Answer {
			other.auth.Options.UserHandle = nil
			return other.sign(t, begin(h, in))
		}, passkey.ErrNotRecognised},
		"no user verification": {func(h *house, own, _ *device, in, _ passkey.SignedIn) passkey.Answer {
			own.auth.Options.UserNotVerified = true
			return own.sign(t, begin(h, in))
		}, passkey.ErrNotRecognised},
		"another origin": {func(h *house, own, _ *device, in, _ passkey.SignedIn) passkey.Answer {
			own.party.Origin = "https://evil.example"
			return own.sign(t, begin(h, in))
		}, passkey.ErrNotRecognised},
		"another relying party": {func(h *house, own, _ *device, in, _ passkey.SignedIn) passkey.Answer {
			own.party.ID = "evil.example"
			return own.sign(t, begin(h, in))
		}, passkey.ErrNotRecognised},
		"the ceremony of another person's session": {func(h *house, _, other *device, _, otherIn passkey.SignedIn) passkey.Answer {
			return other.sign(t, begin(h, otherIn))
		}, passkey.ErrCeremonyOver},
		"the ceremony of another session of the same person": {func(h *house, own, _ *device, _, _ passkey.SignedIn) passkey.Answer {
			second, err := h.signIn(own)
			require.NoError(t, err)
			return own.sign(t, begin(h, second))
		}, passkey.ErrCeremonyOver},
		"a person who was suspended": {func(h *house, own, _ *device, in, _ passkey.SignedIn) passkey.Answer {
			begun := begin(h, in)
			h.store.suspended[h.ada.ID] = true
			return own.sign(t, begun)
		}, passkey.ErrNoSession},
		"a session that has ended": {func(h *house, own, _ *device, in, _ passkey.SignedIn) passkey.Answer {
			begun := begin(h, in)
			require.NoError(t, h.SignOut(h.ctx, in.Session))
			return own.sign(t, begun)
		}, passkey.ErrNoSession},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			own, in := h.enrol(h.ada)
			other, otherIn := h.enrol(h.grace)
			h.clock.Advance(2 * time.Minute)
			got, err := h.FinishAssertion(h.ctx, in.Session, c.attempt(h, own, other, in, otherIn))
			assert.ErrorIs(t, err, c.want)
			assert.Zero(t, got)
			if session, _, err := h.visit(in); err == nil {
				assert.False(t, h.Fresh(session, h.clock.Now()))
			}
		})
	}
}

func TestAFurtherPasskeyNeedsAFreshAssertion(t *testing.T) {
	h := newHouse(t)
	first, in := h.enrol(h.ada)
	second := newDevice(t, h.ada)
	begun, err := h.BeginAddition(h.ctx, in.Session)
	require.NoError(t, err)
	options, err := virtualwebauthn.ParseAttestationOptions(string(begun.Options))
	require.NoError(t, err)
	assert.True(t, first.key.IsExcludedForAttestation(*options), "an authenticator is not enrolled twice")
	h.clock.Advance(2 * time.Minute)
	require.NoError(t, h.FinishAddition(h.ctx, in.Session, h.name(), second.create(t, begun)))
	_, err = h.signIn(second)
	assert.NoError(t, err)

	_, err = h.BeginAddition(h.ctx, in.Session)
	assert.ErrorIs(t, err, passkey.ErrNotFresh)

	in, err = h.signIn(second)
	require.NoError(t, err)
	begun, err = h.BeginAddition(h.ctx, in.Session)
	require.NoError(t, err)
	assert.ErrorIs(t, h.FinishAddition(h.ctx, in.Session, h.name(), second.create(t, begun)), passkey.ErrNotRecognised, "a passkey is kept once")
	h.store.suspended[h.ada.ID] = true
	_, err = h.BeginAddition(h.ctx, in.Session)
	assert.ErrorIs(t, err, passkey.ErrNoSession)
}
