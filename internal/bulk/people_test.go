package bulk_test

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/bulk"
	"hourglass/internal/store"
)

func TestPeopleAreInvitedAndChanged(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ada := w.person("ada", access.Technician)
		grace := w.person("grace", access.Technician)
		first := w.team("First level", ada.ID, grace.ID)
		before := len(w.records())
		report := w.imports(store.PersonList, lines(
			"handle,name,roles,teams",
			"Ada,Ada Lovelace,technician; approver,second level",
			"alan,Alan Turing,technician,First level; Second level",
			"barbara,Barbara Liskov,auditor,",
			"grace,,,",
		))
		assert.Equal(t, map[bulk.Outcome]int{bulk.Create: 2, bulk.Change: 1, bulk.Unchanged: 1}, count(report))
		assert.Equal(t, []bulk.Cell{
			{Column: "name", Before: "ada", After: "Ada Lovelace"},
			{Column: "roles", Before: "technician", After: "approver; technician"},
			{Column: "teams", Before: "First level", After: "second level"},
		}, report.Lines[0].Changes)
		assert.Equal(t, []audit.Action{
			audit.PersonAdded, audit.PersonAdded, audit.EnrolmentAdded, audit.EnrolmentAdded, audit.PersonChanged,
			audit.TeamAdded, audit.TeamChanged, audit.ListImported,
		}, w.actions(before))

		// The links work, are nobody else's, and are nowhere in clear.
		for i, l := range report.Lines {
			if l.Outcome != bulk.Create {
				assert.Nil(t, l.Invitation)
				continue
			}
			token := l.Invitation.Token.Reveal()
			raw, err := base64.RawURLEncoding.DecodeString(token)
			require.NoError(t, err)
			enrolment, err := w.store.Enrolment(t.Context(), sha256.Sum256(raw))
			require.NoError(t, err)
			person, err := w.store.Person(t.Context(), enrolment.PersonID)
			require.NoError(t, err)
			assert.Equal(t, report.Lines[i].What, person.Handle.String())
			assert.Equal(t, enrolment.ExpiresAt, l.Invitation.ExpiresAt)
			for _, r := range w.records() {
				assert.NotContains(t, string(r.Details)+r.Key, token)
			}
		}
		team, err := w.store.Team(t.Context(), first)
		require.NoError(t, err)
		assert.Len(t, team.Members, 2, "Ada left, Alan joined, Grace stayed")
		assert.Equal(t, "\ufeff"+lines(
			"handle,name,roles,teams",
			"ada,Ada Lovelace,approver; technician,second level",
			"admin,admin,admin,",
			"alan,Alan Turing,technician,First level; second level",
			"barbara,Barbara Liskov,auditor,",
			"grace,grace,technician,First level",
		), w.export(store.PersonList))
	})
}

func TestEveryProblemOfAPersonIsNamed(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.person("ada", access.Technician)
		w.team("Twice")
		w.team("Twice")
		report := w.imports(store.PersonList, lines(
			"handle,name,roles,teams",
			"grace,Grace Hopper,technician,",
			"-,,,",
			"alan,,,",
			"ada,Ada\x07,\"admin, technician\",Twice",
			"Grace,Grace,technician,\"x; "+strings.Repeat("x", 121)+"\"",
		))
		assert.Equal(t, map[int][]string{
			3: {"handle invalid"},
			4: {"name required", "roles required"},
			5: {"name invalid", "roles unknown", "teams ambiguous"},
			6: {"handle repeated", "teams invalid"},
		}, problems(report))
	})
}

// A handle that was somebody's stands against its own line, and not against the whole file without a word.
func TestAFormerHandleIsNamed(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		grace := w.person("grace", access.Technician)
		handle, err := access.NewHandle("hopper")
		require.NoError(t, err)
		err = w.store.ChangePerson(t.Context(), grace.ID, 0, store.PersonSettings{Name: grace.Name, Handle: handle, Roles: grace.Roles}, w.by())
		require.NoError(t, err)
		report := w.imports(store.PersonList, lines("handle,name,roles", "ada,Ada Lovelace,technician", "Grace,Grace Murray,technician"))
		assert.Equal(t, map[int][]string{3: {"handle former"}}, problems(report))
		assert.Equal(t, map[bulk.Outcome]int{bulk.Create: 1, bulk.Refused: 1}, count(report))
		report = w.imports(store.PersonList, lines("handle,name,roles", "ada,Ada Lovelace,technician", "hopper,,"))
		assert.Equal(t, map[bulk.Outcome]int{bulk.Create: 1, bulk.Unchanged: 1}, count(report))
	})
}

func TestAnAdminIsLeft(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ada := w.person("ada", access.Technician)
		header := "handle,roles"
		assert.Equal(t, map[int][]string{2: {"roles last_admin"}}, problems(w.imports(store.PersonList, lines(header, "admin,technician", "ada,admin"))),
			"Ada could not sign in")
		w.enrol(ada)
		assert.Equal(t, 2, w.imports(store.PersonList, lines(header, "admin,technician", "ada,admin")).Count[bulk.Change], "they change places")
		require.NoError(t, w.store.SuspendPerson(t.Context(), w.admin.ID, store.Actor{}))
		assert.Equal(t, map[int][]string{2: {"roles last_admin"}}, problems(w.imports(store.PersonList, lines(header, "ada,auditor", "admin,admin"))),
			"a suspended admin is none")
	})
}
