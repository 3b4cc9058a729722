package store_test

import (
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/store"
)

func TestPeople(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		got, err := w.Person(t.Context(), w.grace.ID)
		require.NoError(t, err)
		assert.Equal(t, w.grace, got)
		got, err = w.PersonByHandle(t.Context(), w.grace.Handle)
		require.NoError(t, err)
		assert.Equal(t, w.grace, got)
		people, err := w.People(t.Context())
		require.NoError(t, err)
		assert.Equal(t, []store.Person{w.ada, w.admin, w.grace}, people)

		twice := w.grace
		mint(w, &twice.ID)
		before := w.dump()
		assert.ErrorIs(t, w.AddPerson(t.Context(), twice, w.by()), access.ErrInvalid)
		assert.Equal(t, before, w.dump())
		_, err = w.Person(t.Context(), twice.ID)
		assert.ErrorIs(t, err, access.ErrNotFound)

		nobody := w.person("Without roles", "nobody")
		got, err = w.Person(t.Context(), nobody.ID)
		require.NoError(t, err)
		assert.Empty(t, got.Roles)
		assert.Equal(t, audit.PersonAdded, w.lastRecord().Action)
	})
}

func TestEnrolmentIsUsedExactlyOnce(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		token := [32]byte{7}
		e := store.Enrolment{TokenHash: token, PersonID: w.ada.ID, ExpiresAt: noon.Add(time.Hour)}
		require.NoError(t, w.AddEnrolment(t.Context(), e, w.by()))
		got, err := w.Enrolment(t.Context(), token)
		require.NoError(t, err)
		assert.Equal(t, e, got)

		others := store.Passkey{CredentialID: []byte("other"), PersonID: w.grace.ID, Credential: []byte("{}")}
		assert.ErrorIs(t, w.Enrol(t.Context(), token, others), access.ErrNotFound, "another person's passkey")

		errs := together(20, func(i int) error {
			return w.Enrol(t.Context(), token, store.Passkey{
				CredentialID: []byte{byte(i + 1)}, PersonID: w.ada.ID, Name: "Key", Credential: []byte(`{"id": 1}`),
			})
		})
		assert.Equal(t, 1, count(errs, func(err error) bool { return err == nil }))
		for _, err := range errs {
			if err != nil {
				assert.ErrorIs(t, err, access.ErrNotFound)
			}
		}
		keys, err := w.Passkeys(t.Context(), w.ada.ID)
		require.NoError(t, err)
		assert.Len(t, keys, 1)
		assert.Equal(t, audit.PasskeyEnrolled, w.lastRecord().Action)
		_, err = w.Enrolment(t.Context(), token)
		assert.ErrorIs(t, err, access.ErrNotFound)
	})
}

func TestEnrolmentExpires(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		token := [32]byte{7}
		require.NoError(t, w.AddEnrolment(t.Context(), store.Enrolment{TokenHash: token, PersonID: w.ada.ID, ExpiresAt: noon.Add(time.Hour)}, w.by()))
		w.clock.Advance(time.Hour)
		_, err := w.Enrolment(t.Context(), token)
		assert.ErrorIs(t, err, access.ErrNotFound)
		err = w.Enrol(t.Context(), token, store.Passkey{CredentialID: []byte{1}, PersonID: w.ada.ID, Credential: []byte("{}")})
		assert.ErrorIs(t, err, access.ErrNotFound)
	})
}

// A link is not used up by an enrolment that fails.
func TestFailedEnrolmentLeavesTheLink(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		token := [32]byte{7}
		known := store.Passkey{CredentialID: []byte{1}, PersonID: w.ada.ID, Credential: []byte("{}")}
		require.NoError(t, w.AddPasskey(t.Context(), known))
		require.NoError(t, w.AddEnrolment(t.Context(), store.Enrolment{TokenHash: token, PersonID: w.ada.ID, ExpiresAt: noon.Add(time.Hour)}, w.by()))
		assert.ErrorIs(t, w.Enrol(t.Context(), token, known), access.ErrInvalid)
		_, err := w.Enrolment(t.Context(), token)
		assert.NoError(t, err)
	})
}

// makes judges every use the same.
func makes(credential string, cloned bool) store.Judge {
	return func([]byte) ([]byte, bool, error) { return []byte(credential), cloned, nil }
}

// fine is a use of a passkey that counts nothing.
var fine = makes("{}", false)

// Of several uses at once each is judged by what the one before has left, so that none takes back what another found out.
func TestUsesOfAPasskeyAtTheSameInstant(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		const uses = 12
		key := store.Passkey{CredentialID: []byte{1}, PersonID: w.ada.ID, Credential: []byte("0")}
		require.NoError(t, w.AddPasskey(t.Context(), key))
		errs := together(uses, func(int) error {
			return w.UsePasskey(t.Context(), key.CredentialID, noon, func(kept []byte) ([]byte, bool, error) {
				n, err := strconv.Atoi(string(kept))
				return []byte(strconv.Itoa(n + 1)), n >= uses/2, err
			})
		})
		assert.Equal(t, uses, count(errs, func(err error) bool { return err == nil }), errs)
		keys, err := w.Passkeys(t.Context(), w.ada.ID)
		require.NoError(t, err)
		assert.Equal(t, strconv.Itoa(uses), string(keys[0].Credential))
		assert.Len(t, w.details(audit.PasskeyCloned), 1)

		unjudged := errors.New("cannot be judged")
		err = w.UsePasskey(t.Context(), key.CredentialID, noon, func([]byte) ([]byte, bool, error) { return []byte("99"), true, unjudged })
		require.ErrorIs(t, err, unjudged)
		keys, err = w.Passkeys(t.Context(), w.ada.ID)
		require.NoError(t, err)
		assert.Equal(t, strconv.Itoa(uses), string(keys[0].Credential), "nothing is kept")
		w.sound()
	})
}

func TestPasskeys(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		key := store.Passkey{CredentialID: []byte{1, 0, 255}, PersonID: w.ada.ID, Name: "Blue\x00 key\xff", Credential: []byte(`{"signCount": 1}`), CreatedAt: noon}
		require.NoError(t, w.AddPasskey(t.Context(), key))
		assert.ErrorIs(t, w.AddPasskey(t.Context(), key), access.ErrInvalid)
		at := noon.Add(time.Minute)
		require.NoError(t, w.UsePasskey(t.Context(), key.CredentialID, at, makes(`{"signCount": 2}`, false)))
		keys, err := w.Passkeys(t.Context(), w.ada.ID)
		require.NoError(t, err)
		require.Len(t, keys, 1)
		assert.JSONEq(t, `{"signCount": 2}`, string(keys[0].Credential))
		assert.Equal(t, at, *keys[0].LastUsedAt)
		assert.Equal(t, "Blue  key", keys[0].Name)
		assert.Equal(t, key.CredentialID, keys[0].CredentialID)
		assert.ErrorIs(t, w.UsePasskey(t.Context(), []byte{9}, at, fine), access.ErrNotFound)

		for range 2 {
			require.NoError(t, w.UsePasskey(t.Context(), key.CredentialID, at.Add(time.Minute), makes(`{"cloned": true}`, true)))
		}
		keys, err = w.Passkeys(t.Context(), w.ada.ID)
		require.NoError(t, err)
		assert.JSONEq(t, `{"cloned": true}`, string(keys[0].Credential))
		assert.Equal(t, at, *keys[0].LastUsedAt)
		assert.Equal(t, audit.PasskeyCloned, w.lastRecord().Action)
		keys, err = w.Passkeys(t.Context(), w.grace.ID)
		require.NoError(t, err)
		assert.Empty(t, keys)
	})
}

func TestCeremonyIsTakenExactlyOnce(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		c := store.Ceremony{ID: [32]byte{1}, Kind: "sign-in", Data: []byte{0, 1, 2}, ExpiresAt: noon.Add(time.Minute)}
		require.NoError(t, w.AddCeremony(t.Context(), c))
		_, err := w.TakeCeremony(t.Context(), c.ID, "registration")
		assert.ErrorIs(t, err, access.ErrNotFound, "another kind")

		taken := make([]store.Ceremony, 20)
		errs := together(20, func(i int) (err error) {
			taken[i], err = w.TakeCeremony(t.Context(), c.ID, c.Kind)
			return err
		})
		assert.Equal(t, 1, count(errs, func(err error) bool { return err == nil }))
		for i, err := range errs {
			if err == nil {
				assert.Equal(t, c, taken[i])
			} else {
				assert.ErrorIs(t, err, access.ErrNotFound)
			}
		}

		c.PersonID = w.ada.ID
		require.NoError(t, w.AddCeremony(t.Context(), c))
		w.clock.Advance(time.Minute)
		_, err = w.TakeCeremony(t.Context(), c.ID, c.Kind)
		assert.ErrorIs(t, err, access.ErrNotFound, "expired")
	})
}

func TestExpiredCeremoniesAndSessionsAreClearedAway(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		for i := range byte(3) {
			require.NoError(t, w.AddCeremony(t.Context(), store.Ceremony{ID: [32]byte{i}, Kind: "k", Data: []byte{1}, ExpiresAt: w.clock.Now().Add(time.Minute)}))
			require.NoError(t, w.AddSession(t.Context(), w.session(i, w.ada)))
			w.clock.Advance(time.Hour)
		}
		dump := w.dump()
		assert.Equal(t, "1", dump["ceremonies"])
		assert.Equal(t, "1", dump["sessions"])
	})
}

func (w *world) session(n byte, p store.Person) store.Session {
	now := w.clock.Now()
	return store.Session{
		ID: [32]byte{n}, PersonID: p.ID, CreatedAt: now, LastSeenAt: now, AssertedAt: now,
		ExpiresAt: now.Add(time.Hour), UserAgent: "Browser/1.0",
	}
}

func TestSessions(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		se := w.session(1, w.ada)
		require.NoError(t, w.AddSession(t.Context(), se))
		assert.Equal(t, audit.SessionOpened, w.lastRecord().Action)
		got, err := w.Session(t.Context(), se.ID)
		require.NoError(t, err)
		assert.Equal(t, se, got)

		se.LastSeenAt, se.AssertedAt = noon.Add(time.Minute), noon.Add(2*time.Minute)
		require.NoError(t, w.TouchSession(t.Context(), se.ID, se.LastSeenAt))
		require.NoError(t, w.AssertSession(t.Context(), se.ID, se.AssertedAt))
		got, err = w.Session(t.Context(), se.ID)
		require.NoError(t, err)
		assert.Equal(t, se, got)

		require.NoError(t, w.EndSession(t.Context(), se.ID))
		require.NoError(t, w.EndSession(t.Context(), se.ID), "ended already")
		for what, err := range map[string]error{
			"session": func() error { _, err := w.Session(t.Context(), se.ID); return err }(),
			"touch":   w.TouchSession(t.Context(), se.ID, noon),
			"assert":  w.AssertSession(t.Context(), se.ID, noon),
		} {
			assert.ErrorIs(t, err, access.ErrNotFound, what)
		}

		require.NoError(t, w.AddSession(t.Context(), w.session(2, w.ada)))
		require.NoError(t, w.AddSession(t.Context(), w.session(3, w.ada)))
		require.NoError(t, w.AddSession(t.Context(), w.session(4, w.grace)))
		n, err := w.EndSessions(t.Context(), w.ada.ID)
		require.NoError(t, err)
		assert.Equal(t, 2, n)
		assert.Equal(t, audit.SessionEnded, w.lastRecord().Action)
		n, err = w.EndSessions(t.Context(), w.ada.ID)
		require.NoError(t, err)
		assert.Zero(t, n)
		_, err = w.Session(t.Context(), [32]byte{4})
		require.NoError(t, err)
		w.clock.Advance(time.Hour)
		_, err = w.Session(t.Context(), [32]byte{4})
		assert.ErrorIs(t, err, access.ErrNotFound, "expired")
		w.sound()
	})
}
