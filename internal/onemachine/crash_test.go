package onemachine_test

import (
	"context"
	"net/http"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/entrasim"
	"hourglass/internal/onemachine"
)

// victim is a process that is killed without warning and started again.
type victim struct {
	name    string
	kill    func(*onemachine.Machine) error
	restart func(context.Context, *onemachine.Machine) error
}

var victims = []victim{
	{"API", func(m *onemachine.Machine) error { return m.API.Kill() },
		func(ctx context.Context, m *onemachine.Machine) error { return m.API.Restart(ctx) }},
	{"worker", func(m *onemachine.Machine) error { return m.Worker.Kill() },
		func(ctx context.Context, m *onemachine.Machine) error { return m.Worker.Restart(ctx) }},
	{"Temporal", func(m *onemachine.Machine) error { return m.Temporal.Kill() },
		func(ctx context.Context, m *onemachine.Machine) error { return m.Temporal.Restart(ctx) }},
}

// moment is a step of a grant at which the victim dies. It is caught at the stand-in: the request is held there
// until the victim is gone.
type moment struct {
	name   string
	method string
	path   *regexp.Regexp
	// during is the state from which on the request counts.
	during access.State
	// before: the request is cut off without effect; otherwise it took effect and its answer is held back.
	before bool
}

var (
	users    = regexp.MustCompile(`/users$`)
	oneUser  = regexp.MustCompile(`/users/[^/]+$`)
	passes   = regexp.MustCompile(`/temporaryAccessPassMethods$`)
	roles    = regexp.MustCompile(`/roleAssignment[^/]*s$`)
	accounts = regexp.MustCompile(`/users/`) // not what workers ask of tenants by themselves
)

var moments = []moment{
	{name: "before the account", method: http.MethodPost, path: users, before: true},
	{name: "after the account", method: http.MethodPost, path: users},
	{name: "before the password", method: http.MethodPatch, path: oneUser, before: true},
	{name: "after the pass", method: http.MethodPost, path: passes},
	{name: "before AssignRoles", method: http.MethodPost, path: roles, before: true},
	{name: "after AssignRoles", method: http.MethodPost, path: roles},
	{name: "SwitchOff begun", method: http.MethodGet, path: accounts, during: access.Active},
	{name: "SwitchOff in the middle", method: http.MethodPatch, path: oneUser, during: access.Active},
}

// TestKilled is end-before-beginning, proof-of-off and nothing-forgotten against SIGKILL: whoever dies at whatever
// step, the grant goes on, ends, and is proven off, with one account and every audit record once.
//
// One machine per victim. Its grants begin one after the other and recover side by side, so that later crashes
// also hit what earlier ones left behind.
func TestKilled(t *testing.T) {
	for _, v := range victims {
		t.Run(v.name, func(t *testing.T) {
			sideBySide(t)
			c := &crash{stage: newStage(t, onemachine.Config{Split: true}), victim: v}
			scenes := []*scene{c.requestCommitted(t)}
			for _, m := range moments {
				scenes = append(scenes, c.at(t, m))
			}
			scenes = append(scenes, c.whileActive(t))
			t.Run("scenes", func(t *testing.T) {
				for _, sc := range scenes {
					t.Run(sc.name, func(t *testing.T) {
						t.Parallel()
						c.judge(t, sc)
					})
				}
			})
			for _, sc := range scenes {
				sc.checkOff(t) // nothing that was still under way switched anything on again
			}
			c.checkWhole(t)
		})
	}
}

// crash kills one victim, again and again.
type crash struct {
	*stage
	victim victim
	// one at a time: from the kill until the victim is back.
	one sync.Mutex
}

// requestCommitted kills the victim when the request is in the database, and Temporal knows nothing of it because
// it is down. The sweep has to start the workflow.
func (c *crash) requestCommitted(t *testing.T) *scene {
	t.Helper()
	ctx, cancel := context.WithCancelCause(patiently(t))
	defer cancel(nil)
	sc := c.newScene(t, "request committed")
	c.one.Lock()
	defer c.one.Unlock()
	require.NoError(t, c.Temporal.Kill())
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		if _, err := sc.ask(ctx); refused(err) {
			cancel(err)
		}
	}()
	_, err := sc.reaches(ctx, access.Requested)
	require.NoError(t, err)
	require.NoError(t, c.victim.kill(c.Machine))
	require.NoError(t, c.Temporal.Restart(ctx))
	require.NoError(t, c.victim.restart(ctx, c.Machine))
	sc.whole = time.Now()
	<-answered // by whatever: the technician does not ask again
	return sc
}

// at requests a grant and kills the victim at the moment.
func (c *crash) at(t *testing.T, m moment) *scene {
	t.Helper()
	ctx, sc := patiently(t), c.newScene(t, m.name)
	struck := c.arm(t, ctx, sc, m)
	if m.during == "" {
		close(struck.armed)
	}
	require.NoError(t, sc.request(ctx))
	if m.during != "" {
		_, err := sc.reaches(ctx, m.during)
		require.NoError(t, err)
		close(struck.armed)
	}
	select {
	case err := <-struck.back:
		require.NoError(t, err)
	case <-ctx.Done():
		t.Fatalf("%s never came", m.name)
	}
	return sc
}

// strike is a kill that waits for its moment.
type strike struct {
	armed chan struct{} // closed: the next request that fits is the moment
	back  chan error    // the victim has been started again
}

func (c *crash) arm(t *testing.T, ctx context.Context, sc *scene, m moment) strike {
	t.Helper()
	s := strike{armed: make(chan struct{}), back: make(chan error, 1)}
	if m.before {
		_, err := c.Sim.AddFault(entrasim.Fault{
			Tenant: sc.tenant, Method: m.method, Path: m.path.String(), Kind: entrasim.DropBefore, Count: 1,
		})
		require.NoError(t, err)
	}
	var once sync.Once
	sc.watch = func(e entrasim.Exchange) {
		select {
		case <-s.armed:
		default:
			return
		}
		effective := e.Status >= 200 && e.Status < 300
		if e.Method != m.method || !m.path.MatchString(e.Path) || effective == m.before {
			return
		}
		once.Do(func() {
			c.one.Lock()
			err := c.victim.kill(c.Machine) // the answer to this request goes out when the victim is gone
			go func() {
				defer c.one.Unlock()
				if err == nil {
					err = c.victim.restart(ctx, c.Machine)
				}
				sc.whole = time.Now()
				s.back <- err
			}()
		})
	}
	return s
}

// whileActive kills the victim while the workflow sleeps.
func (c *crash) whileActive(t *testing.T) *scene {
	t.Helper()
	ctx, sc := patiently(t), c.newScene(t, "active")
	require.NoError(t, sc.request(ctx))
	_, err := sc.reaches(ctx, access.Active)
	require.NoError(t, err)
	c.one.Lock()
	defer c.one.Unlock()
	require.NoError(t, c.victim.kill(c.Machine))
	require.NoError(t, c.victim.restart(ctx, c.Machine))
	sc.whole = time.Now()
	return sc
}

// tolerance is how long after its end, or after the restart if that is later, an account may still be on. The
// longest wait in it is the heartbeat timeout of a killed worker's activity, which a later crash can add again.
const tolerance = 40 * time.Second

func (c *crash) judge(t *testing.T, sc *scene) {
	g := sc.check(t)
	due := *g.ExpiresAt
	if sc.whole.After(due) {
		due = sc.whole
	}
	late := g.EndedAt.Sub(due)
	assert.Less(t, late, tolerance, "still on after its end and the restart")
	t.Logf("%s killed, %s: active %.1f s after the request, proven off %.1f s after its end, %.1f s after end and restart", c.victim.name,
		sc.name, g.ActiveAt.Sub(g.RequestedAt).Seconds(), g.EndedAt.Sub(*g.ExpiresAt).Seconds(), late.Seconds())
}
