package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"hourglass/api"
	"hourglass/internal/access"
	"hourglass/internal/entrasim"
	"hourglass/internal/onemachine"
)

const (
	// onceLifetime is how long access lasts: long enough to use it, short enough to wait for its end.
	onceLifetime = 4 * time.Second
	// onceWithin bounds the whole run.
	onceWithin = 3 * time.Minute
)

// visit is one grant and everything that was seen of it.
type visit struct {
	m         *onemachine.Machine
	client    *onemachine.Client
	timeline  *timeline
	tenant    string
	grant     api.Grant      // as it stood when it had ended
	revealed  api.Credential // while it was active
	answered  time.Time      // when the reveal's answer was here
	rolesHeld []string       // while it was active
	second    error          // what a second request was answered with
}

// once runs one whole grant at Fabrikam and checks every promise.
func once(ctx context.Context, out io.Writer, databaseURL string) (err error) {
	ctx, cancel := context.WithTimeout(ctx, onceWithin)
	defer cancel()
	dir, err := os.MkdirTemp("", "hourglass-demo-")
	if err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	defer func() {
		if err == nil {
			err = os.RemoveAll(dir)
		} else {
			fmt.Fprintf(out, "\nEverything is kept in %s\n", dir)
		}
	}()
	fmt.Fprintf(out, "Hourglass on this machine, for one grant. Starting:\n")
	m, err := onemachine.Start(ctx, onemachine.Config{Dir: dir, DatabaseURL: databaseURL, Sample: true, Progress: progress(out)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.Close()) }()

	fmt.Fprintf(out, "\nOne grant: Global Administrator at Fabrikam for %s\n", onceLifetime)
	v := &visit{m: m, timeline: newTimeline(out), tenant: entrasim.FabrikamID}
	if err := v.run(ctx); err != nil {
		return err
	}
	fmt.Fprintf(out, "\nThe promises:\n")
	return v.check(ctx, out)
}

// run is what the technician does and sees.
func (v *visit) run(ctx context.Context) error {
	v.m.Sim.OnExchange(v.seeMicrosoft)
	if err := v.enter(ctx); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	request := api.GrantRequest{
		CustomerId: onemachine.Fabrikam, ProfileId: onemachine.ShortVisit, LifetimeSeconds: int64(onceLifetime / time.Second),
	}
	requested, err := v.client.Request(ctx, "demo-1", request)
	if err != nil {
		return fmt.Errorf("request: %w", err)
	}
	v.timeline.add("technician", "requested access: grant %s", requested.Id)

	_, v.second = v.client.Request(ctx, "demo-2", request)
	v.timeline.add("technician", "requested it a second time: %s", problemType(v.second))

	var seen access.State
	var failed error
	err = v.client.Watch(ctx, requested.Id, func(g api.Grant) bool {
		v.grant = g
		if g.State == seen {
			return false
		}
		seen = g.State
		v.timeline.add("grant", "%s %s", g.State, g.Outcome)
		if g.State == access.Active {
			failed = v.use(ctx, g)
		}
		return g.State == access.Ended || failed != nil
	})
	return errors.Join(err, failed)
}

// seeMicrosoft shows what the stand-in is asked to change.
func (v *visit) seeMicrosoft(e entrasim.Exchange) {
	if e.Method != http.MethodGet {
		v.timeline.add("Microsoft", "%s %s → %d", e.Method, e.Template, e.Status)
	}
}

// enter enrols a passkey by one-time link, signs out and signs in with it.
func (v *visit) enter(ctx context.Context) error {
	var err error
	if v.client, err = v.m.SignedIn(ctx, onemachine.Grace); err != nil {
		return err
	}
	v.timeline.add("technician", "enrolled a passkey by a one-time link")
	if err := v.client.SignOut(ctx); err != nil {
		return err
	}
	if err := v.client.SignIn(ctx); err != nil {
		return err
	}
	me, err := v.client.Me(ctx)
	if err == nil {
		v.timeline.add("technician", "signed in as %s", me.Name)
	}
	return err
}

// use reveals the credential and signs in at Microsoft with it.
func (v *visit) use(ctx context.Context, g api.Grant) error {
	account, found := v.m.Sim.User(v.tenant, g.UserName)
	if !found {
		return fmt.Errorf("%s does not exist at Microsoft", g.UserName)
	}
	v.rolesHeld = account.Roles
	if err := v.client.Assert(ctx); err != nil {
		return fmt.Errorf("fresh assertion: %w", err)
	}
	var err error
	if v.revealed, err = v.client.Credential(ctx, g.Id); err != nil {
		return fmt.Errorf("reveal: %w", err)
	}
	v.answered = time.Now()
	v.timeline.add("technician", "revealed the credential of %s after a fresh assertion", v.revealed.UserName)
	for name, secret := range v.secrets() {
		if _, err = v.m.Sim.TrySignIn(v.tenant, v.revealed.UserName, secret); err != nil {
			return fmt.Errorf("sign in at Microsoft with the %s: %w", name, err)
		}
		v.timeline.add("technician", "signed in at Microsoft with the %s", name)
	}
	return nil
}

func (v *visit) secrets() map[string]string {
	return map[string]string{"pass": v.revealed.Pass, "password": v.revealed.Password}
}

func problemType(err error) string {
	var problem *onemachine.Problem
	if errors.As(err, &problem) {
		return problem.Type
	}
	return fmt.Sprint(err)
}
