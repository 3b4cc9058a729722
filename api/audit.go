package api

import (
	"context"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"io"
	"iter"
	"net/http"
	"strconv"
	"time"

	"hourglass/internal/bulk"
	"hourglass/internal/store"
)

// auditLog is what the store does for those who read the log.
type auditLog interface {
	AuditPage(ctx context.Context, f store.AuditFilter) (page []store.AuditEntry, more bool, err error)
	AuditExport(ctx context.Context, f store.AuditFilter) iter.Seq2[store.AuditEntry, error]
}

func (s *server) ListAudit(ctx context.Context, request ListAuditRequestObject) (ListAuditResponseObject, error) {
	ctx, _ = begin(ctx)
	asked := request.Params
	page, more, err := s.store.AuditPage(ctx, store.AuditFilter{
		Action: asked.Action, Actor: asked.Actor, PersonID: asked.PersonId, CustomerID: asked.CustomerId, GrantID: asked.GrantId,
		From: asked.From, To: asked.To, Before: asked.Before, After: asked.After, Limit: asked.Limit,
	})
	if err != nil {
		return nil, err
	}
	answer := ListAudit200JSONResponse{Records: make([]AuditRecord, len(page))}
	for i, e := range page {
		answer.Records[i] = auditView(e)
	}
	if more {
		answer.Next = page[len(page)-1].Seq
	}
	return answer, nil
}

func auditView(e store.AuditEntry) AuditRecord {
	view := AuditRecord{
		Seq: e.Seq, At: e.At, Key: e.Key, Action: string(e.Action), GrantId: e.GrantID, Details: e.Details,
		Prev: hex.EncodeToString(e.Prev[:]), Hash: hex.EncodeToString(e.Hash[:]), Unreadable: e.Unreadable,
	}
	if !e.Actor.IsZero() {
		view.Actor = Named{Id: e.Actor.String(), Name: e.ActorName}
	}
	if !e.PersonID.IsZero() {
		view.Person = Named{Id: e.PersonID.String(), Name: e.PersonName}
	}
	if !e.CustomerID.IsZero() {
		view.Customer = Named{Id: e.CustomerID.String(), Name: e.CustomerName}
	}
	if e.Unreadable {
		view.Details = json.RawMessage("{}")
	}
	return view
}

func (s *server) ExportAudit(ctx context.Context, request ExportAuditRequestObject) (ExportAuditResponseObject, error) {
	ctx, _ = begin(ctx)
	asked := request.Params
	file := auditFile{
		name: "hourglass-audit-" + s.now().UTC().Format("20060102-150405"),
		entries: s.store.AuditExport(ctx, store.AuditFilter{
			Action: asked.Action, Actor: asked.Actor, PersonID: asked.PersonId, CustomerID: asked.CustomerId, GrantID: asked.GrantId,
			From: asked.From, To: asked.To,
		}),
		breakOff: func(err error) { s.breakOff(ctx, err) },
	}
	if asked.Format == Csv {
		file.contentType, file.extension, file.write = "text/csv; charset=utf-8", ".csv", writeCSV
	} else {
		file.contentType, file.extension, file.write = "application/jsonl", ".jsonl", writeJSONLines
	}
	return file, nil
}

// auditFile is a response that is written while the log is read, so that its length is bounded by nothing.
type auditFile struct {
	name, extension, contentType string
	entries                      iter.Seq2[store.AuditEntry, error]
	write                        func(w io.Writer, entries iter.Seq2[store.AuditEntry, error]) error
	breakOff                     func(error)
}

func (f auditFile) VisitExportAuditResponse(w http.ResponseWriter) error {
	// Whoever takes a long log over a slow line may: each record extends the time there is.
	rc := http.NewResponseController(w)
	defer func() { _ = rc.SetWriteDeadline(time.Time{}) }()
	w.Header().Set("Content-Type", f.contentType)
	w.Header().Set("Content-Disposition", `attachment; filename="`+f.name+f.extension+`"`)
	w.Header().Set("Cache-Control", "no-store")
	paced := func(yield func(store.AuditEntry, error) bool) {
		for e, err := range f.entries {
			_ = rc.SetWriteDeadline(time.Now().Add(writeWithin))
			if !yield(e, err) {
				return
			}
		}
	}
	if err := f.write(w, paced); err != nil {
		f.breakOff(err)
	}
	return nil
}

func writeJSONLines(w io.Writer, entries iter.Seq2[store.AuditEntry, error]) error {
	encoder := json.NewEncoder(w)
	for e, err := range entries {
		if err != nil {
			return err
		}
		if err := encoder.Encode(auditView(e)); err != nil {
			return err
		}
	}
	return nil
}

func writeCSV(w io.Writer, entries iter.Seq2[store.AuditEntry, error]) error {
	cells := csv.NewWriter(w)
	_ = cells.Write([]string{"seq", "at", "action", "actor", "person", "customer", "grant_id", "details", "hash", "unreadable"})
	for e, err := range entries {
		if err != nil {
			return err
		}
		line := []string{
			strconv.FormatInt(e.Seq, 10), e.At.Format(time.RFC3339Nano), string(e.Action), e.ActorName, e.PersonName, e.CustomerName,
			e.GrantID.String(), string(e.Details), hex.EncodeToString(e.Hash[:]), "",
		}
		if e.Unreadable {
			// Nothing else of it can be told, and an empty line could be taken for a record.
			line = []string{strconv.FormatInt(e.Seq, 10), "", "", "", "", "", "", "", "", "yes"}
		}
		for i, cell := range line {
			line[i] = bulk.Guard(cell)
		}
		if err := cells.Write(line); err != nil {
			return err
		}
	}
	cells.Flush()
	return cells.Error()
}
