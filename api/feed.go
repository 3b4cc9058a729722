package api

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/audit"
	"hourglass/internal/store"
)

const (
	changesAtOnce      = 200
	listenerBuffer     = 256
	listenersPerPerson = 20
	// lookEvery is part of what a technician waits for access; a look costs one small query, however many listen.
	lookEvery = 25 * time.Millisecond
	// restAfter is how long a store that did not answer is left alone, and how often the log hears of it.
	restAfter = time.Second
)

// change is what an audit record brought about: a grant as it stood after it, or other access of a person; of anybody
// where the person is zero.
type change struct {
	seq    int64
	grant  store.Grant
	access bool
	person access.PersonID
}

func (c change) concerns(p access.PersonID) bool { return c.person.IsZero() || c.person == p }

// accessChanges are the actions after which somebody may be somebody else, or may ask for something else, than before.
var accessChanges = map[audit.Action]bool{
	audit.PersonChanged: true, audit.PersonSuspended: true, audit.PersonResumed: true, audit.SessionEnded: true,
	audit.TeamChanged: true, audit.TeamRemoved: true, audit.EntitlementAdded: true, audit.EntitlementRemoved: true,
	audit.ProfileChanged: true, audit.ProfileRetired: true,
	audit.CustomerAdded: true, audit.CustomerChanged: true, audit.CustomerConnected: true, audit.CustomerLeaving: true,
	audit.CustomerDisconnected: true, audit.CustomerRemoved: true, audit.CustomerAbandoned: true,
	audit.FindingAppeared: true, audit.FindingMended: true,
}

// feed hands every change of a grant to all listeners. However many listen, one goroutine asks the store,
// and only while somebody listens.
type feed struct {
	store Store
	log   *slog.Logger
	every time.Duration
	rest  time.Duration

	mu        sync.Mutex
	listeners map[*listener]bool
	perPerson map[access.PersonID]int
	stop      context.CancelFunc // of the poller, while it runs
}

// listener gets changes. When it does not keep up, lost is closed: its client comes back and resumes.
type listener struct {
	changes chan change
	lost    chan struct{}
	person  access.PersonID
}

func newFeed(s Store, log *slog.Logger, every time.Duration) *feed {
	return &feed{store: s, log: log, every: every, rest: restAfter, listeners: map[*listener]bool{}, perPerson: map[access.PersonID]int{}}
}

// listen returns a listener that gets every change committed from now on. What was committed before is for the
// caller to read from the store after listen has returned; some of it may be seen twice, none of it missed.
func (f *feed) listen(ctx context.Context, person access.PersonID) (*listener, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.perPerson[person] >= listenersPerPerson {
		return nil, &failure{kind: tooManyStreams}
	}
	if len(f.listeners) == 0 {
		last, err := f.store.LastChange(ctx)
		if err != nil {
			return nil, err
		}
		// The poller outlives the request that starts it: it ends with the last listener.
		polling, stop := context.WithCancel(context.WithoutCancel(ctx))
		f.stop = stop
		go f.poll(polling, last)
	}
	l := &listener{changes: make(chan change, listenerBuffer), lost: make(chan struct{}), person: person}
	f.listeners[l] = true
	f.perPerson[person]++
	return l, nil
}

// leave ends a listener; the last one takes the poller with it.
func (f *feed) leave(l *listener) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.remove(l)
}

func (f *feed) remove(l *listener) {
	if !f.listeners[l] {
		return
	}
	delete(f.listeners, l)
	if f.perPerson[l.person]--; f.perPerson[l.person] == 0 {
		delete(f.perPerson, l.person)
	}
	if len(f.listeners) == 0 {
		f.stop()
	}
}

func (f *feed) poll(ctx context.Context, after int64) {
	timer := time.NewTimer(f.every)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		next, err := changesAfter(ctx, f.store, after, func(c change) error {
			f.tell(ctx, c)
			return nil
		})
		after = next
		pause := f.every
		if err != nil && ctx.Err() == nil {
			f.log.WarnContext(ctx, "live updates cannot read the store", "error", err)
			pause = f.rest
		}
		timer.Reset(pause)
	}
}

func (f *feed) tell(ctx context.Context, c change) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if ctx.Err() != nil {
		return // a newer poller has taken over
	}
	for l := range f.listeners {
		if c.access && !c.concerns(l.person) {
			continue
		}
		select {
		case l.changes <- c:
		default:
			close(l.lost)
			f.remove(l)
		}
	}
}

// changesAfter gives every change after a sequence to tell, and returns the last sequence that was looked at.
// A record whose grant does not exist (a refused request) changes nothing that anybody can see. One whose grant cannot be
// read is left out too, as in every list: what comes behind it is not to wait for ever.
func changesAfter(ctx context.Context, s Store, after int64, tell func(change) error) (int64, error) {
	for {
		page, err := s.Changes(ctx, after, changesAtOnce)
		if err != nil {
			return after, err
		}
		grants, err := s.GrantsOf(ctx, page)
		if err != nil {
			return after, err
		}
		newest := newestOfAccess(page)
		for _, c := range page {
			g, changed := grants[c.GrantID]
			switch {
			case changed:
				err = tell(change{seq: c.Seq, grant: g})
			case c.GrantID.IsZero() && newest[c.PersonID] == c.Seq:
				err = tell(change{seq: c.Seq, access: true, person: c.PersonID})
			}
			if err != nil {
				return after, err
			}
			after = c.Seq
		}
		if len(page) < changesAtOnce {
			return after, nil
		}
	}
}

// newestOfAccess is where each person's access changed last: an import changes it a thousand times at once, and whoever
// reads it again after the last time knows everything.
func newestOfAccess(page []store.Change) map[access.PersonID]int64 {
	newest := map[access.PersonID]int64{}
	for _, c := range page {
		if accessChanges[c.Action] {
			newest[c.PersonID] = c.Seq
		}
	}
	return newest
}
