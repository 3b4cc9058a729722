package onemachine

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"

	"hourglass/internal/process"
)

var (
	// ErrInUse: another machine runs in the folder.
	ErrInUse = errors.New("the data folder is in use")
	// ErrPortTaken: somebody listens on a port that was asked for.
	ErrPortTaken = errors.New("the port is taken")
)

// folderLock keeps a second machine out of a folder. The system lets go of it when our process ends, however.
type folderLock struct{ file *os.File }

func lockFolder(dir string) (*folderLock, error) {
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = fmt.Errorf("%w: %s", ErrInUse, dir)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &folderLock{file}, nil
}

func (l *folderLock) release() error { return l.file.Close() }

// choosePort returns a free port for 0, and otherwise the port itself, unless it is taken.
func choosePort(port int) (int, error) {
	if port == 0 {
		return process.FreePort()
	}
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return 0, fmt.Errorf("%w: %d", ErrPortTaken, port)
	}
	return port, listener.Close()
}
