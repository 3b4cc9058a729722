package temporalserver

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOnlyARecentEnoughServerIsUsed(t *testing.T) {
	for words, want := range map[string]bool{
		"temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)":     true,
		"temporal version 0.0.0-DEV (Server 1.29.1, UI 2.42.1)": true,
		"temporal version 1.9.1 (Server 1.31.0, UI 2.50.0)":     true,
		"temporal version 2.0.0 (Server 2.0.0, UI 3.0.0)":       true,
		"temporal version 1.5.0 (Server 1.29.0, UI 2.41.0)":     false,
		"temporal version 1.1.0 (Server 1.25.9, UI 2.30.0)":     false,
		"temporal version 1.9.1":                                false,
		"":                                                      false,
	} {
		assert.Equal(t, want, newEnough(words), words)
	}
}

func TestPinnedBuildIsFoundFromAnyFolderOfTheModule(t *testing.T) {
	root := t.TempDir()
	inner := filepath.Join(root, "internal", "deep")
	require.NoError(t, os.MkdirAll(inner, 0o755))
	require.NoError(t, os.MkdirAll(filepath.Join(root, "bin"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(root, "go.mod"), nil, 0o600))
	t.Chdir(inner)
	t.Setenv("PATH", "")

	_, err := Find()
	assert.ErrorIs(t, err, ErrNoBinary)

	want := filepath.Join(root, "bin", pinned)
	require.NoError(t, os.WriteFile(want, nil, 0o700))
	got, err := Find()
	require.NoError(t, err)
	assert.Equal(t, want, got)
}

func TestOldTemporalOnThePathIsRefused(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	t.Setenv("PATH", folder)
	command := filepath.Join(folder, "temporal")
	say := func(server string) {
		require.NoError(t, os.WriteFile(command, []byte("#!/bin/sh\necho 'temporal version 1 (Server "+server+", UI 2)'\n"), 0o700))
	}

	say("1.28.0")
	_, err := Find()
	assert.ErrorIs(t, err, ErrNoBinary)

	say("1.29.1")
	got, err := Find()
	require.NoError(t, err)
	assert.Equal(t, command, got)
}
