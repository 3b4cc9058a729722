package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"
	"modernc.org/sqlite"

	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/store"
)

// entitlement adds e for the help desk profile.
func (w *world) entitlement(e store.Entitlement) {
	w.t.Helper()
	mint(w, &e.ID)
	e.ProfileID = w.helpDesk.ID
	require.NoError(w.t, w.AddEntitlement(w.t.Context(), e, w.by()))
}

func (w *world) team(members ...access.PersonID) access.TeamID {
	w.t.Helper()
	var id access.TeamID
	mint(w, &id)
	require.NoError(w.t, w.AddTeam(w.t.Context(), id, name(w.t, "Team"), members, w.by()))
	return id
}

func (w *world) lastRecord() audit.Record {
	w.t.Helper()
	last, err := w.LastChange(w.t.Context())
	require.NoError(w.t, err)
	records, err := w.AuditRecords(w.t.Context(), last-1, 10)
	require.NoError(w.t, err)
	require.Len(w.t, records, 1)
	return records[0]
}

// truth is how the database writes true.
func (w *world) truth() string {
	if w.kind == "sqlite" {
		return "1"
	}
	return "true"
}

// unchecked writes what a CHECK would refuse.
func (w *world) unchecked(table, constraint, query string) {
	w.t.Helper()
	if w.kind == "postgres" {
		w.exec(fmt.Sprintf("ALTER TABLE %s DROP CONSTRAINT %s", table, constraint))
		w.exec(query)
		return
	}
	conn, err := w.raw.Conn(w.t.Context())
	require.NoError(w.t, err)
	defer conn.Close()
	_, err = conn.ExecContext(w.t.Context(), "PRAGMA ignore_check_constraints = ON; "+query+"; PRAGMA ignore_check_constraints = OFF")
	require.NoError(w.t, err)
}

// object is the Entra user of the tests.
var object = access.MustID[access.ObjectID]("0b000000-0000-4000-8000-000000000001")

// walk is how a grant comes to each state, by the store's own methods.
var walk = map[access.State]func(w *world, id access.GrantID) error{
	access.AwaitingApproval: func(w *world, id access.GrantID) error { return w.AwaitApproval(w.t.Context(), id) },
	access.Provisioning: func(w *world, id access.GrantID) error {
		_, err := w.BeginProvisioning(w.t.Context(), id, w.upn("ada@contoso.example"))
		return err
	},
	access.Active: func(w *world, id access.GrantID) error {
		_, err := w.Activate(w.t.Context(), id, w.clock.Now(), true)
		return err
	},
	access.Ending: func(w *world, id access.GrantID) error {
		_, err := w.BeginEnding(w.t.Context(), id, store.Ending{Cause: access.Returned})
		return err
	},
	access.Ended: func(w *world, id access.GrantID) error {
		_, err := w.End(w.t.Context(), id, access.Proof{ReadAt: w.clock.Now().Add(time.Minute)})
		return err
	},
}

// bringTo leads a freshly requested grant to a state; a guarded one is approved on the way.
func (w *world) bringTo(id access.GrantID, state access.State) store.Grant {
	w.t.Helper()
	g, err := w.Grant(w.t.Context(), id)
	require.NoError(w.t, err)
	path := []access.State{access.Provisioning, access.Active, access.Ending, access.Ended}
	if g.Terms.ApprovalRequired {
		path = append([]access.State{access.AwaitingApproval}, path...)
	}
	for _, next := range path {
		if g.State == state {
			break
		}
		require.NoError(w.t, walk[next](w, id), "to %s", next)
		if next == access.AwaitingApproval && state != next {
			_, err := w.Decide(w.t.Context(), id, store.Decision{By: w.admin.ID, Approved: true})
			require.NoError(w.t, err)
		}
		g, err = w.Grant(w.t.Context(), id)
		require.NoError(w.t, err)
	}
	require.Equal(w.t, state, g.State)
	return g
}

var sprintf = fmt.Sprintf

// refusedByTrigger reports whether one of the product's triggers refused, and not a check or an index.
func (w *world) refusedByTrigger(err error) bool {
	var pg *pgconn.PgError
	var lite *sqlite.Error
	return errors.As(err, &pg) && pg.Code == "HG001" || errors.As(err, &lite) && lite.Code() == 1811
}

// refuseAudit makes every further append to the audit log fail.
func (w *world) refuseAudit() {
	w.t.Helper()
	if w.kind == "postgres" {
		w.exec("CREATE TRIGGER full_disk BEFORE INSERT ON audit_records FOR EACH ROW EXECUTE FUNCTION hourglass_refuse('disk full')")
		return
	}
	w.exec("CREATE TRIGGER full_disk BEFORE INSERT ON audit_records BEGIN SELECT RAISE(ABORT, 'disk full'); END")
}

// dump is the number of rows of each table, and the state and revision of each grant and account.
func (w *world) dump() map[string]string {
	w.t.Helper()
	dump := map[string]string{}
	for _, table := range []string{
		"people", "enrolments", "passkeys", "ceremonies", "sessions", "paired_browsers", "pairing_codes", "browser_tokens", "launches", "fill_tickets", "customers", "profiles", "teams",
		"team_members", "entitlements", "accounts", "grants", "data_keys", "audit_records",
	} {
		var n string
		require.NoError(w.t, w.raw.QueryRow("SELECT count(*) FROM "+table).Scan(&n))
		dump[table] = n
	}
	rows, err := w.raw.Query(`SELECT g.id, g.state, g.revision, a.create_attempted, d.wrapped IS NULL
		FROM grants g JOIN accounts a ON a.id = g.account_id JOIN data_keys d ON d.grant_id = g.id`)
	require.NoError(w.t, err)
	defer rows.Close()
	for rows.Next() {
		var id, state, revision, attempted, destroyed string
		require.NoError(w.t, rows.Scan(&id, &state, &revision, &attempted, &destroyed))
		dump[id] = state + " " + revision + " " + attempted + " " + destroyed
	}
	require.NoError(w.t, rows.Err())
	return dump
}

// addEverything adds one of each audited thing besides grants.
func (w *world) addEverything() map[string]error {
	ctx := w.t.Context()
	person, customer, profile := w.ada, w.contoso, w.helpDesk
	mint(w, &person.ID)
	person.Handle, _ = access.NewHandle("somebody-else")
	another, _ := access.NewHandle("another-one")
	mint(w, &customer.ID)
	mint(w, &customer.TenantID)
	mint(w, &profile.ID)
	entitlement := store.Entitlement{PersonID: w.ada.ID, ProfileID: w.helpDesk.ID}
	mint(w, &entitlement.ID)
	var team access.TeamID
	mint(w, &team)
	later := noon.Add(time.Hour)
	return map[string]error{
		"import": w.Import(ctx, store.PersonList, func(store.Roster) (store.Changes, error) {
			var imported store.Person
			mint(w, &imported.ID)
			imported.Name, imported.Handle = person.Name, another
			return store.Changes{AddPeople: []store.Person{imported}, File: store.File{ID: "file"}}, nil
		}, w.by()),
		"person":      w.AddPerson(ctx, person, w.by()),
		"customer":    w.AddCustomer(ctx, customer, w.by()),
		"profile":     w.AddProfile(ctx, profile, w.by()),
		"team":        w.AddTeam(ctx, team, name(w.t, "Team"), []access.PersonID{w.ada.ID}, w.by()),
		"entitlement": w.AddEntitlement(ctx, entitlement, w.by()),
		"enrolment":   w.AddEnrolment(ctx, store.Enrolment{TokenHash: [32]byte{1}, PersonID: w.ada.ID, ExpiresAt: later}, w.by()),
		"passkey":     w.AddPasskey(ctx, store.Passkey{CredentialID: []byte{1}, PersonID: w.ada.ID, Credential: []byte("{}")}),
		"session": w.AddSession(ctx, store.Session{
			ID: [32]byte{1}, PersonID: w.ada.ID, CreatedAt: noon, LastSeenAt: noon, AssertedAt: noon, ExpiresAt: later,
		}),
	}
}

// disarmAudit takes the triggers off the audit log, as an intruder with enough rights could.
func (w *world) disarmAudit() {
	w.t.Helper()
	if w.kind == "postgres" {
		w.exec("ALTER TABLE audit_records DISABLE TRIGGER USER")
		return
	}
	w.exec("DROP TRIGGER audit_records_are_unchanged")
	w.exec("DROP TRIGGER audit_records_are_kept")
}

// disarmGrants takes the triggers off the grants.
func (w *world) disarmGrants() {
	w.t.Helper()
	if w.kind == "postgres" {
		w.exec("ALTER TABLE grants DISABLE TRIGGER USER")
		return
	}
	for _, trigger := range []string{"grants_terms_are_fixed", "grants_step", "grants_stay_ended", "grants_end_without_data_key"} {
		w.exec("DROP TRIGGER " + trigger)
	}
}

// onlyGrant is the id of the one grant that there is.
func (w *world) onlyGrant() (id access.GrantID) {
	w.t.Helper()
	require.NoError(w.t, w.raw.QueryRow("SELECT id FROM grants").Scan(&id))
	return id
}

// detail is one of the details of the newest audit record.
func (w *world) detail(named string) json.RawMessage {
	w.t.Helper()
	var details map[string]json.RawMessage
	require.NoError(w.t, json.Unmarshal(w.lastRecord().Details, &details))
	return details[named]
}
