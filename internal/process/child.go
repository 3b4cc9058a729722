// Package process starts other programs as children that end with us, and finds ports for them: for the demo,
// for tests and for the benchmark. It knows nothing of what it starts; the product never contains it.
//
// A child has its own process group, so that an interrupt typed at a terminal does not reach it before its parent
// has decided on the order of the end; and on Linux it dies with its parent, whatever ends that.
package process

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// Child is a process in a group of its own that ends with us. Its methods may be called from several goroutines.
type Child struct {
	cmd   *exec.Cmd
	said  *tail
	ended chan struct{}
}

// Start starts cmd. What it writes goes to log, where there is one, and the last of it to Said.
//
// It is started on a thread that lives as long as the child: Linux sends the parent-death signal when the
// starting thread ends, not the process (prctl(2), PR_SET_PDEATHSIG).
func Start(cmd *exec.Cmd, log io.Writer) (*Child, error) {
	c := &Child{cmd: cmd, said: &tail{}, ended: make(chan struct{})}
	var out io.Writer = c.said
	if log != nil {
		out = io.MultiWriter(c.said, log)
	}
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = ownGroup()
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			cmd.Wait() // how it ended is not of interest, only that it did
			close(c.ended)
		}
	}()
	return c, <-started
}

// Ended is closed when the process has ended.
func (c *Child) Ended() <-chan struct{} { return c.ended }

// Said is the last 16 kB that the process wrote.
func (c *Child) Said() string { return c.said.String() }

// PID is the process id, for those who measure what the process uses.
func (c *Child) PID() int { return c.cmd.Process.Pid }

// Stop asks the child to end (SIGTERM), and kills it when it has not ended by then. Where it has ended already,
// Stop and Kill do nothing.
func (c *Child) Stop(timeout time.Duration) error {
	if err := c.signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-c.ended:
		return nil
	case <-time.After(timeout):
		return c.Kill()
	}
}

// Kill ends the child at once (SIGKILL) and waits until it is gone.
func (c *Child) Kill() error {
	err := c.signal(syscall.SIGKILL)
	if err == nil {
		<-c.ended
	}
	return err
}

// signal goes to the child's whole group; to nobody once the child has been waited for, because its id may
// then belong to another process.
func (c *Child) signal(sig syscall.Signal) error {
	select {
	case <-c.ended:
		return nil
	default:
	}
	if err := syscall.Kill(-c.cmd.Process.Pid, sig); err != nil && !errors.Is(err, syscall.ESRCH) && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return nil
}

// tail keeps the last words of a process, for the message that says why it ended.
type tail struct {
	mu   sync.Mutex
	last []byte
}

const tailBytes = 16 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = append(t.last, p...)
	if over := len(t.last) - tailBytes; over > 0 {
		t.last = t.last[over:]
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.last)
}
