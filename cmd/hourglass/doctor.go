package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"hourglass/internal/doctor"
)

type doctorCommand struct {
	JSON bool `name:"json" help:"Print the report as JSON."`
}

func (c doctorCommand) Run(ctx context.Context, out io.Writer) error {
	var m mistakes
	s := readSettings(&m)
	s.LogLevel = slog.LevelError + 1 // what goes wrong here is in the report
	r := openRooms(ctx, s, &m)
	defer r.close()
	newPasskeys(s, r.store, &m)
	s.checkAPI(&m)
	report := doctor.Examine(ctx, r.examination(&m))
	if err := c.print(out, report); err != nil {
		return err
	}
	if status := doctorStatus[report.Level]; status != 0 {
		return status
	}
	return nil
}

var doctorStatus = map[doctor.Level]exitStatus{doctor.Warning: 1, doctor.Broken: 2}

// examination is everything that can be looked at with these settings. What cannot be opened is among the mistakes.
func (r *rooms) examination(m *mistakes) (parts []doctor.Part) {
	if r.store != nil {
		parts = append(parts, doctor.Database(r.store), doctor.Grants(r.store))
	}
	if r.store != nil && r.temporal != nil {
		parts = append(parts, doctor.Temporal(r.temporal, r.namespace, r.store))
	}
	if r.store != nil && r.vault != nil {
		parts = append(parts, doctor.DataKeys(r.store, r.vault))
	}
	if r.store != nil && r.temporal != nil {
		parts = append(parts, doctor.CodecKeys(r.store, r.temporal, r.codec))
	}
	app := r.settings.Entra
	switch {
	case app.ClientCertificateFile != "":
		parts = append(parts, doctor.Certificate(app.ClientCertificateFile, time.Now()))
	case !r.settings.clientSecret().IsZero():
		parts = append(parts, doctor.Secret(app.ClientSecretExpires.Time, time.Now()))
	default:
		_, err := r.signInHost()
		m.note(named("ENTRA_…", err))
		return append([]doctor.Part{doctor.Settings(m.all)}, append(parts, doctor.Unasked())...)
	}
	if r.store != nil && r.vault != nil {
		if microsoft := r.connectMicrosoft(m); microsoft != nil {
			parts = append(parts, doctor.Customers(r.store, microsoft))
		}
	}
	return append([]doctor.Part{doctor.Settings(m.all)}, parts...)
}

func (c doctorCommand) print(out io.Writer, report doctor.Report) error {
	if c.JSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(report)
	}
	var failed error
	say := func(format string, args ...any) {
		_, err := fmt.Fprintf(out, format, args...)
		failed = errors.Join(failed, err)
	}
	for _, finding := range report.Findings {
		say("%-7s  %s: %s\n", finding.Level, finding.Part, finding.Says)
		if finding.Remedy != "" {
			say("         do: %s\n", finding.Remedy)
		}
	}
	return failed
}
