package store_test

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/store"
)

var theKey = sha256.Sum256([]byte("the browser's key"))

// tokens are a pair of which each number makes another.
func (w *world) tokens(n byte) store.TokenPair {
	now := w.clock.Now()
	return store.TokenPair{
		Access: [32]byte{'a', n}, Refresh: [32]byte{'r', n}, AccessEndsAt: now.Add(5 * time.Minute), BrowserEndsAt: now.Add(30 * 24 * time.Hour),
	}
}

// confirm keeps a code for a person.
func (w *world) confirm(p store.Person, code byte) [32]byte {
	w.t.Helper()
	hash := [32]byte{'c', code}
	require.NoError(w.t, w.AddPairingCode(w.t.Context(), store.PairingCode{
		Hash: hash, PersonID: p.ID, Name: name(w.t, "Work laptop"), Extension: store.Chromium, RedirectURI: "https://extension.example/",
		Challenge: [32]byte{'v'}, Key: theKey, ExpiresAt: w.clock.Now().Add(time.Minute),
	}))
	return hash
}

func (w *world) pair(code [32]byte, n byte) (store.Browser, error) {
	var id access.BrowserID
	mint(w, &id)
	return w.PairBrowser(w.t.Context(), code, func(c store.PairingCode) bool { return c.Key == theKey }, id, w.tokens(n))
}

// browser is one that is paired with a person.
func (w *world) browser(p store.Person, n byte) store.Browser {
	w.t.Helper()
	b, err := w.pair(w.confirm(p, n), n)
	require.NoError(w.t, err)
	return b
}

// details are those of every record of an action, oldest first.
func (w *world) details(action audit.Action) (found []map[string]any) {
	w.t.Helper()
	w.sound()
	records, err := w.AuditRecords(w.t.Context(), 0, 10_000)
	require.NoError(w.t, err)
	for _, r := range records {
		if r.Action == action {
			var details map[string]any
			require.NoError(w.t, json.Unmarshal(r.Details, &details))
			found = append(found, details)
		}
	}
	return found
}

func TestACodePairsOneBrowser(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		code := w.confirm(w.ada, 1)
		var pairedOnes [8]store.Browser
		errs := together(len(pairedOnes), func(i int) (err error) {
			pairedOnes[i], err = w.pair(code, byte(i))
			return err
		})
		assert.Equal(t, 1, count(errs, func(err error) bool { return err == nil }))
		assert.Equal(t, len(errs)-1, count(errs, isNotFound))
		require.Len(t, w.details(audit.BrowserPaired), 1)

		// The others used it a second time: somebody has copied it.
		left, err := w.Browsers(t.Context(), w.ada.ID)
		require.NoError(t, err)
		require.Len(t, left, 1)
		assert.Equal(t, store.CodeReused, left[0].RemovedBecause)
		require.Len(t, w.details(audit.BrowserRemoved), 1)
	})
}

func TestACodeThatDoesNotFitIsUsedUp(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		code := w.confirm(w.ada, 1)
		var id access.BrowserID
		mint(w, &id)
		_, err := w.PairBrowser(t.Context(), code, func(store.PairingCode) bool { return false }, id, w.tokens(1))
		require.ErrorIs(t, err, access.ErrNotFound)
		require.Len(t, w.details(audit.PairingRefused), 1)
		_, err = w.pair(code, 2)
		require.ErrorIs(t, err, access.ErrNotFound)
		_, err = w.BrowserOf(t.Context(), w.tokens(1).Access)
		require.ErrorIs(t, err, access.ErrNotFound, "nothing was issued")

		late := w.confirm(w.ada, 2)
		w.clock.Advance(time.Minute)
		_, err = w.pair(late, 3)
		require.ErrorIs(t, err, access.ErrNotFound)
		_, err = w.pair([32]byte{9}, 3)
		require.ErrorIs(t, err, access.ErrNotFound)
		assert.Empty(t, w.details(audit.BrowserPaired))
	})
}

func TestRefreshTokensRotate(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		b := w.browser(w.ada, 1)
		w.clock.Advance(time.Hour)
		_, err := w.BrowserOf(t.Context(), w.tokens(1).Access)
		require.ErrorIs(t, err, access.ErrNotFound, "an access token is short")
		_, err = w.RotateTokens(t.Context(), w.tokens(1).Access, theKey, w.tokens(9))
		require.ErrorIs(t, err, access.ErrNotFound, "an access token is no refresh token")

		// At once, as a browser that got no answer may do it: each is served.
		for _, err := range together(4, func(i int) error {
			_, err := w.RotateTokens(t.Context(), w.tokens(1).Refresh, theKey, w.tokens(byte(10+i)))
			return err
		}) {
			require.NoError(t, err)
		}
		after, err := w.BrowserOf(t.Context(), w.tokens(12).Access)
		require.NoError(t, err)
		assert.Equal(t, b.ID, after.ID)
		assert.Equal(t, w.clock.Now().Add(30*24*time.Hour), after.EndsAt)
		assert.Equal(t, w.clock.Now(), *after.LastUsedAt)

		w.clock.Advance(30 * time.Second)
		_, err = w.RotateTokens(t.Context(), w.tokens(1).Refresh, theKey, w.tokens(20))
		require.ErrorIs(t, err, access.ErrNotFound)
		gone, err := w.Browser(t.Context(), b.ID)
		require.NoError(t, err)
		assert.Equal(t, store.RefreshTokenReused, gone.RemovedBecause)
		known, err := w.RotateTokens(t.Context(), w.tokens(12).Refresh, theKey, w.tokens(21))
		require.ErrorIs(t, err, access.ErrNotFound, "the whole family is gone")
		assert.Equal(t, b.ID, known.ID, "whose it was is told, for the audit log")
		_, err = w.BrowserOf(t.Context(), w.tokens(21).Access)
		require.ErrorIs(t, err, access.ErrNotFound)
		require.Len(t, w.details(audit.BrowserRemoved), 1)
	})
}

func TestRemovalAndSuspensionCountAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		mine, other, graces := w.browser(w.ada, 1), w.browser(w.ada, 2), w.browser(w.grace, 3)
		require.ErrorIs(t, w.RemoveBrowser(t.Context(), w.grace.ID, mine.ID, w.by()), access.ErrNotFound, "it is another's")
		require.NoError(t, w.RemoveBrowser(t.Context(), w.ada.ID, mine.ID, w.by()))
		require.ErrorIs(t, w.RemoveBrowser(t.Context(), w.ada.ID, mine.ID, w.by()), access.ErrNotFound)
		removed, err := w.BrowserOf(t.Context(), w.tokens(1).Access)
		require.NoError(t, err)
		assert.NotNil(t, removed.RemovedAt)
		left, err := w.Browsers(t.Context(), w.ada.ID)
		require.NoError(t, err)
		require.Len(t, left, 1)
		assert.Equal(t, other.ID, left[0].ID, "one that a person removed is not shown")

		require.NoError(t, w.SuspendPerson(t.Context(), w.ada.ID, w.by()))
		suspended, err := w.Browser(t.Context(), other.ID)
		require.NoError(t, err)
		assert.Equal(t, store.Removed, suspended.RemovedBecause)
		_, err = w.RotateTokens(t.Context(), w.tokens(2).Refresh, theKey, w.tokens(9))
		require.ErrorIs(t, err, access.ErrNotFound)
		waiting := w.confirm(w.grace, 7)
		require.NoError(t, w.SuspendPerson(t.Context(), w.grace.ID, w.by()))
		_, err = w.pair(waiting, 8)
		require.ErrorIs(t, err, access.ErrNotFound)
		last, err := w.Browser(t.Context(), graces.ID)
		require.NoError(t, err)
		assert.NotNil(t, last.RemovedAt)
		require.Len(t, w.details(audit.BrowserRemoved), 3)
	})
}

func TestAProofIsSeenOnce(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		until := w.clock.Now().Add(time.Minute)
		firsts := make([]bool, 8)
		for _, err := range together(len(firsts), func(i int) (err error) {
			firsts[i], err = w.SeeProof(t.Context(), [32]byte{1}, until)
			return err
		}) {
			require.NoError(t, err)
		}
		seen := 0
		for _, first := range firsts {
			if first {
				seen++
			}
		}
		assert.Equal(t, 1, seen)
		w.clock.Advance(time.Minute)
		_, err := w.SeeProof(t.Context(), [32]byte{2}, until.Add(time.Minute))
		require.NoError(t, err)
		var kept int
		require.NoError(t, w.raw.QueryRow("SELECT count(*) FROM seen_proofs").Scan(&kept))
		assert.Equal(t, 1, kept, "what cannot be accepted again is not kept")
	})
}

// launch begins one with a ticket of its own.
func (w *world) launch(b store.Browser, g store.Grant, ticket byte) (store.Launch, error) {
	l := store.Launch{BrowserID: b.ID, GrantID: g.ID, Destination: access.ToEntra, LaunchedAt: w.clock.Now()}
	mint(w, &l.ID)
	_, err := w.AddLaunch(w.t.Context(), l, store.Ticket{Hash: [32]byte{'t', ticket}, ExpiresAt: w.clock.Now().Add(5 * time.Minute)})
	return l, err
}

func filling(b store.Browser, g store.Grant, ticket byte) store.Filling {
	return store.Filling{Ticket: [32]byte{'t', ticket}, Browser: b, Origin: "https://login.microsoftonline.com", UserName: g.UserName, Pass: true}
}

func isReplay(err error) bool {
	refused, ok := err.(*store.RefusedFill)
	return ok && refused.Why == store.TicketReplayed
}

func TestATicketIsFilledOnce(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitleAda()
		w.passkey(w.ada, 1)
		g := w.grantIn(access.Active, false)
		b := w.browser(w.ada, 1)
		l, err := w.launch(b, g, 1)
		require.NoError(t, err)
		errs := together(6, func(int) error {
			_, err := w.RecordFill(t.Context(), filling(b, g, 1))
			return err
		})
		assert.Equal(t, 1, count(errs, func(err error) bool { return err == nil }))
		assert.Equal(t, 5, count(errs, isReplay))
		filled, refused := w.details(audit.CredentialFilled), w.details(audit.FillRefused)
		require.Len(t, filled, 1)
		require.Len(t, refused, 1, "a replay is in the log once")
		assert.Equal(t, l.ID.String(), filled[0]["launch"])
		assert.Equal(t, "pass", filled[0]["step"])

		_, err = w.RecordFill(t.Context(), filling(b, g, 99))
		require.ErrorIs(t, err, access.ErrNotFound)
		require.NoError(t, w.AddTicket(t.Context(), l.ID, b.ID, store.Ticket{Hash: [32]byte{'t', 2}, ExpiresAt: w.clock.Now().Add(time.Minute)}))
		_, err = w.RecordFill(t.Context(), filling(b, g, 2))
		require.NoError(t, err)
		assert.Contains(t, w.actions(g.ID), audit.LaunchBegun)
	})
}

func TestAFillIsRefused(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitleAda()
		w.passkey(w.ada, 1)
		passOnly := w.helpDesk
		passOnly.Credential, passOnly.Name, passOnly.Revision = access.PassOnly, name(t, "Pass only"), 1
		mint(w, &passOnly.ID)
		require.NoError(t, w.AddProfile(t.Context(), passOnly, w.by()))
		w.entitle(w.ada, passOnly)
		g := w.bringTo(w.request(w.ada, w.customer("Adventure Works"), passOnly).ID, access.Active)
		b, other, graces := w.browser(w.ada, 1), w.browser(w.ada, 2), w.browser(w.grace, 3)
		ticket := byte(0)
		for _, c := range []struct {
			why    store.FillRefusal
			change func(f *store.Filling)
		}{
			{store.TicketForeign, func(f *store.Filling) { f.Browser = other }},
			{store.TicketForeign, func(f *store.Filling) { f.Browser = graces }},
			{store.OriginForeign, func(f *store.Filling) { f.Origin = "https://login.microsoftonline.com.evil.example" }},
			{store.OtherAccount, func(f *store.Filling) { f.UserName = "" }},
			{store.NotHandedOut, func(f *store.Filling) { f.Pass = false }},
			{store.TicketTooOld, func(*store.Filling) { w.clock.Advance(5 * time.Minute) }},
			{store.BrowserGone, func(*store.Filling) { require.NoError(t, w.RemoveBrowser(t.Context(), w.ada.ID, b.ID, w.by())) }},
			{store.GrantNotActive, func(f *store.Filling) {
				// The browser is another by now.
				_, err := w.BeginEnding(t.Context(), g.ID, store.Ending{Cause: access.Revoked, By: w.by()})
				require.NoError(t, err)
			}},
		} {
			ticket++
			from := b
			if c.why == store.GrantNotActive {
				from = other
			}
			_, err := w.launch(from, g, ticket)
			require.NoError(t, err)
			f := filling(from, g, ticket)
			c.change(&f)
			_, err = w.RecordFill(t.Context(), f)
			require.Equal(t, &store.RefusedFill{Why: c.why}, err)
			refused := w.details(audit.FillRefused)
			require.Len(t, refused, int(ticket), "each is in the audit log")
			assert.EqualValues(t, c.why, refused[ticket-1]["reason"])
		}
		assert.Empty(t, w.details(audit.CredentialFilled))
	})
}

func TestWhoMayNotLaunch(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitleAda()
		g := w.grantIn(access.Active, false)
		b := w.browser(w.ada, 1)
		_, err := w.launch(b, g, 1)
		require.ErrorIs(t, err, access.ErrPasskeyUnused, "no passkey was ever used")
		w.passkey(w.ada, 1)
		w.passkey(w.grace, 2)
		w.clock.Advance(12 * time.Hour)
		late := w.grantIn(access.Active, false)
		_, err = w.launch(b, late, 1)
		require.ErrorIs(t, err, access.ErrPasskeyUnused)
		require.NoError(t, w.UsePasskey(t.Context(), []byte{1}, w.clock.Now(), fine))
		_, err = w.launch(b, late, 1)
		require.NoError(t, err)

		_, err = w.launch(w.browser(w.grace, 2), late, 2)
		require.ErrorIs(t, err, access.ErrIllegalTransition, "the grant is another's")
		_, err = w.launch(b, g, 2)
		require.ErrorIs(t, err, access.ErrIllegalTransition, "its time is over")
		_, err = w.launch(b, w.grantIn(access.Provisioning, false), 2)
		require.ErrorIs(t, err, access.ErrIllegalTransition)
		require.NoError(t, w.RemoveBrowser(t.Context(), w.ada.ID, b.ID, w.by()))
		_, err = w.launch(b, late, 2)
		require.ErrorIs(t, err, access.ErrNotFound)
		assert.Len(t, w.details(audit.LaunchBegun), 1)
	})
}

func TestALaunchIsKeptForAWeek(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.entitleAda()
		w.passkey(w.ada, 1)
		b := w.browser(w.ada, 1)
		old, err := w.launch(b, w.grantIn(access.Active, false), 1)
		require.NoError(t, err)
		for i := range 60 {
			require.NoError(t, w.RecordReport(t.Context(), old.ID, b, store.Report{Outcome: "answered", Step: "username"}), i)
		}
		require.ErrorIs(t, w.RecordReport(t.Context(), old.ID, b, store.Report{Outcome: "answered", Step: "username"}), access.ErrTooMany)
		for i := range 4 {
			require.NoError(t, w.AddTicket(t.Context(), old.ID, b.ID, store.Ticket{Hash: [32]byte{'t', byte(10 + i)}, ExpiresAt: noon}))
		}
		require.ErrorIs(t, w.AddTicket(t.Context(), old.ID, b.ID, store.Ticket{Hash: [32]byte{'t', 20}, ExpiresAt: noon}), access.ErrTooMany)

		second, err := w.launch(b, w.grantIn(access.Active, false), 2)
		require.NoError(t, err)
		w.clock.Advance(time.Hour)
		require.ErrorIs(t, w.AddTicket(t.Context(), second.ID, b.ID, store.Ticket{Hash: [32]byte{'t', 21}, ExpiresAt: noon}), access.ErrTooMany)

		w.clock.Advance(7 * 24 * time.Hour)
		require.NoError(t, w.UsePasskey(t.Context(), []byte{1}, w.clock.Now(), fine))
		_, err = w.launch(b, w.grantIn(access.Active, false), 3)
		require.NoError(t, err)
		var kept int
		require.NoError(t, w.raw.QueryRow("SELECT count(*) FROM fill_tickets").Scan(&kept))
		assert.Equal(t, 1, kept)
	})
}

func TestOnlySoManyBrowsersOfAPerson(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		for i := range 20 {
			w.browser(w.ada, byte(i))
		}
		full := store.PairingCode{
			Hash: [32]byte{1}, PersonID: w.ada.ID, Name: name(t, "One more"), Extension: store.Firefox, RedirectURI: "x", ExpiresAt: w.clock.Now().Add(time.Minute),
		}
		require.ErrorIs(t, w.AddPairingCode(t.Context(), full), access.ErrTooMany)
		w.clock.Advance(30 * 24 * time.Hour)
		require.NoError(t, w.AddPairingCode(t.Context(), full), "those that were not used are over")
		left, err := w.Browsers(t.Context(), w.ada.ID)
		require.NoError(t, err)
		assert.Empty(t, left)
	})
}

// An attacker who repeats himself is one record for each cause and quarter of an hour.
func TestRefusalsDoNotFillTheLog(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		b := w.browser(w.ada, 1)
		w.clock.Advance(14 * time.Minute)
		for _, err := range together(5, func(int) error { return w.RecordBrowserRefused(t.Context(), b, "proof_replayed") }) {
			require.NoError(t, err)
		}
		incident := store.Report{Outcome: "stopped", Step: "none", Reason: "forged_message", Origin: "https://evil.example"}
		require.NoError(t, w.RecordIncident(t.Context(), b, incident))
		require.NoError(t, w.RecordIncident(t.Context(), b, incident))
		assert.Len(t, w.details(audit.BrowserRefused), 1)
		require.Len(t, w.details(audit.LaunchReported), 1)
		w.clock.Advance(15 * time.Minute)
		require.NoError(t, w.RecordBrowserRefused(t.Context(), b, "proof_replayed"))
		assert.Len(t, w.details(audit.BrowserRefused), 2)
		assert.NotEmpty(t, fmt.Sprint(w.details(audit.LaunchReported)[0]["browser"]))
	})
}

func isNotFound(err error) bool { return errors.Is(err, access.ErrNotFound) }
