package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/client"
	"golang.org/x/sync/errgroup"

	"hourglass/internal/access"
	"hourglass/internal/entrasim"
	"hourglass/internal/onemachine"
	"hourglass/internal/store"
)

// stage is everything that is measured, running.
type stage struct {
	*runCommand
	sizes     sizes
	machine   *onemachine.Machine
	peer      *peer
	temporal  client.Client // with the plain data converter: sealed payloads stay sealed
	customers []store.Customer
	// technicians may use the profile of the bench at every customer.
	technicians []*technician
	turns       atomic.Int64
	began       time.Time
	loadAtStart string
}

// turn goes round the customers: each tenant takes five calls to authentication methods in ten seconds, which is
// one grant.
func (s *stage) turn() int { return int(s.turns.Add(1)) % len(s.customers) }

// technician is a person at a browser of their own.
type technician struct {
	id     access.PersonID
	client *onemachine.Client
}

// benchProfile is the sample profile of the grants: one role and a pass.
var benchProfile = onemachine.HelpDesk

// benchTenant: Free, because that is what most customers have; line 4 looks at P2 as well.
var benchTenant = entrasim.Settings{Licence: entrasim.Free, TAPPolicy: entrasim.TAPPolicy{Enabled: true, MinMinutes: 10, MaxMinutes: 480}}

func (s *stage) say(format string, values ...any) {
	fmt.Fprintf(os.Stderr, "%6.1fs  %s\n", time.Since(s.began).Seconds(), fmt.Sprintf(format, values...))
}

func prepare(ctx context.Context, c *runCommand) (*stage, error) {
	s := &stage{runCommand: c, sizes: c.sizes(), began: time.Now(), loadAtStart: loadAverage()}
	dir, err := os.MkdirTemp("", "hourglass-bench-")
	if err != nil {
		return nil, err
	}
	s.say("starting everything in %s", dir)
	s.machine, err = onemachine.Start(ctx, onemachine.Config{Dir: dir, Split: true, Sample: true})
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := s.fill(ctx); err != nil {
		return nil, s.close(err)
	}
	return s, nil
}

// fill starts the peer and adds customers and technicians.
func (s *stage) fill(ctx context.Context) error {
	temporal := s.machine.Temporal
	var err error
	s.temporal, err = client.Dial(client.Options{
		HostPort: temporal.Address(), Namespace: temporal.Namespace(), Logger: slog.New(slog.DiscardHandler),
		ConnectionOptions: uncompressed,
	})
	if err != nil {
		return err
	}
	log, err := os.OpenFile(s.machine.Dir()+"/logs/peer.log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	s.peer = &peer{temporal: s.temporal, address: temporal.Address(), namespace: temporal.Namespace(), log: log}
	if err := s.peer.restart(ctx); err != nil {
		return err
	}
	for i := range s.sizes.wave {
		customer, err := s.machine.AddCustomer(ctx, fmt.Sprintf("Customer%04d", i), benchTenant)
		if err != nil {
			return fmt.Errorf("add a customer: %w", err)
		}
		s.customers = append(s.customers, customer)
	}
	for i := range s.sizes.crowd {
		id, err := s.machine.AddTechnician(ctx, fmt.Sprintf("technician%02d", i), benchProfile)
		if err != nil {
			return fmt.Errorf("add a technician: %w", err)
		}
		client, err := s.machine.SignedIn(ctx, id)
		if err != nil {
			return fmt.Errorf("sign a technician in: %w", err)
		}
		s.technicians = append(s.technicians, &technician{id, client})
	}
	s.say("%d customers, %d technicians", len(s.customers), len(s.technicians))
	return nil
}

// useSticky restarts both workers with another sticky timeout.
func (s *stage) useSticky(ctx context.Context, timeout time.Duration) error {
	s.machine.SetEnv("HOURGLASS_WORKER_STICKY_TIMEOUT=" + timeout.String())
	s.peer.sticky = timeout
	return s.restartWorkers(ctx)
}

// restartWorkers stops both workers in order and starts them again.
func (s *stage) restartWorkers(ctx context.Context) error {
	restarts, ctx := errgroup.WithContext(ctx)
	restarts.Go(func() error { return s.machine.Worker.Restart(ctx) })
	restarts.Go(func() error { return s.peer.restart(ctx) })
	return restarts.Wait()
}

// killWorker is a crash of the product's worker and its restart at once.
func (s *stage) killWorker(ctx context.Context) error {
	return errors.Join(s.machine.Worker.Kill(), s.machine.Worker.Restart(ctx))
}

// killPeer is the same of the bare one.
func (s *stage) killPeer(ctx context.Context) error {
	return errors.Join(s.peer.kill(), s.peer.restart(ctx))
}

// close ends every process. The folder is kept after a failure, for its logs.
func (s *stage) close(err error) error {
	if s.peer != nil {
		err = errors.Join(err, s.peer.stop())
	}
	if s.temporal != nil {
		s.temporal.Close()
	}
	dir := s.machine.Dir()
	if err = errors.Join(err, s.machine.Close()); err != nil || s.Keep {
		s.say("everything is kept in %s", dir)
		return err
	}
	return os.RemoveAll(dir)
}

// atOnce runs do for every number below n, a few at a time.
func atOnce(ctx context.Context, n, limit int, do func(ctx context.Context, i int) error) error {
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(limit)
	for i := range n {
		work.Go(func() error { return do(ctx, i) })
	}
	return work.Wait()
}
