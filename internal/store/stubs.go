package store

import (
	"context"
	"log/slog"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

type Store struct{}
type Option func(*Store)
type C = context.Context

func WithClock(now func() time.Time) Option                  { panic("") }
func WithLogger(l *slog.Logger) Option                       { panic("") }
func Open(ctx C, url string, opts ...Option) (*Store, error) { panic("") }
func (s *Store) Close() error                                { panic("") }
func (s *Store) Migrate(ctx C) error                         { panic("") }
func (s *Store) Pending(ctx C) (int, error)                  { panic("") }
func (s *Store) Ping(ctx C) error                            { panic("") }

func (s *Store) AddPerson(ctx C, p Person, by Actor) error              { panic("") }
func (s *Store) Person(ctx C, id access.PersonID) (Person, error)       { panic("") }
func (s *Store) PersonByHandle(ctx C, h access.Handle) (Person, error)  { panic("") }
func (s *Store) People(ctx C) ([]Person, error)                         { panic("") }
func (s *Store) AddEnrolment(ctx C, e Enrolment, by Actor) error        { panic("") }
func (s *Store) Enrolment(ctx C, tokenHash [32]byte) (Enrolment, error) { panic("") }
func (s *Store) Enrol(ctx C, tokenHash [32]byte, k Passkey) error       { panic("") }
func (s *Store) AddPasskey(ctx C, k Passkey) error                      { panic("") }
func (s *Store) Passkeys(ctx C, p access.PersonID) ([]Passkey, error)   { panic("") }
func (s *Store) PasskeyUsed(ctx C, credentialID []byte, credential []byte, at time.Time) error {
	panic("")
}
func (s *Store) AddCeremony(ctx C, c Ceremony) error                            { panic("") }
func (s *Store) TakeCeremony(ctx C, id [32]byte, kind string) (Ceremony, error) { panic("") }
func (s *Store) AddSession(ctx C, se Session) error                             { panic("") }
func (s *Store) Session(ctx C, id [32]byte) (Session, error)                    { panic("") }
func (s *Store) TouchSession(ctx C, id [32]byte, seen time.Time) error          { panic("") }
func (s *Store) AssertSession(ctx C, id [32]byte, at time.Time) error           { panic("") }
func (s *Store) EndSession(ctx C, id [32]byte) error                            { panic("") }
func (s *Store) EndSessions(ctx C, p access.PersonID) (int, error)              { panic("") }

func (s *Store) AddCustomer(ctx C, c Customer, by Actor) error          { panic("") }
func (s *Store) Customer(ctx C, id access.CustomerID) (Customer, error) { panic("") }
func (s *Store) Customers(ctx C) ([]Customer, error)                    { panic("") }
func (s *Store) AddProfile(ctx C, p access.Profile, by Actor) error     { panic("") }
func (s *Store) Profiles(ctx C) ([]access.Profile, error)               { panic("") }
func (s *Store) AddTeam(ctx C, id access.TeamID, name access.Name, members []access.PersonID, by Actor) error {
	panic("")
}
func (s *Store) AddEntitlement(ctx C, e Entitlement, by Actor) error            { panic("") }
func (s *Store) Access(ctx C, p access.PersonID, at time.Time) ([]Reach, error) { panic("") }

func (s *Store) RequestGrant(ctx C, n NewGrant) (g Grant, created bool, err error)  { panic("") }
func (s *Store) Grant(ctx C, id access.GrantID) (Grant, error)                      { panic("") }
func (s *Store) Grants(ctx C, f GrantFilter) (page []Grant, next string, err error) { panic("") }
func (s *Store) DataKey(ctx C, id access.GrantID) (wrapped []byte, err error)       { panic("") }
func (s *Store) RecordReveal(ctx C, id access.GrantID, by access.PersonID, revealID string, kind access.CredentialKind) error {
	panic("")
}
func (s *Store) Changes(ctx C, after int64, limit int) ([]Change, error) { panic("") }
func (s *Store) LastChange(ctx C) (int64, error)                         { panic("") }

func (s *Store) Plan(ctx C, id access.GrantID) (Plan, error)                              { panic("") }
func (s *Store) BeginProvisioning(ctx C, id access.GrantID, upn access.UPN) (Plan, error) { panic("") }
func (s *Store) AccountProvisioned(ctx C, id access.GrantID, p Provisioned) error         { panic("") }
func (s *Store) CredentialIssued(ctx C, id access.GrantID, c Issued) error                { panic("") }
func (s *Store) Activate(ctx C, id access.GrantID, at time.Time, rolesEndAtMicrosoft bool) (Grant, error) {
	panic("")
}
func (s *Store) Extend(ctx C, id access.GrantID, e Extension) (Grant, error)               { panic("") }
func (s *Store) Decide(ctx C, id access.GrantID, d Decision) (Grant, error)                { panic("") }
func (s *Store) AwaitApproval(ctx C, id access.GrantID) error                              { panic("") }
func (s *Store) Withdraw(ctx C, id access.GrantID, by Actor, outcome access.Outcome) error { panic("") }
func (s *Store) BeginEnding(ctx C, id access.GrantID, e Ending) (Plan, error)              { panic("") }
func (s *Store) End(ctx C, id access.GrantID, proof access.Proof) (Grant, error)           { panic("") }
func (s *Store) Strays(ctx C, now time.Time, grace time.Duration, limit int) ([]Grant, error) {
	panic("")
}
func (s *Store) AuditRecords(ctx C, after int64, limit int) ([]audit.Record, error) { panic("") }
func (s *Store) VerifyAudit(ctx C) (audit.Verdict, error)                           { panic("") }
