package api

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/store"
)

func TestAuditIsReadNewestFirst(t *testing.T) {
	h := newHouse(t)
	ada, auditor := h.signedIn("ada", access.Technician), h.signedIn("grace", access.Auditor)
	h.entitle(ada.person.ID, h.profile.ID, h.customer.ID)
	g := ada.request("k").grant()

	page := into[AuditPage](auditor.get("/api/v1/audit?grant_id="+g.Id.String()), http.StatusOK)
	require.NotEmpty(t, page.Records)
	requested := page.Records[len(page.Records)-1]
	assert.Equal(t, string(audit.GrantRequested), requested.Action)
	assert.Equal(t, Named{Id: ada.person.ID.String(), Name: "ada"}, requested.Actor)
	assert.Equal(t, Named{Id: h.customer.ID.String(), Name: "Contoso"}, requested.Customer)

	first := into[AuditPage](auditor.get("/api/v1/audit?limit=2"), http.StatusOK)
	require.Len(t, first.Records, 2)
	second := into[AuditPage](auditor.get("/api/v1/audit?limit=2&before="+strconv.FormatInt(first.Next, 10)), http.StatusOK)
	assert.Equal(t, first.Records[1].Seq-1, second.Records[0].Seq)
	newest := strconv.FormatInt(first.Records[0].Seq, 10)
	assert.Empty(t, into[AuditPage](auditor.get("/api/v1/audit?after="+newest), http.StatusOK).Records)
	auditor.get("/api/v1/audit?action=grant.%25").problem(invalidRequest)
}

// nothing-forgotten: whoever has the export can check the chain without Hourglass.
func TestAuditExportCarriesTheChain(t *testing.T) {
	h := newHouse(t)
	auditor := h.signedIn("grace", access.Auditor)
	answer := auditor.get("/api/v1/audit/export")
	require.Equal(t, http.StatusOK, answer.status)
	assert.Regexp(t, `^attachment; filename="hourglass-audit-[0-9-]+\.jsonl"$`, answer.header.Get("Content-Disposition"))
	assert.Equal(t, "no-store", answer.header.Get("Cache-Control"))

	head := audit.Genesis
	for lines := bufio.NewScanner(strings.NewReader(answer.body)); lines.Scan(); {
		var r AuditRecord
		require.NoError(t, json.Unmarshal(lines.Bytes(), &r))
		var again audit.Record
		again, head = head.Append(audit.Record{
			At: r.At, Key: r.Key, Action: audit.Action(r.Action),
			Actor: idOf[access.PersonID](t, r.Actor.Id), PersonID: idOf[access.PersonID](t, r.Person.Id),
			CustomerID: idOf[access.CustomerID](t, r.Customer.Id), GrantID: r.GrantId, Details: r.Details,
		})
		assert.Equal(t, r.Seq, again.Seq)
		require.Equal(t, r.Hash, hex.EncodeToString(again.Hash[:]), "record %d", r.Seq)
	}
	last, err := h.store.LastChange(t.Context())
	require.NoError(t, err)
	assert.Equal(t, last, head.Seq)

	nobodyBefore := auditor.get("/api/v1/audit/export?to=" + time.Now().AddDate(-1, 0, 0).UTC().Format(time.RFC3339))
	assert.Empty(t, nobodyBefore.body)
}

func TestAuditExportAsCSVStartsNoFormula(t *testing.T) {
	h := newHouse(t)
	auditor := h.signedIn("grace", access.Auditor)
	h.addCustomer("=HYPERLINK(A1)")
	answer := auditor.get("/api/v1/audit/export?format=csv&action=customer")
	require.Equal(t, http.StatusOK, answer.status)
	assert.Contains(t, answer.body, "customer.added")
	assert.Contains(t, answer.body, "'=HYPERLINK(A1)")
	assert.NotContains(t, answer.body, ",=")
}

// nothing-forgotten: a row that was changed past the store is shown for what it is.
func TestAnUnreadableRecordIsMarkedInEveryForm(t *testing.T) {
	entries := func(yield func(store.AuditEntry, error) bool) {
		yield(store.AuditEntry{Record: audit.Record{Seq: 7}, Unreadable: true}, nil)
	}
	var table, lines strings.Builder
	require.NoError(t, writeCSV(&table, entries))
	assert.Equal(t, "seq,at,action,actor,person,customer,grant_id,details,hash,unreadable\n7,,,,,,,,,yes\n", table.String())
	require.NoError(t, writeJSONLines(&lines, entries))
	assert.Contains(t, lines.String(), `"unreadable":true`)
}

// brokenLog is a log that can be read up to its second record.
type brokenLog struct{ Store }

func (b brokenLog) AuditExport(ctx context.Context, f store.AuditFilter) iter.Seq2[store.AuditEntry, error] {
	return func(yield func(store.AuditEntry, error) bool) {
		for e := range b.Store.AuditExport(ctx, f) {
			if yield(e, nil) {
				yield(store.AuditEntry{}, errors.New("the database is away"))
			}
			return
		}
	}
}

// Half an export must not look like a whole one, and the operator reads what happened.
func TestAnAuditExportThatBreaksOffIsNoWholeOne(t *testing.T) {
	h := newHouse(t)
	auditor := h.signedIn("grace", access.Auditor)
	h.server.store = brokenLog{h.server.store}
	for _, format := range []string{"jsonl", "csv"} {
		answer, err := auditor.client.Get(origin + "/api/v1/audit/export?format=" + format)
		if err == nil {
			_, err = io.ReadAll(answer.Body)
			_ = answer.Body.Close()
		}
		assert.Error(t, err, format)
	}
	eventually(t, func() bool {
		said := h.log.String()
		return strings.Count(said, "the database is away") >= 2 && strings.Count(said, `"broken_off":true`) >= 2 // the client may ask again
	}, "both in the log")
}

func idOf[I any, P interface {
	*I
	UnmarshalText([]byte) error
}](t *testing.T, text string) (id I) {
	if text != "" {
		require.NoError(t, P(&id).UnmarshalText([]byte(text)))
	}
	return id
}
