package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/entrasim"
	"hourglass/internal/onemachine"
	"hourglass/internal/postgrestest"
	"hourglass/internal/temporalserver"
)

func TestMain(m *testing.M) { postgrestest.Main(m) }

// TestOnce is the demo's whole grant on both databases: every promise is found kept, and each check notices when
// one is not.
func TestOnce(t *testing.T) {
	binary, err := onemachine.Build(t.Context(), t.TempDir())
	require.NoError(t, err)
	for name, databaseURL := range map[string]func(*testing.T) string{
		"SQLite":     func(*testing.T) string { return "" },
		"PostgreSQL": func(t *testing.T) string { return postgrestest.URL(t) },
	} {
		t.Run(name, func(t *testing.T) {
			v, said := visited(t, onemachine.Config{Binary: binary, DatabaseURL: databaseURL(t)})
			require.NoError(t, v.check(t.Context(), said), said)
			t.Log("\n" + said.String())
			for name, secret := range v.secrets() {
				assert.NotContains(t, said.String(), secret, name)
			}
			checksNotice(t, v)
		})
	}
}

// visited runs one grant and leaves its machine running.
func visited(t *testing.T, cfg onemachine.Config) (*visit, *strings.Builder) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), onceWithin)
	t.Cleanup(cancel)
	cfg.Dir, cfg.Sample = t.TempDir(), true
	m, err := onemachine.Start(ctx, cfg)
	temporalserver.Require(t, err)
	t.Cleanup(func() { assert.NoError(t, m.Close()) })
	said := &strings.Builder{}
	v := &visit{m: m, timeline: newTimeline(said), tenant: entrasim.FabrikamID}
	require.NoError(t, v.run(ctx))
	return v, said
}

// checksNotice breaks each promise, or what was seen of it, and expects to be told.
func checksNotice(t *testing.T, v *visit) {
	t.Helper()
	for _, c := range []struct {
		promise string
		damage  func(t *testing.T, v *visit)
	}{
		{"proof-of-off", func(t *testing.T, v *visit) {
			require.NoError(t, v.m.Sim.UpdateUser(v.tenant, v.grant.UserName, entrasim.ChangeUser{AccountEnabled: new(true)}))
			t.Cleanup(func() {
				require.NoError(t, v.m.Sim.UpdateUser(v.tenant, v.grant.UserName, entrasim.ChangeUser{AccountEnabled: new(false)}))
			})
		}},
		{"one-live-grant", func(_ *testing.T, v *visit) { v.second = nil }},
		{"no-audit-no-secret", func(_ *testing.T, v *visit) { v.answered = v.answered.Add(-time.Minute) }},
		{"two-keys", func(t *testing.T, v *visit) {
			file := filepath.Join(v.m.Dir(), "logs", "leak.log")
			require.NoError(t, os.WriteFile(file, []byte("pass="+v.revealed.Pass), 0o600))
			t.Cleanup(func() { require.NoError(t, os.Remove(file)) })
		}},
		{"least-power", func(_ *testing.T, v *visit) { v.rolesHeld = append(v.rolesHeld, "Exchange Administrator") }},
		{"right-tenant", func(_ *testing.T, v *visit) { v.tenant = entrasim.ContosoID }},
	} {
		t.Run(c.promise, func(t *testing.T) {
			damaged, said := *v, &strings.Builder{}
			c.damage(t, &damaged)
			require.Error(t, damaged.check(t.Context(), said))
			assert.Regexp(t, `(?m)^  ✗ `+c.promise+` `, said)
		})
	}
}

func TestProgressSaysNothingOfStepsThatWereGivenUp(t *testing.T) {
	said := &strings.Builder{}
	begin := progress(said)
	begin("kept")(nil)
	begin("broken")(os.ErrNotExist)
	begin("given up")(context.Canceled)
	assert.Contains(t, said.String(), "✓ kept")
	assert.Contains(t, said.String(), "✗ broken")
	assert.NotContains(t, said.String(), "given up")
}
