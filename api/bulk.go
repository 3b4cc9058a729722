package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"hourglass/internal/bulk"
	"hourglass/internal/store"
)

const (
	sheetType = "text/csv"
	// uploadWithin is how long a file may take to come, to be imported and to be answered: the longest takes a minute over
	// a slow line.
	uploadWithin = 3 * time.Minute
)

// allowUpload gives a signed-in caller more time than the server gives everybody.
func allowUpload(c *gin.Context) {
	connection, until := http.NewResponseController(c.Writer), time.Now().Add(uploadWithin)
	_ = connection.SetReadDeadline(until) // a writer that has no deadlines needs none
	_ = connection.SetWriteDeadline(until)
}

func (s *server) ImportBulk(ctx context.Context, request ImportBulkRequestObject) (ImportBulkResponseObject, error) {
	ctx, by := begin(ctx)
	if request.Params.DryRun {
		report, err := s.bulk.Try(ctx, request.List, request.Body)
		return ImportBulk200JSONResponse(s.reportView(report, true)), tooLong(err)
	}
	report, err := s.bulk.Import(ctx, request.List, request.Body, by.actor())
	if err != nil {
		return nil, tooLong(err)
	}
	if report.Refused() {
		return nil, refusedImport(report)
	}
	if request.List != store.CustomerList {
		s.endUncovered()
	}
	return ImportBulk200JSONResponse(s.reportView(report, false)), nil
}

// tooLong says what a file may have.
func tooLong(err error) error {
	if errors.Is(err, bulk.ErrTooLong) {
		return &failure{kind: bodyTooLarge, cause: err, detail: fmt.Sprintf("Send at most %d MiB and %d lines: divide the file, with the header in each part.", bulk.LongestFile>>20, bulk.MostLines)}
	}
	return err
}

func refusedImport(report bulk.Report) error {
	refused := &failure{kind: importRefused}
	for _, l := range report.Lines {
		refused.errors = append(refused.errors, lineProblems(l)...)
	}
	return refused
}

func lineProblems(l bulk.Line) (problems []ProblemError) {
	for _, p := range l.Problems {
		problems = append(problems, ProblemError{Line: l.Number, Field: p.Column, Code: p.Code, Advice: p.Advice})
	}
	return problems
}

func (s *server) reportView(report bulk.Report, dry bool) ImportReport {
	view := ImportReport{
		DryRun: dry, Lines: make([]ImportLine, len(report.Lines)),
		Count: ImportCount{
			Create: report.Count[bulk.Create], Change: report.Count[bulk.Change], Remove: report.Count[bulk.Remove],
			Unchanged: report.Count[bulk.Unchanged], Problem: report.Count[bulk.Refused],
		},
	}
	for i, l := range report.Lines {
		view.Lines[i] = ImportLine{Line: l.Number, What: l.What, Outcome: l.Outcome, Problems: lineProblems(l)}
		for _, c := range l.Changes {
			view.Lines[i].Changes = append(view.Lines[i].Changes, ImportChange{Column: c.Column, Before: c.Before, After: c.After})
		}
		if l.Invitation != nil {
			view.Lines[i].Link = s.linkWith(l.Invitation.Token, l.Invitation.ExpiresAt)
		}
	}
	return view
}

func (s *server) ExportBulk(ctx context.Context, request ExportBulkRequestObject) (ExportBulkResponseObject, error) {
	ctx, _ = begin(ctx)
	write, err := s.bulk.Export(ctx, request.List)
	name := fmt.Sprintf("hourglass-%s-%s.csv", request.List, s.now().UTC().Format(time.DateOnly))
	return download{name, write, func(err error) { s.breakOff(ctx, err) }}, err
}

// download is a file for people to keep.
type download struct {
	name     string
	write    func(io.Writer) error
	breakOff func(error)
}

func (d download) VisitExportBulkResponse(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", sheetType+"; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+d.name+`"`)
	w.WriteHeader(http.StatusOK)
	if err := d.write(w); err != nil {
		d.breakOff(err)
	}
	return nil
}
