package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/store"
)

// The size that the product promises to serve.
const (
	customersInAll = 1000
	peopleInAll    = 500
	grantsInAll    = 100_000
	// liveAtOnce of the grants have not ended.
	liveAtOnce = 200
	// teamsInAll have 20 people each, and each team reaches 40 customers by two profiles.
	teamsInAll = 25
)

// fill makes a big MSP of the stage's: customers, people, teams and entitlements through the store, the grants and audit
// records of some months past it, in two transactions instead of hundreds of thousands. The audit log verifies afterwards.
func (s *stage) fill(ctx context.Context, _ struct{}) (any, error) {
	profiles, err := s.Store.Profiles(ctx)
	if err != nil {
		return nil, err
	}
	customers, err := s.manyCustomers(ctx)
	if err != nil {
		return nil, err
	}
	people, err := s.manyPeople(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.manyEntitlements(ctx, people, customers, profiles); err != nil {
		return nil, err
	}
	return struct{}{}, s.manyGrants(ctx, people, customers, profiles[0])
}

func (s *stage) manyCustomers(ctx context.Context) ([]access.CustomerID, error) {
	ids := make([]access.CustomerID, customersInAll)
	for i := range ids {
		ids[i] = access.MustID[access.CustomerID](uuid.NewString())
		name, err := access.NewName(fmt.Sprintf("%s %04d", []string{"Adventure Works", "Fabrikam", "Northwind", "Tailspin", "Wingtip"}[i%5], i))
		if err != nil {
			return nil, err
		}
		// Without tenants of their own: nobody asks Microsoft about them.
		if err := s.Store.AddCustomer(ctx, store.Customer{ID: ids[i], Name: name, Connection: access.Unconnected}, store.Actor{}); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

func (s *stage) manyPeople(ctx context.Context) ([]access.PersonID, error) {
	ids := make([]access.PersonID, peopleInAll)
	for i := range ids {
		ids[i] = access.MustID[access.PersonID](uuid.NewString())
		name, err := access.NewName(fmt.Sprintf("%s %03d", []string{"Ada", "Alan", "Barbara", "Edsger", "Margaret"}[i%5], i))
		if err != nil {
			return nil, err
		}
		handle, err := access.NewHandle(fmt.Sprintf("p%03d", i))
		if err != nil {
			return nil, err
		}
		if err := s.Store.AddPerson(ctx, store.Person{ID: ids[i], Name: name, Handle: handle, Roles: []access.MSPRole{access.Technician}}, store.Actor{}); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

func (s *stage) manyEntitlements(ctx context.Context, people []access.PersonID, customers []access.CustomerID, profiles []access.Profile) error {
	for t := range teamsInAll {
		id := access.MustID[access.TeamID](uuid.NewString())
		name, err := access.NewName(fmt.Sprintf("Team %02d", t))
		if err != nil {
			return err
		}
		if err := s.Store.AddTeam(ctx, id, name, people[t*peopleInAll/teamsInAll:(t+1)*peopleInAll/teamsInAll], store.Actor{}); err != nil {
			return err
		}
		for c := range 2 * customersInAll / teamsInAll {
			e := store.Entitlement{
				ID: access.MustID[access.EntitlementID](uuid.NewString()), TeamID: id, ProfileID: profiles[c%2].ID,
				CustomerID: customers[(t*customersInAll/teamsInAll+c/2)%customersInAll],
			}
			if err := s.Store.AddEntitlement(ctx, e, store.Actor{}); err != nil {
				return err
			}
		}
	}
	return nil
}

// manyGrants writes as the store would have written, past its clock: a grant every five minutes, back from now.
func (s *stage) manyGrants(ctx context.Context, people []access.PersonID, customers []access.CustomerID, profile access.Profile) (err error) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(s.Dir(), "hourglass.db")+"?_pragma=busy_timeout(60000)&_txlock=immediate")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	w := &writer{ctx: ctx, tx: tx, profile: profile}
	if w.roles, err = json.Marshal(profile.Roles); err != nil {
		return err
	}
	for _, step := range []func() error{
		w.begin,
		func() error {
			for i := range grantsInAll {
				// Each person and customer meet at most once among those that are live.
				if err := w.grant(i, people[i%peopleInAll], customers[(i/peopleInAll+i%peopleInAll*7)%customersInAll]); err != nil {
					return err
				}
			}
			return nil
		},
		w.end,
		tx.Commit,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// writer is one transaction that adds grants and what the audit log says of them.
type writer struct {
	ctx     context.Context
	tx      *sql.Tx
	profile access.Profile
	roles   []byte
	trigger string // grants_begin_requested, which is gone meanwhile
	head    audit.Head
	oldest  time.Time

	account, known, add, key, record *sql.Stmt
}

const instantLayout = "2006-01-02 15:04:05.000000Z" // as in internal/store

func (w *writer) begin() error {
	var hash []byte
	err := w.tx.QueryRowContext(w.ctx, "SELECT seq, hash FROM audit_head").Scan(&w.head.Seq, &hash)
	if err != nil {
		return err
	}
	copy(w.head.Hash[:], hash)
	if err := w.tx.QueryRowContext(w.ctx, "SELECT sql FROM sqlite_master WHERE name = 'grants_begin_requested'").Scan(&w.trigger); err != nil {
		return err
	}
	if _, err := w.tx.ExecContext(w.ctx, "DROP TRIGGER grants_begin_requested"); err != nil {
		return err
	}
	w.oldest = time.Now().Add(-grantsInAll * 5 * time.Minute)
	for statement, query := range map[**sql.Stmt]string{
		&w.known:   "SELECT id FROM accounts WHERE person_id = ? AND customer_id = ?",
		&w.account: "INSERT INTO accounts (id, person_id, customer_id, marker, create_attempted) VALUES (?, ?, ?, ?, 0)",
		&w.add: `INSERT INTO grants (id, person_id, customer_id, account_id, idempotency_key, fingerprint, profile_id, profile_name, roles, credential,
			lifetime_seconds, maximum_seconds, approval_required, reason, ticket, requested_at, state, cause, outcome, revision, deadline, touched_at,
			active_at, expires_at, ended_at, pass_ends_in_time, roles_end_at_microsoft, proof_removed_roles, proof_removed_methods, proof_removed_groups)
			VALUES (?, ?, ?, ?, ?, zeroblob(32), ?, ?, ?, ?, 3600, 14400, 0, 'Printer', 'T-1042', ?, ?, ?, ?, 4, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0)`,
		&w.key: "INSERT INTO data_keys (grant_id, wrapped, destroyed_at) VALUES (?, ?, ?)",
		&w.record: `INSERT INTO audit_records (seq, at, key, action, actor, person_id, customer_id, grant_id, details, prev, hash)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
	} {
		if *statement, err = w.tx.PrepareContext(w.ctx, query); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) end() error {
	if _, err := w.tx.ExecContext(w.ctx, w.trigger); err != nil {
		return err
	}
	_, err := w.tx.ExecContext(w.ctx, "UPDATE audit_head SET seq = ?, hash = ?", w.head.Seq, w.head.Hash[:])
	return err
}

func (w *writer) grant(i int, person access.PersonID, customer access.CustomerID) error {
	at, live := w.oldest.Add(time.Duration(i)*5*time.Minute), i >= grantsInAll-liveAtOnce
	state, over, cause := "ended", any(at.Add(time.Hour).UTC().Format(instantLayout)), any("expired")
	deadline := at.Add(2 * time.Hour)
	if live {
		at = time.Now().Add(-time.Duration(i%40) * time.Minute)
		state, over, cause, deadline = "active", nil, nil, at.Add(8*time.Hour)
	}
	text := func(t time.Time) string { return t.UTC().Format(instantLayout) }
	account, err := w.accountOf(person, customer)
	if err != nil {
		return err
	}
	id := access.MustID[access.GrantID](uuid.NewString())
	_, err = w.add.ExecContext(w.ctx, id.String(), person.String(), customer.String(), account, "fill/"+id.String(),
		w.profile.ID.String(), w.profile.Name.String(), string(w.roles), string(w.profile.Credential),
		text(at), state, cause, cause, text(deadline), text(at), text(at), text(at.Add(time.Hour)), over)
	if err != nil {
		return fmt.Errorf("grant %d: %w", i, err)
	}
	happened := []audit.Action{audit.GrantRequested, audit.GrantActive, audit.GrantEnded}
	if live {
		happened = happened[:2]
	}
	for _, action := range happened {
		if err := w.append(audit.Record{
			At: at, Key: fmt.Sprintf("%s/%s", action, id), Action: action, Actor: person, PersonID: person, CustomerID: customer, GrantID: id, Details: []byte("{}"),
		}); err != nil {
			return err
		}
	}
	wrapped, destroyed := any([]byte{0}), any(nil)
	if !live {
		wrapped, destroyed = nil, over
	}
	_, err = w.key.ExecContext(w.ctx, id.String(), wrapped, destroyed)
	return err
}

func (w *writer) accountOf(person access.PersonID, customer access.CustomerID) (id string, err error) {
	err = w.known.QueryRowContext(w.ctx, person.String(), customer.String()).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		id = uuid.NewString()
		_, err = w.account.ExecContext(w.ctx, id, person.String(), customer.String(), id)
	}
	return id, err
}

func (w *writer) append(r audit.Record) error {
	r, w.head = w.head.Append(r)
	_, err := w.record.ExecContext(w.ctx, r.Seq, r.At.Format(instantLayout), r.Key, string(r.Action), r.Actor.String(), r.PersonID.String(),
		r.CustomerID.String(), r.GrantID.String(), string(r.Details), r.Prev[:], r.Hash[:])
	return err
}
