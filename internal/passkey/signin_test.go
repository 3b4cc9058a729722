package passkey_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/audit"
	"hourglass/internal/passkey"
	"hourglass/internal/store"
)

func TestSignInTakesAnyPasskeyOfOurs(t *testing.T) {
	h := newHouse(t)
	ada, _ := h.enrol(h.ada)
	grace, _ := h.enrol(h.grace)
	for d, want := range map[*device]store.Person{ada: h.ada, grace: h.grace} {
		in, err := h.signIn(d)
		require.NoError(t, err)
		assert.Equal(t, want.ID, in.Person.ID)
		_, person, err := h.visit(in)
		require.NoError(t, err)
		assert.Equal(t, want.ID, person.ID)
	}

	begun, err := h.BeginSignIn(h.ctx)
	require.NoError(t, err)
	var options struct{ PublicKey map[string]any }
	require.NoError(t, json.Unmarshal(begun.Options, &options))
	assert.Equal(t, "required", options.PublicKey["userVerification"])
	assert.Equal(t, rpID, options.PublicKey["rpId"])
	assert.NotContains(t, options.PublicKey, "allowCredentials", "who may sign in is told to nobody")
}

func TestEverySignInHasANewCookie(t *testing.T) {
	h := newHouse(t)
	d, first := h.enrol(h.ada)
	seen := map[string]bool{first.Token.Reveal(): true}
	for range 3 {
		in, err := h.signIn(d)
		require.NoError(t, err)
		assert.False(t, seen[in.Token.Reveal()])
		seen[in.Token.Reveal()] = true
		assert.Len(t, in.Token.Reveal(), 43)
		assert.NotContains(t, fmt.Sprintf("%v %+v", in, in), in.Token.Reveal())
	}
}

// Every refusal is the same for whoever tries, so that nothing can be learnt from it.
func TestSignInRefusesWrongAnswers(t *testing.T) {
	spoiled := map[string]func(h *house, d *device){
		"with another key":            func(_ *house, d *device) { d.key.Key = newKey(t).Key },
		"with an unknown passkey":     func(_ *house, d *device) { d.key.ID = newKey(t).ID },
		"of an unknown person":        func(_ *house, d *device) { d.auth.Options.UserHandle = []byte("7b1e0a94-0000-4000-8000-00000000ffff") },
		"of another person":           func(h *house, d *device) { d.auth.Options.UserHandle = []byte(h.grace.ID.String()) },
		"with a handle that is no id": func(_ *house, d *device) { d.auth.Options.UserHandle = []byte("ada") },
		"without a handle":            func(_ *house, d *device) { d.auth.Options.UserHandle = nil },
		"of a suspended person":       func(h *house, _ *device) { h.store.suspended[h.ada.ID] = true },
		"backed up from now on":       func(_ *house, d *device) { d.auth.Options.BackupEligible = true },
	}
	for name, spoil := range spoiledCreations {
		spoiled[name] = func(_ *house, d *device) { spoil(d) }
	}
	for name, spoil := range spoiled {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.enrol(h.grace)
			d, _ := h.enrol(h.ada)
			spoil(h, d)
			in, err := h.signIn(d)
			require.ErrorIs(t, err, passkey.ErrNotRecognised)
			assert.Zero(t, in)
		})
	}
}

func TestSignInRefusesWhatIsNoAnswer(t *testing.T) {
	h := newHouse(t)
	d, _ := h.enrol(h.ada)
	earlier, err := h.BeginSignIn(h.ctx)
	require.NoError(t, err)
	for name, credential := range map[string]string{
		"nothing":                       "",
		"garbage":                       "canary",
		"another JSON":                  `{"id":"AA","rawId":"AA","type":"public-key","response":null}`,
		"null":                          "null",
		"an answer to another ceremony": string(d.sign(t, earlier).Credential),
	} {
		t.Run(name, func(t *testing.T) {
			begun, err := h.BeginSignIn(h.ctx)
			require.NoError(t, err)
			_, err = h.FinishSignIn(h.ctx, answer(begun, credential))
			assert.ErrorIs(t, err, passkey.ErrNotRecognised)

			token := h.link(h.ada)
			begun, err = h.BeginEnrolment(h.ctx, token)
			require.NoError(t, err)
			_, err = h.FinishEnrolment(h.ctx, token, h.name(), answer(begun, credential))
			assert.ErrorIs(t, err, passkey.ErrNotRecognised)
		})
	}
}

func TestAnAnswerHasABound(t *testing.T) {
	h := newHouse(t)
	d, _ := h.enrol(h.ada)
	for padding, want := range map[int]error{32 << 10: nil, 64 << 10: passkey.ErrNotRecognised} {
		begun, err := h.BeginSignIn(h.ctx)
		require.NoError(t, err)
		padded := d.sign(t, begun)
		padded.Credential = append(padded.Credential, strings.Repeat(" ", padding)...)
		_, err = h.FinishSignIn(h.ctx, padded)
		assert.ErrorIs(t, err, want)
	}
}

func TestACeremonyIsFinishedOnceInTimeAndByItsBrowser(t *testing.T) {
	h := newHouse(t)
	d, in := h.enrol(h.ada)

	begun, err := h.BeginSignIn(h.ctx)
	require.NoError(t, err)
	first := d.sign(t, begun)
	h.clock.Advance(5*time.Minute - time.Microsecond)
	_, err = h.FinishSignIn(h.ctx, first)
	require.NoError(t, err)

	late, err := h.BeginSignIn(h.ctx)
	require.NoError(t, err)
	expired := d.sign(t, late)
	h.clock.Advance(5 * time.Minute)

	good, err := h.BeginSignIn(h.ctx)
	require.NoError(t, err)
	withoutCookie, foreignCookie := d.sign(t, good), d.sign(t, good)
	withoutCookie.Ceremony = ""
	foreignCookie.Ceremony = in.Token.Reveal()

	for name, refused := range map[string]passkey.Answer{
		"replayed": first, "expired": expired, "without the cookie": withoutCookie, "with another cookie": foreignCookie,
	} {
		_, err := h.FinishSignIn(h.ctx, refused)
		assert.ErrorIs(t, err, passkey.ErrCeremonyOver, name)
	}

	failed, err := h.BeginSignIn(h.ctx)
	require.NoError(t, err)
	_, err = h.FinishSignIn(h.ctx, answer(failed, "{}"))
	require.ErrorIs(t, err, passkey.ErrNotRecognised)
	_, err = h.FinishSignIn(h.ctx, d.sign(t, failed))
	assert.ErrorIs(t, err, passkey.ErrCeremonyOver, "a failed attempt uses the ceremony up as well")
}

func TestACeremonyIsNotFinishedAsAnother(t *testing.T) {
	h := newHouse(t)
	d, in := h.enrol(h.ada)
	token := h.link(h.ada)
	signIn, err := h.BeginSignIn(h.ctx)
	require.NoError(t, err)
	assertion, err := h.BeginAssertion(h.ctx, in.Session)
	require.NoError(t, err)
	addition, err := h.BeginAddition(h.ctx, in.Session)
	require.NoError(t, err)
	enrolment, err := h.BeginEnrolment(h.ctx, token)
	require.NoError(t, err)

	_, err = h.FinishSignIn(h.ctx, d.sign(t, assertion))
	assert.ErrorIs(t, err, passkey.ErrCeremonyOver)
	_, err = h.FinishAssertion(h.ctx, in.Session, d.sign(t, signIn))
	assert.ErrorIs(t, err, passkey.ErrCeremonyOver)
	_, err = h.FinishEnrolment(h.ctx, token, h.name(), newDevice(t, h.ada).create(t, addition))
	assert.ErrorIs(t, err, passkey.ErrCeremonyOver)
	err = h.FinishAddition(h.ctx, in.Session, h.name(), newDevice(t, h.ada).create(t, enrolment))
	assert.ErrorIs(t, err, passkey.ErrCeremonyOver)
}

func TestAClonedKeyIsRefusedFromThenOn(t *testing.T) {
	h := newHouse(t)
	d, in := h.enrol(h.ada)
	d.key.Counter = 7
	_, err := h.signIn(d)
	require.NoError(t, err)
	clone := *d
	used := h.keyOf(h.ada).LastUsedAt
	h.clock.Advance(time.Hour)

	for name, counter := range map[string]uint32{"the same": 7, "an earlier one": 3, "none": 0} {
		t.Run("a counter that is "+name, func(t *testing.T) {
			clone.key.Counter = counter
			_, err := h.signIn(&clone)
			require.ErrorIs(t, err, passkey.ErrNotRecognised)
			var cloned *passkey.ClonedKey
			require.ErrorAs(t, err, &cloned)
			assert.Equal(t, h.ada.ID, cloned.PersonID)
			assert.Equal(t, d.key.ID, cloned.CredentialID)
		})
	}

	d.key.Counter = 100
	_, err = h.signIn(d)
	assert.ErrorIs(t, err, passkey.ErrNotRecognised, "neither copy works again: nobody knows which one is whose")
	begun, err := h.BeginAssertion(h.ctx, in.Session)
	require.NoError(t, err)
	_, err = h.FinishAssertion(h.ctx, in.Session, d.sign(t, begun))
	var cloned *passkey.ClonedKey
	assert.ErrorAs(t, err, &cloned)

	var recorded []audit.Record
	records, err := h.store.AuditRecords(h.ctx, 0, 1000)
	require.NoError(t, err)
	for _, r := range records {
		if r.Action == audit.PasskeyCloned {
			recorded = append(recorded, r)
		}
	}
	require.Len(t, recorded, 1, "once, however often the copies try (nothing-forgotten)")
	assert.Equal(t, h.ada.ID, recorded[0].PersonID)
	assert.True(t, recorded[0].Actor.IsZero(), "nobody knows who it was")
	assert.Equal(t, used, h.keyOf(h.ada).LastUsedAt, "what a copy does is no use of the passkey, after which a browser may launch")
}

// What a copy does while the other one's answer is on its way counts: the later is judged by what the earlier has left.
func TestTwoCopiesOfAKeyAtTheSameInstant(t *testing.T) {
	for what, meanwhile := range map[string]struct {
		counter uint32 // of the copy; the key that was verified at the same time answers 9
		cloned  bool
	}{
		"the copy has been found out":    {counter: 3, cloned: true},
		"the copy counts the same":       {counter: 9, cloned: true},
		"the copy is ahead":              {counter: 12, cloned: true},
		"the same key, in another place": {counter: 8, cloned: false},
	} {
		t.Run(what, func(t *testing.T) {
			h := newHouse(t)
			d, _ := h.enrol(h.ada)
			d.key.Counter = 7
			_, err := h.signIn(d)
			require.NoError(t, err)
			other := *d
			d.key.Counter, other.key.Counter = 9, meanwhile.counter
			h.store.beforeUse = func() { _, _ = h.signIn(&other) }
			_, err = h.signIn(d)
			if !meanwhile.cloned {
				require.NoError(t, err)
				d.key.Counter = 10
				_, err = h.signIn(d)
				require.NoError(t, err)
				return
			}
			var cloned *passkey.ClonedKey
			require.ErrorAs(t, err, &cloned)
			d.key.Counter = 100
			_, err = h.signIn(d)
			require.ErrorAs(t, err, &cloned, "from then on")
		})
	}
}

func TestAPasskeyThatIsRemovedWhileItIsUsedIsNotRecognised(t *testing.T) {
	h := newHouse(t)
	d, _ := h.enrol(h.ada)
	key := h.keyOf(h.ada)
	h.store.beforeUse = func() {
		require.NoError(t, h.store.RemovePasskey(h.ctx, store.Removal{PersonID: h.ada.ID, Hash: key.Hash(), EvenLast: true}, store.Actor{}))
	}
	_, err := h.signIn(d)
	assert.ErrorIs(t, err, passkey.ErrNotRecognised)
}

func TestAKeyWithoutACounterIsFine(t *testing.T) {
	h := newHouse(t)
	d, _ := h.enrol(h.ada)
	for range 2 {
		_, err := h.signIn(d)
		assert.NoError(t, err)
	}
}
