package seal_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/seal"
)

func TestKeysetFilesOfOthersAreRefused(t *testing.T) {
	modes := map[os.FileMode]bool{0o600: true, 0o400: true, 0o640: false, 0o604: false, 0o620: false, 0o602: false, 0o610: false, 0o644: false}
	for mode, accepted := range modes {
		t.Run(mode.String(), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "vault.json")
			require.NoError(t, os.WriteFile(path, newClear(t), 0o600))
			require.NoError(t, os.Chmod(path, mode))
			_, err := seal.LoadKeyset(path)
			if accepted {
				assert.NoError(t, err)
				return
			}
			assert.ErrorIs(t, err, seal.ErrKeyset)
			assert.ErrorContains(t, err, "chmod 600")
		})
	}
}

func TestLoadKeysetRefusesOtherFiles(t *testing.T) {
	folder := t.TempDir()
	long := filepath.Join(folder, "long")
	require.NoError(t, os.WriteFile(long, make([]byte, 64<<10+1), 0o600))
	garbage := filepath.Join(folder, "garbage")
	require.NoError(t, os.WriteFile(garbage, []byte("canary-4711"), 0o600))
	for _, path := range []string{folder, long, garbage, filepath.Join(folder, "absent")} {
		_, err := seal.LoadKeyset(path)
		require.ErrorIs(t, err, seal.ErrKeyset, path)
		assert.ErrorContains(t, err, path)
		assert.NotContains(t, err.Error(), "canary")
	}
}

func TestKeysetFilesAreWrittenWholeAndForTheOwnerAlone(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "vault.json")
	before, _, after := rotate(t)

	require.NoError(t, seal.CreateKeysetFile(path, before))
	assertOnlyFile(t, folder, path)
	loaded, err := seal.LoadKeyset(path)
	require.NoError(t, err)
	assert.Equal(t, parse(t, before).Keys(), loaded.Keys())

	assert.ErrorIs(t, seal.CreateKeysetFile(path, after), os.ErrExist, "an existing keyset is never overwritten by a new one")
	assert.ErrorIs(t, seal.ReplaceKeysetFile(path, []byte("{}")), seal.ErrKeyset)
	unchanged, err := seal.ReadKeysetFile(path)
	require.NoError(t, err)
	assert.Equal(t, before, unchanged)
	assertOnlyFile(t, folder, path)

	require.NoError(t, seal.ReplaceKeysetFile(path, after))
	assertOnlyFile(t, folder, path)
	loaded, err = seal.LoadKeyset(path)
	require.NoError(t, err)
	assert.Equal(t, parse(t, after).Keys(), loaded.Keys())
}

// Whoever rotates a key does so as root; the processes, which read the file at their next start, run as somebody else.
func TestAnEditedKeysetFileKeepsItsOwner(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can give a file to somebody else")
	}
	path := filepath.Join(t.TempDir(), "vault.json")
	before, _, after := rotate(t)
	require.NoError(t, seal.CreateKeysetFile(path, before))
	require.NoError(t, os.Chown(path, 65532, 65532))
	require.NoError(t, seal.ReplaceKeysetFile(path, after))
	info, err := os.Stat(path)
	require.NoError(t, err)
	owner := info.Sys().(*syscall.Stat_t)
	assert.Equal(t, []uint32{65532, 65532}, []uint32{owner.Uid, owner.Gid})
	assertOnlyFile(t, filepath.Dir(path), path)
}

func assertOnlyFile(t *testing.T, folder, path string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, entries, 1, "no copy is left behind")
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}
