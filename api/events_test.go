package api

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"path/filepath"
	"runtime"
	"slices"
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

// event is one server-sent event, or a comment.
type event struct {
	id      int64
	name    string
	data    string
	comment string
}

func (e event) grant(t *testing.T) Grant {
	t.Helper()
	require.Equal(t, "grant", e.name)
	var g Grant
	require.NoError(t, json.Unmarshal([]byte(e.data), &g))
	return g
}

func (e event) snapshot(t *testing.T) []Grant {
	t.Helper()
	require.Equal(t, "snapshot", e.name)
	var s struct{ Grants []Grant }
	require.NoError(t, json.Unmarshal([]byte(e.data), &s))
	return s.Grants
}

// listen opens a stream; the channel is closed when the stream ends.
func (b *browser) listen(path, lastEventID string) (<-chan event, context.CancelFunc) {
	b.h.t.Helper()
	ctx, hangUp := context.WithCancel(b.h.t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, origin+path, nil)
	require.NoError(b.h.t, err)
	if lastEventID != "" {
		r.Header.Set("Last-Event-ID", lastEventID)
	}
	response, err := b.client.Do(r)
	require.NoError(b.h.t, err)
	require.Equal(b.h.t, http.StatusOK, response.StatusCode)
	require.Equal(b.h.t, "text/event-stream", response.Header.Get("Content-Type"))

	events := make(chan event, 1000)
	go func() {
		defer close(events)
		defer response.Body.Close()
		lines := bufio.NewScanner(response.Body)
		lines.Buffer(nil, 1<<20)
		var e event
		for lines.Scan() {
			field, value, _ := strings.Cut(lines.Text(), ": ")
			switch field {
			case "id":
				e.id, _ = strconv.ParseInt(value, 10, 64)
			case "event":
				e.name = value
			case "data":
				e.data = value
			case "":
				if value != "" {
					e.comment = value
					continue
				}
				events <- e
				e = event{}
			}
		}
	}()
	b.h.t.Cleanup(hangUp)
	return events, hangUp
}

// next is the next event that is no comment.
func next(t *testing.T, events <-chan event) event {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		select {
		case e, open := <-events:
			require.True(t, open, "the stream ended")
			if e.comment == "" {
				return e
			}
		case <-deadline:
			t.Fatal("no event came")
		}
	}
}

// ended waits until the stream ends, and returns what came until then.
func ended(t *testing.T, events <-chan event) (rest []event) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		select {
		case e, open := <-events:
			if !open {
				return rest
			}
			if e.comment == "" {
				rest = append(rest, e)
			}
		case <-deadline:
			t.Fatal("the stream did not end")
		}
	}
}

func TestLiveUpdatesShowTheStateAndThenEveryChange(t *testing.T) {
	h := newHouse(t)
	ada, auditor := h.technician("ada"), h.signedIn("auditor", access.Auditor)
	g := ada.request("key").grant()

	one, _ := ada.listen("/api/v1/grants/"+g.Id.String()+"/events", "")
	own, _ := ada.listen("/api/v1/events", "")
	all, _ := auditor.listen("/api/v1/events", "")
	for _, events := range []<-chan event{one, own, all} {
		first := next(t, events).snapshot(t)
		require.Len(t, first, 1)
		assert.Equal(t, g.Id, first[0].Id)
	}
	h.activate(g.Id)
	h.beginEnding(g.Id)
	h.end(g.Id)
	for _, events := range []<-chan event{one, own, all} {
		var last int64
		for {
			e := next(t, events)
			assert.Greater(t, e.id, last)
			last = e.id
			if e.grant(t).State == access.Ended {
				break
			}
		}
	}
}

func TestLiveUpdatesResumeWithoutLoss(t *testing.T) {
	h := newHouse(t)
	ada := h.technician("ada")
	g := ada.request("key").grant()
	events, hangUp := ada.listen("/api/v1/events", "")
	seen := next(t, events)
	hangUp()
	ended(t, events)

	h.activate(g.Id)
	missed, err := h.store.Changes(t.Context(), seen.id, 100)
	require.NoError(t, err)
	missed = slices.DeleteFunc(missed, func(c store.Change) bool { return c.GrantID.IsZero() })
	require.NotEmpty(t, missed)

	resumed, _ := ada.listen("/api/v1/events", strconv.FormatInt(seen.id, 10))
	for _, c := range missed {
		assert.Equal(t, c.Seq, next(t, resumed).id, "every change since, in order, once")
	}
	h.beginEnding(g.Id)
	last := next(t, resumed)
	assert.Equal(t, access.Ending, last.grant(t).State)
	assert.Greater(t, last.id, missed[len(missed)-1].Seq)
}

// A grant that cannot be read, as one of a newer version's kind, is left out for everybody; what comes after it is told.
func TestAGrantThatCannotBeReadHoldsUpNoOther(t *testing.T) {
	h := newHouse(t)
	ada, grace := h.technician("ada"), h.technician("grace")
	events, hangUp := ada.listen("/api/v1/events", "")
	begun := next(t, events)
	spoilt := grace.request("key").grant()
	h.spoil(spoilt.Id)
	h.activate(ada.request("key").grant().Id)
	for next(t, events).grant(t).State != access.Active {
	}
	hangUp()
	ended(t, events)
	resumed, _ := ada.listen("/api/v1/events", strconv.FormatInt(begun.id, 10))
	for next(t, resumed).grant(t).State != access.Active {
	}
	census, err := h.store.Census(t.Context())
	require.NoError(t, err)
	assert.NotZero(t, census.Unreadable, "operators hear of it")
}

// spoil writes into a grant what the domain does not allow.
func (h *house) spoil(id access.GrantID) {
	h.t.Helper()
	raw, err := sql.Open("sqlite", "file:"+filepath.Join(h.folder, "hourglass.db")+"?_pragma=busy_timeout(10000)&_pragma=ignore_check_constraints(1)")
	require.NoError(h.t, err)
	defer raw.Close()
	_, err = raw.ExecContext(h.t.Context(), "DROP TRIGGER grants_terms_are_fixed; UPDATE grants SET lifetime_seconds = 0 WHERE id = '"+id.String()+"'")
	require.NoError(h.t, err)
}

func TestAStoreThatDoesNotAnswerIsNotPressed(t *testing.T) {
	h := newHouse(t)
	h.server.feed.rest = time.Hour
	ada := h.technician("ada")
	events, _ := ada.listen("/api/v1/events", "")
	next(t, events)
	h.gate.mu.Lock()
	h.gate.changes = errors.New("the database is away")
	h.gate.mu.Unlock()
	const said = "live updates cannot read the store"
	eventually(t, func() bool { return strings.Contains(h.log.String(), said) }, "operators hear of it")
	for range 5 {
		<-events // heartbeats, each later than several looks
	}
	assert.Equal(t, 1, strings.Count(h.log.String(), said), "and not forty times a second")
}

func TestAnIdThatWasNeverGivenGetsASnapshot(t *testing.T) {
	h := newHouse(t)
	ada := h.technician("ada")
	ada.request("key").grant()
	events, _ := ada.listen("/api/v1/events", "999999999")
	require.Len(t, next(t, events).snapshot(t), 1)
}

func TestLiveUpdatesShowNothingForeign(t *testing.T) {
	h := newHouse(t)
	ada, grace := h.technician("ada"), h.technician("grace")
	events, _ := grace.listen("/api/v1/events", "")
	require.Empty(t, next(t, events).snapshot(t))

	foreign := ada.request("key").grant()
	h.activate(foreign.Id)
	own := grace.request("key").grant()
	assert.Equal(t, own.Id, next(t, events).grant(t).Id)
	grace.send(http.MethodGet, "/api/v1/grants/"+foreign.Id.String()+"/events", "", nil).problem(notFound)
}

func TestLiveUpdatesTellOfAccessThatChanges(t *testing.T) {
	h := newHouse(t)
	ada, grace := h.technician("ada"), h.technician("grace")
	team := h.addTeam("First level")
	adas, _ := ada.listen("/api/v1/events", "")
	graces, _ := grace.listen("/api/v1/events", "")
	one, _ := ada.listen("/api/v1/grants/"+ada.request("key").grant().Id.String()+"/events", "")
	next(t, one)
	require.Empty(t, next(t, adas).snapshot(t))
	require.Equal(t, "grant", next(t, adas).name)
	next(t, graces)

	mine := h.entitle(ada.person.ID, h.profile.ID, h.customer.ID)
	added := next(t, adas)
	assert.Equal(t, "access", added.name)
	assert.JSONEq(t, "{}", added.data)
	require.NoError(t, h.store.RemoveEntitlement(t.Context(), mine, store.Actor{}))
	removed := next(t, adas)
	assert.Equal(t, "access", removed.name)
	assert.Greater(t, removed.id, added.id)

	require.NoError(t, h.store.RemoveTeam(t.Context(), team, store.Actor{}))
	assert.Equal(t, "access", next(t, adas).name, "it may be anybody's")
	assert.Equal(t, "access", next(t, graces).name, "and of what was Ada's alone she was not told")

	resumed, _ := ada.listen("/api/v1/events", strconv.FormatInt(added.id, 10))
	assert.Equal(t, "access", next(t, resumed).name, "what was missed is told")
	select {
	case e := <-one:
		assert.NotEmpty(t, e.comment, "whoever follows one grant hears of nothing else")
	default:
	}
}

func TestAnImportIsToldOnce(t *testing.T) {
	ada, grace := access.MustID[access.PersonID]("00000000-0000-4000-8000-00000000000a"), access.MustID[access.PersonID]("00000000-0000-4000-8000-00000000000b")
	assert.Equal(t, map[access.PersonID]int64{ada: 3, grace: 2, {}: 5}, newestOfAccess([]store.Change{
		{Seq: 1, Action: audit.EntitlementAdded, PersonID: ada}, {Seq: 2, Action: audit.EntitlementAdded, PersonID: grace},
		{Seq: 3, Action: audit.EntitlementRemoved, PersonID: ada}, {Seq: 4, Action: audit.PasskeyAdded, PersonID: ada},
		{Seq: 5, Action: audit.TeamChanged},
	}))
}

func TestLiveUpdatesEndWithTheSession(t *testing.T) {
	for name, over := range map[string]func(*house, *browser){
		"suspended": func(h *house, b *browser) {
			require.NoError(h.t, h.store.SuspendPerson(h.t.Context(), b.person.ID, store.Actor{}))
		},
		"no role left": func(h *house, b *browser) {
			require.NoError(h.t, h.store.ChangePerson(h.t.Context(), b.person.ID, b.person.Revision, store.PersonSettings{Name: b.person.Name}, store.Actor{}))
		},
		"signed out":    func(_ *house, b *browser) { require.Equal(b.h.t, 204, b.post("/api/v1/sign-out", nil).status) },
		"idle too long": func(h *house, _ *browser) { h.clock.pass(31 * time.Minute) },
		"shut down":     func(h *house, _ *browser) { h.shutDown() },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			ada := h.technician("ada")
			events, _ := ada.listen("/api/v1/events", "")
			next(t, events)
			over(h, ada)
			assert.Empty(t, ended(t, events))
			eventually(t, func() bool { return h.server.feed.quiet() }, "nobody listens, nobody polls")
		})
	}
}

func TestOnePollerAndOnlyWhileSomebodyListens(t *testing.T) {
	h := newHouse(t)
	ada := h.technician("ada")
	polls := func() int {
		h.gate.mu.Lock()
		defer h.gate.mu.Unlock()
		return h.gate.polls
	}
	assert.Zero(t, polls())
	var hangUps []context.CancelFunc
	var streams []<-chan event
	for range 5 {
		events, hangUp := ada.listen("/api/v1/events", "")
		next(t, events)
		streams, hangUps = append(streams, events), append(hangUps, hangUp)
	}
	eventually(t, func() bool { return polls() > 3 }, "somebody listens")
	assert.Equal(t, 1, pollers())
	for i, hangUp := range hangUps {
		hangUp()
		ended(t, streams[i])
	}
	eventually(t, func() bool { return h.server.feed.quiet() && pollers() == 0 }, "all have gone")
}

// pollers counts the goroutines that poll, of every house.
func pollers() int {
	stacks := make([]byte, 1<<20)
	return strings.Count(string(stacks[:runtime.Stack(stacks, true)]), "created by hourglass/api.(*feed).listen")
}

func TestASlowListenerComesBackInsteadOfMissingSomething(t *testing.T) {
	h := newHouse(t)
	ada := h.technician("ada")
	l, err := h.server.feed.listen(t.Context(), ada.person.ID)
	require.NoError(t, err)
	for seq := range int64(listenerBuffer + 1) {
		h.server.feed.tell(t.Context(), change{seq: seq})
	}
	select {
	case <-l.lost:
	default:
		t.Fatal("it was not told")
	}
	assert.True(t, h.server.feed.quiet())
	h.server.feed.leave(l) // leaving after that is harmless
}

func TestNotTooManyStreamsForOnePerson(t *testing.T) {
	h := newHouse(t)
	ada := h.technician("ada")
	listen := func(b *browser) {
		l, err := h.server.feed.listen(t.Context(), b.person.ID)
		require.NoError(t, err)
		t.Cleanup(func() { h.server.feed.leave(l) })
	}
	for range listenersPerPerson {
		listen(ada)
	}
	ada.get("/api/v1/events").problem(tooManyStreams)
	listen(h.technician("grace")) // others are not held back
}

// quiet reports whether nobody listens.
func (f *feed) quiet() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.listeners) == 0 && len(f.perPerson) == 0
}
