package store_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// writerFile names the database file for a test process that only writes.
const writerFile = "HOURGLASS_TEST_WRITER_FILE"

// writeUntilKilled opens sessions without end, and prints the number of each that was committed.
func writeUntilKilled(path string) {
	ctx := context.Background()
	s, err := store.Open(ctx, "sqlite:"+path)
	if err != nil {
		panic(err)
	}
	people, err := s.People(ctx)
	if err != nil {
		panic(err)
	}
	for n := 0; ; n++ {
		now := time.Now()
		err := s.AddSession(ctx, store.Session{
			ID: sessionID(n), PersonID: people[0].ID, CreatedAt: now, LastSeenAt: now, AssertedAt: now, ExpiresAt: now.Add(time.Hour),
		})
		if err != nil {
			panic(err)
		}
		fmt.Println(n)
	}
}

func sessionID(n int) (id [32]byte) {
	copy(id[:], fmt.Sprintf("%032d", n))
	return id
}

// What was committed is there after SIGKILL in the middle of writing, and the audit log is whole.
func TestSIGKILLLosesNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "hourglass.db")
	s, err := store.Open(t.Context(), "sqlite:"+path)
	require.NoError(t, err)
	require.NoError(t, s.Migrate(t.Context()))
	handle, err := access.NewHandle("ada")
	require.NoError(t, err)
	ada := store.Person{ID: access.MustID[access.PersonID]("0a000000-0000-4000-8000-000000000001"), Name: name(t, "Ada"), Handle: handle}
	require.NoError(t, s.AddPerson(t.Context(), ada, store.Actor{}))
	require.NoError(t, s.Close())

	committed := 0
	writer := exec.CommandContext(t.Context(), os.Args[0])
	writer.Env = append(os.Environ(), writerFile+"="+path)
	writer.Stderr = os.Stderr
	out, err := writer.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, writer.Start())
	for lines := bufio.NewScanner(out); lines.Scan(); {
		_, err := fmt.Sscan(lines.Text(), &committed)
		require.NoError(t, err)
		if committed == 100 {
			require.NoError(t, writer.Process.Kill())
		}
	}
	require.Error(t, writer.Wait(), "it was killed")
	require.GreaterOrEqual(t, committed, 100)

	s, err = store.Open(t.Context(), "sqlite:"+path)
	require.NoError(t, err)
	defer s.Close()
	for n := range committed + 1 {
		_, err := s.Session(t.Context(), sessionID(n))
		require.NoError(t, err, "session %d", n)
	}
	verdict, err := s.VerifyAudit(t.Context())
	require.NoError(t, err)
	assert.True(t, verdict.OK(), "%+v", verdict)
	assert.GreaterOrEqual(t, verdict.Records, int64(committed+2))
}

// Two processes share one file, as api and worker on one machine do.
func TestTwoStoresOnOneDatabase(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		stores := []*store.Store{w.Store, w.open(), w.open()}
		for _, err := range together(30, func(i int) error {
			return stores[i%3].AddSession(t.Context(), w.session(byte(i), w.ada))
		}) {
			require.NoError(t, err)
		}
		assert.Equal(t, "30", w.dump()["sessions"])
		w.sound()
	})
}
