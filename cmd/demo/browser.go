package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"

	"hourglass/internal/onemachine"
	"hourglass/internal/process"
)

var (
	errNoExtension = errors.New("the browser extension is not built")
	errNoBrowser   = errors.New("the browser could not be started")
)

// browse opens the portal in a Chromium with the extension, in which Microsoft's host names lead to the stand-in: the extension
// fills on Microsoft's own origins and nowhere else. The browser has a profile of its own in the data folder.
func browse(m *onemachine.Machine, chromium, extension string) (*process.Child, error) {
	unpacked, err := filepath.Abs(extension)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(unpacked, "manifest.json")); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s", errNoExtension, unpacked)
	}
	profile, err := filepath.Abs(filepath.Join(m.Dir(), "browser"))
	if err != nil {
		return nil, err
	}
	flags, err := m.Sim.ChromiumFlags()
	if err != nil {
		return nil, err
	}
	flags = append(flags, "--user-data-dir="+profile, "--load-extension="+unpacked, "--no-first-run", m.PublicURL())
	child, err := process.Start(exec.Command(chromium, flags...), nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoBrowser, err)
	}
	return child, nil
}
