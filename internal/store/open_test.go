package store_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/postgrestest"
	"hourglass/internal/store"
)

func TestOpenRefusesAURLItCannotRead(t *testing.T) {
	for _, url := range []string{
		"", "hourglass.db", "sqlite:", "sqlite::memory:", "mysql://h/db", "postgres://u:pass-word@h:x/db", "file:/tmp/x",
	} {
		_, err := store.Open(t.Context(), url)
		assert.ErrorIs(t, err, access.ErrInvalid, url)
		assert.NotContains(t, err.Error(), "pass-word")
	}
	_, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "missing", "file.db"))
	assert.Error(t, err)
}

func TestSQLiteFileIsItsOwnersAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "odd ?&%41#name.db")
	s, err := store.Open(t.Context(), "sqlite:"+path)
	require.NoError(t, err)
	defer s.Close()
	require.NoError(t, s.Migrate(t.Context()))
	for _, file := range []string{path, path + "-wal", path + "-shm"} {
		info, err := os.Stat(file)
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), file)
	}
}

func TestMigrate(t *testing.T) {
	t.Parallel()
	for kind, url := range map[string]string{
		"sqlite":   "sqlite:" + filepath.Join(t.TempDir(), "hourglass.db"),
		"postgres": postgrestest.URL(t),
	} {
		t.Run(kind, func(t *testing.T) {
			s, err := store.Open(t.Context(), url)
			require.NoError(t, err)
			defer s.Close()
			require.NoError(t, s.Ping(t.Context()))
			pending, err := s.Pending(t.Context())
			require.NoError(t, err)
			assert.Positive(t, pending)
			processes := 1
			if kind == "postgres" {
				processes = 3
			}
			for _, err := range together(processes, func(int) error { return s.Migrate(t.Context()) }) {
				require.NoError(t, err)
			}
			require.NoError(t, s.Migrate(t.Context()))
			pending, err = s.Pending(t.Context())
			require.NoError(t, err)
			assert.Zero(t, pending)
		})
	}
}

// An instant comes back as it went in, to the microsecond and in UTC, and years that would break
// the order of SQLite's text are refused.
func TestInstants(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		zone := time.FixedZone("east", 5*3600)
		se := w.session(1, w.ada)
		se.CreatedAt = time.Date(2026, 11, 3, 1, 2, 3, 999_999_999, zone)
		require.NoError(t, w.AddSession(t.Context(), se))
		got, err := w.Session(t.Context(), se.ID)
		require.NoError(t, err)
		assert.Equal(t, time.Date(2026, 11, 2, 20, 2, 3, 999_999_000, time.UTC), got.CreatedAt)

		far := w.session(2, w.ada)
		far.ExpiresAt = time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)
		assert.ErrorIs(t, w.AddSession(t.Context(), far), access.ErrInvalid)
	})
}
