package secretfile

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReadIsForItsOwnerAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(path, []byte("canary"), 0o600))

	content, err := Read(path, 6)
	require.NoError(t, err)
	assert.Equal(t, "canary", string(content))

	for _, mode := range []os.FileMode{0o640, 0o604, 0o620, 0o601} {
		require.NoError(t, os.Chmod(path, mode))
		_, err = Read(path, 6)
		require.ErrorContains(t, err, "chmod 600", "%04o", mode)
		assert.NotContains(t, err.Error(), "canary")
	}
}

func TestReadRefusesWhatIsNoSecret(t *testing.T) {
	folder := t.TempDir()
	require.NoError(t, os.Chmod(folder, 0o700))
	long := filepath.Join(folder, "long")
	require.NoError(t, os.WriteFile(long, []byte("canary"), 0o400))

	_, err := Read(long, 5)
	require.ErrorContains(t, err, "too long")
	assert.NotContains(t, err.Error(), "canary")
	_, err = Read(folder, 5)
	require.ErrorContains(t, err, "not a regular file")
	_, err = Read(filepath.Join(folder, "missing"), 5)
	require.ErrorIs(t, err, os.ErrNotExist)
}
