package temporalserver

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

// child is a process in a group of its own that ends with us.
type child struct {
	cmd   *exec.Cmd
	said  *tail
	ended chan struct{}
}

// startChild starts cmd on a thread that lives as long as the child: Linux sends the parent-death signal when
// the starting thread ends, not the process (prctl(2), PR_SET_PDEATHSIG).
func startChild(cmd *exec.Cmd, log io.Writer) (*child, error) {
	c := &child{cmd: cmd, said: &tail{}, ended: make(chan struct{})}
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

// stop asks the child to end, and kills it when it has not ended by then.
func (c *child) stop(timeout time.Duration) error {
	if err := c.signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-c.ended:
		return nil
	case <-time.After(timeout):
		return c.kill()
	}
}

func (c *child) kill() error {
	err := c.signal(syscall.SIGKILL)
	if err == nil {
		<-c.ended
	}
	return err
}

// signal goes to the child's whole group; to nobody once the child has been waited for, because its id may
// then belong to another process.
func (c *child) signal(sig syscall.Signal) error {
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
