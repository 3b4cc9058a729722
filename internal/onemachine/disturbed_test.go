package onemachine_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"hourglass/internal/entrasim"
	"hourglass/internal/onemachine"
)

// TestDisturbed: Microsoft answers late, not at all or with a refusal of the moment, and each grant still becomes
// active, ends and is proven off, with one account and no record twice.
func TestDisturbed(t *testing.T) {
	sideBySide(t)
	s := newStage(t, onemachine.Config{})
	create := entrasim.Fault{Method: http.MethodPost, Path: users.String()}
	assign := entrasim.Fault{Method: http.MethodPost, Path: roles.String()}
	enable := entrasim.Fault{Method: http.MethodPatch, Path: oneUser.String()}
	removal := entrasim.Fault{Method: http.MethodPost, Path: `/revokeSignInSessions$`}

	var scenes []*scene
	for _, c := range []struct {
		name   string
		fault  entrasim.Fault
		kind   entrasim.FaultKind
		times  int
		after  time.Duration
		delays entrasim.Delays
	}{
		{name: "ambiguous create", fault: create, kind: entrasim.DropAfter, times: 1},
		{name: "ambiguous create, found only later", fault: create, kind: entrasim.DropAfter, times: 1,
			delays: entrasim.Delays{ReadAfterWriteCount: 3}},
		{name: "ambiguous role assignment, P2", fault: assign, kind: entrasim.DropAfter, times: 1},
		{name: "ambiguous role assignment, Free", fault: assign, kind: entrasim.DropAfter, times: 2},
		{name: "429 with Retry-After", fault: enable, kind: entrasim.Throttle, times: 2, after: time.Second},
		{name: "429 without Retry-After", fault: enable, kind: entrasim.Throttle, times: 2},
		{name: "ambiguous end", fault: removal, kind: entrasim.DropAfter, times: 3},
		{name: "replication delay", delays: entrasim.Delays{
			ReadAfterWrite: entrasim.Duration(2 * time.Second), RoleRemoval: entrasim.Duration(2 * time.Second), PIM: entrasim.Duration(2 * time.Second),
		}},
	} {
		sc := s.newScene(t, c.name)
		scenes = append(scenes, sc)
		if c.kind != "" {
			c.fault.Tenant, c.fault.Kind, c.fault.Count, c.fault.RetryAfter = sc.tenant, c.kind, c.times, entrasim.Duration(c.after)
			_, err := s.Sim.AddFault(c.fault)
			require.NoError(t, err)
		}
		require.NoError(t, s.Sim.SetDelays(sc.tenant, c.delays))
		require.NoError(t, sc.request(patiently(t)))
	}
	t.Run("scenes", func(t *testing.T) {
		for _, sc := range scenes {
			t.Run(sc.name, func(t *testing.T) {
				t.Parallel()
				g := sc.check(t)
				t.Logf("%s: active %.1f s after the request, proven off %.1f s after its end", sc.name,
					g.ActiveAt.Sub(g.RequestedAt).Seconds(), g.EndedAt.Sub(*g.ExpiresAt).Seconds())
			})
		}
	})
	require.Empty(t, s.Sim.Faults(), "every fault struck")
	s.checkWhole(t)
}
