package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/entrasim"
	"hourglass/internal/onemachine"
	"hourglass/internal/store"
)

// browserPatience is how long the browser may take to keep its profile when it is told to end.
const browserPatience = 5 * time.Second

// live runs everything until ctx ends or a part of it does.
func live(ctx context.Context, out io.Writer, o options) (err error) {
	fmt.Fprintf(out, "Hourglass on this machine. Starting:\n")
	m, err := onemachine.Start(ctx, onemachine.Config{
		Dir: o.Dir, DatabaseURL: o.Database, Port: o.Port, UI: true, UIPort: o.TemporalUI, Microsoft: microsoft(o),
		Sample: true, Progress: progress(out),
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.Close()) }()
	if err := checkSample(ctx, m.Store); err != nil {
		return err
	}
	if err := welcome(ctx, out, m); err != nil {
		return err
	}
	if o.Browser != "" {
		browser, failed := browse(m, o.Browser, o.Extension)
		if failed != nil {
			return failed
		}
		defer func() { err = errors.Join(err, browser.Stop(browserPatience)) }()
	}
	select {
	case <-m.API.Ended():
		return fmt.Errorf("hourglass ended by itself; see %s/logs/serve.log", m.Dir())
	case <-m.Temporal.Done():
		return fmt.Errorf("the Temporal server ended by itself; see %s/logs/temporal.log", m.Dir())
	case <-ctx.Done():
	}
	return farewell(context.WithoutCancel(ctx), out, m)
}

// checkSample has the sample customers checked, as connecting them by consent would have.
func checkSample(ctx context.Context, s *store.Store) error {
	customers, err := s.Customers(ctx)
	if err != nil {
		return err
	}
	for _, c := range customers {
		if c.Connection != access.Connected {
			continue
		}
		if err := s.RequestPreflight(ctx, c.ID, store.Actor{}); err != nil {
			return err
		}
	}
	return nil
}

func welcome(ctx context.Context, out io.Writer, m *onemachine.Machine) error {
	fmt.Fprintf(out, `
Portal            %s
Temporal          %s
Microsoft (stand-in)
  sign-in page    %s
  admin centre    %s
  customers' own  admin@contoso.onmicrosoft.com and the like, password %s
  to be connected %s, which does not know Hourglass yet
  Graph           %s
  control         %s/tenants (package documentation: internal/entrasim)
  its CA          %s (browsers warn until they trust it)
Data and logs     %s

`, m.PublicURL(), m.Temporal.UIURL(), m.Sim.LoginURL(), m.Sim.AdminURL(), entrasim.SampleAdminPassword, entrasim.NewcomerDomain,
		m.Sim.GraphURL(), m.Sim.ControlURL(), m.Sim.CAFile(), m.Dir())
	for _, who := range []struct {
		id  access.PersonID
		can string
	}{
		{onemachine.Ada, "Ada, admin and technician"},
		{onemachine.Grace, "Grace, technician"},
		{onemachine.Alan, "Alan, approver"},
	} {
		if err := invite(ctx, out, m, who.id, who.can); err != nil {
			return err
		}
	}
	_, err := fmt.Fprint(out, "\nCtrl-C stops it. Everything is kept for the next start.\n")
	return err
}

// invite prints a one-time link for somebody who has no passkey yet.
func invite(ctx context.Context, out io.Writer, m *onemachine.Machine, person access.PersonID, name string) error {
	passkeys, err := m.Store.Passkeys(ctx, person)
	if err != nil {
		return err
	}
	if len(passkeys) > 0 {
		_, err = fmt.Fprintf(out, "%-26s has a passkey: sign in\n", name)
		return err
	}
	link, err := m.EnrolmentLink(ctx, person)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%-26s enrols a passkey, once: %s\n", name, link)
	return err
}

// farewell says what stopping means for the grants that are live.
func farewell(ctx context.Context, out io.Writer, m *onemachine.Machine) error {
	grants, _, err := m.Store.Grants(ctx, store.GrantFilter{States: []access.State{
		access.Requested, access.AwaitingApproval, access.Provisioning, access.Active, access.Ending,
	}})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\nStopping.\n")
	if len(grants) > 0 {
		fmt.Fprintf(out, "%d live grants go on after the next start; what should have ended meanwhile ends then.\n", len(grants))
	}
	return nil
}
