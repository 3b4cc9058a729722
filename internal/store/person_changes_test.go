package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/store"
)

func (w *world) passkey(p store.Person, id byte) store.Passkey {
	w.t.Helper()
	k := store.Passkey{CredentialID: []byte{id}, PersonID: p.ID, Name: "Key", Credential: []byte("{}"), CreatedAt: noon}
	require.NoError(w.t, w.AddPasskey(w.t.Context(), k))
	return k
}

func TestSuspensionEndsSessionsAndLinks(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitle(w.ada, w.helpDesk)
		live := w.request(w.ada, w.contoso, w.helpDesk)
		require.NoError(t, w.AddSession(t.Context(), w.session(1, w.ada)))
		require.NoError(t, w.AddSession(t.Context(), w.session(2, w.grace)))
		require.NoError(t, w.AddEnrolment(t.Context(), store.Enrolment{TokenHash: [32]byte{7}, PersonID: w.ada.ID, ExpiresAt: noon.Add(time.Hour)}, w.by()))

		require.NoError(t, w.SuspendPerson(t.Context(), w.ada.ID, w.by()))
		_, err := w.Session(t.Context(), [32]byte{1})
		assert.ErrorIs(t, err, access.ErrNotFound)
		_, err = w.Session(t.Context(), [32]byte{2})
		assert.NoError(t, err, "another's")
		_, err = w.Enrolment(t.Context(), [32]byte{7})
		assert.ErrorIs(t, err, access.ErrNotFound)
		found, err := w.Uncovered(t.Context(), noon, 10)
		require.NoError(t, err)
		assert.Equal(t, []store.Uncovered{{GrantID: live.ID, Why: "person suspended"}}, found)
		last := w.lastRecord()
		assert.Equal(t, audit.SessionEnded, last.Action)
		assert.Equal(t, w.admin.ID, last.Actor, "by whoever suspended")

		before := w.dump()
		require.NoError(t, w.SuspendPerson(t.Context(), w.ada.ID, w.by()), "suspended already")
		assert.Equal(t, before, w.dump())
		require.NoError(t, w.ResumePerson(t.Context(), w.ada.ID, w.by()))
		require.NoError(t, w.ResumePerson(t.Context(), w.ada.ID, w.by()))
		assert.Equal(t, audit.PersonResumed, w.lastRecord().Action)
		p, err := w.Person(t.Context(), w.ada.ID)
		require.NoError(t, err)
		resumed := w.ada
		resumed.Revision = 3
		assert.Equal(t, resumed, p)
		require.NoError(t, w.SuspendPerson(t.Context(), w.ada.ID, w.by()), "each time has a record of its own")
		_, err = w.Enrolment(t.Context(), [32]byte{7})
		assert.ErrorIs(t, err, access.ErrNotFound)
		w.sound()
	})
}

func TestTheLastActiveAdminStays(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		second := w.person("Second", "second", access.Admin)
		demote := func(p store.Person) error {
			return w.ChangePerson(t.Context(), p.ID, 0, store.PersonSettings{Name: p.Name, Roles: []access.MSPRole{access.Auditor}}, w.by())
		}
		assert.ErrorIs(t, demote(w.admin), access.ErrLastAdmin, "the other one has no passkey")
		w.passkey(second, 2)
		w.passkey(w.admin, 1)
		require.NoError(t, w.ChangePerson(t.Context(), w.admin.ID, 0, store.PersonSettings{Name: name(t, "Renamed"), Roles: w.admin.Roles}, w.by()))

		// Each of the two takes the other's role, at once.
		both := []store.Person{w.admin, second}
		errs := together(2, func(i int) error { return demote(both[i]) })
		assert.Equal(t, 1, count(errs, func(err error) bool { return err == nil }))
		assert.Equal(t, 1, count(errs, func(err error) bool { return errors.Is(err, access.ErrLastAdmin) }))

		left := both[0]
		if errs[0] == nil {
			left = both[1]
		}
		before := w.dump()
		assert.ErrorIs(t, w.SuspendPerson(t.Context(), left.ID, w.by()), access.ErrLastAdmin)
		var missing access.PersonID
		mint(w, &missing)
		assert.ErrorIs(t, w.SuspendPerson(t.Context(), missing, w.by()), access.ErrNotFound)
		assert.Equal(t, before, w.dump())
		w.sound()
	})
}

func TestANewLinkVoidsTheOldOnes(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		for i := range byte(3) {
			e := store.Enrolment{TokenHash: [32]byte{i}, PersonID: w.ada.ID, ExpiresAt: noon.Add(time.Hour)}
			require.NoError(t, w.AddEnrolment(t.Context(), e, w.by()))
		}
		for i := range byte(3) {
			_, err := w.Enrolment(t.Context(), [32]byte{i})
			assert.Equal(t, i == 2, err == nil, i)
		}
	})
}

// A sign-in that was under way when its person was suspended, or its passkey removed, opens no session: those that were open then
// have been ended, and nobody would end this one.
func TestNoSessionComesAfterItsEnd(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		stolen, own := w.passkey(w.ada, 1), w.passkey(w.ada, 2)
		opened := func(n byte, with store.Passkey) error {
			se := w.session(n, w.ada)
			se.CredentialID = with.CredentialID
			return w.AddSession(ctx, se)
		}
		require.NoError(t, opened(1, stolen))
		require.NoError(t, w.RemovePasskey(ctx, store.Removal{PersonID: w.ada.ID, Hash: stolen.Hash()}, w.by()))
		require.ErrorIs(t, opened(2, stolen), access.ErrNotFound)
		require.ErrorIs(t, opened(2, w.passkey(w.grace, 3)), access.ErrNotFound, "another's passkey")
		require.NoError(t, opened(3, own))
		require.NoError(t, w.SuspendPerson(ctx, w.ada.ID, w.by()))
		require.ErrorIs(t, opened(4, own), access.ErrNotFound)
		assert.Equal(t, "0", w.dump()["sessions"])
	})
}

// The earlier sessions end with the enrolment: nothing can die between the two.
func TestAnEnrolmentEndsEarlierSessions(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		require.NoError(t, w.AddSession(ctx, w.session(1, w.ada)))
		require.NoError(t, w.AddSession(ctx, w.session(2, w.grace)))
		require.NoError(t, w.AddEnrolment(ctx, store.Enrolment{TokenHash: [32]byte{7}, PersonID: w.ada.ID, ExpiresAt: noon.Add(time.Hour)}, w.by()))
		require.NoError(t, w.Enrol(ctx, [32]byte{7}, store.Passkey{CredentialID: []byte{9}, PersonID: w.ada.ID, Credential: []byte("{}")}))
		_, err := w.Session(ctx, [32]byte{1})
		assert.ErrorIs(t, err, access.ErrNotFound)
		_, err = w.Session(ctx, [32]byte{2})
		assert.NoError(t, err, "another's")
		w.sound()
	})
}

func TestThePersonsLastPasskeyIsNotRemovedByAccident(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		first, second := w.passkey(w.ada, 1), w.passkey(w.ada, 2)
		foreign := w.passkey(w.grace, 3)
		require.NoError(t, w.AddSession(t.Context(), w.session(1, w.ada)))
		require.NoError(t, w.AddSession(t.Context(), w.session(2, w.ada)))
		remove := func(k store.Passkey, last bool) error {
			return w.RemovePasskey(t.Context(), store.Removal{PersonID: w.ada.ID, Hash: k.Hash(), EvenLast: last, Keep: [32]byte{1}}, w.by())
		}
		assert.ErrorIs(t, remove(foreign, true), access.ErrNotFound)
		errs := together(2, func(i int) error { return remove([]store.Passkey{first, second}[i], false) })
		assert.Equal(t, 1, count(errs, func(err error) bool { return err == nil }))
		assert.Equal(t, 1, count(errs, func(err error) bool { return errors.Is(err, access.ErrLastPasskey) }))
		_, err := w.Session(t.Context(), [32]byte{1})
		assert.NoError(t, err, "it is kept")
		_, err = w.Session(t.Context(), [32]byte{2})
		assert.ErrorIs(t, err, access.ErrNotFound)

		left, err := w.Passkeys(t.Context(), w.ada.ID)
		require.NoError(t, err)
		require.Len(t, left, 1)
		require.NoError(t, remove(left[0], true))
		assert.Equal(t, audit.PasskeyRemoved, w.lastRecord().Action)
		left, err = w.Passkeys(t.Context(), w.ada.ID)
		require.NoError(t, err)
		assert.Empty(t, left)
		w.sound()
	})
}

func TestAPersonRenamesTheirOwnPasskeys(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		own, foreign := w.passkey(w.ada, 1), w.passkey(w.grace, 2)
		for _, called := range []string{"Blue key", "Blue key", "Key on the ring"} {
			require.NoError(t, w.RenamePasskey(t.Context(), w.ada.ID, own.Hash(), name(t, called)))
			kept, err := w.Passkeys(t.Context(), w.ada.ID)
			require.NoError(t, err)
			assert.Equal(t, called, kept[0].Name)
		}
		assert.ErrorIs(t, w.RenamePasskey(t.Context(), w.ada.ID, foreign.Hash(), name(t, "Mine")), access.ErrNotFound)
		assert.Equal(t, audit.PasskeyRenamed, w.lastRecord().Action)
		assert.JSONEq(t, `"Blue key"`, string(w.detail("before")))
		w.sound()
	})
}
