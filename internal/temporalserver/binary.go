package temporalserver

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
)

// pinned is the build that `make temporal` puts into bin/. Command line 1.5.1 carries server 1.29.1; later
// ones cannot be built through a module proxy (docs/decisions).
const pinned = "temporal-1.5.1"

// oldest is the first server with what the product needs; scripts/temporal asks for the same.
var oldest = [3]int{1, 29, 1}

// ErrNoBinary says that there is no Temporal command line to start a server with.
var ErrNoBinary = errors.New("no Temporal command line found; `make temporal` builds one")

// Find returns the Temporal command line to use: the pinned build in the bin folder of the module that the
// working directory is in, or beside our own binary, or else a `temporal` on the PATH that is new enough.
func Find() (string, error) {
	for _, folder := range binFolders() {
		candidate := filepath.Join(folder, pinned)
		if info, err := os.Stat(candidate); err == nil && info.Mode().IsRegular() {
			return candidate, nil
		}
	}
	candidate, err := exec.LookPath("temporal")
	if err != nil {
		return "", ErrNoBinary
	}
	words, err := exec.Command(candidate, "--version").Output()
	if err != nil || !newEnough(string(words)) {
		return "", fmt.Errorf("%w: %s is older than server %d.%d.%d", ErrNoBinary, candidate, oldest[0], oldest[1], oldest[2])
	}
	return candidate, nil
}

func binFolders() (folders []string) {
	if here, err := os.Getwd(); err == nil {
		for ; ; here = filepath.Dir(here) {
			if _, err := os.Stat(filepath.Join(here, "go.mod")); err == nil {
				folders = append(folders, filepath.Join(here, "bin"))
				break
			}
			if here == filepath.Dir(here) {
				break
			}
		}
	}
	if own, err := os.Executable(); err == nil {
		folders = append(folders, filepath.Dir(own))
	}
	return folders
}

// serverVersion finds the server in "temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)". The command's own
// version says nothing: built from source it is 0.0.0-DEV.
var serverVersion = regexp.MustCompile(`Server (\d+)\.(\d+)\.(\d+)`)

func newEnough(words string) bool {
	match := serverVersion.FindStringSubmatch(words)
	if match == nil {
		return false
	}
	for i, least := range oldest {
		if is, _ := strconv.Atoi(match[i+1]); is != least {
			return is > least
		}
	}
	return true
}
