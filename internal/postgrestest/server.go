package postgrestest

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// errNoBinaries: there is no PostgreSQL on this machine.
var errNoBinaries = errors.New("no PostgreSQL server found: neither /usr/lib/postgresql/*/bin nor PATH has initdb and postgres")

const (
	startTimeout = 30 * time.Second
	standardPort = 5432
)

// server is one PostgreSQL with a data folder of its own, reached over a socket in that folder.
type server struct {
	folder string
	port   int // part of the socket's name, too
	admin  *sql.DB
	stop   func()
}

// unsafeButQuick is enough for tests: they do not outlive their server.
var unsafeButQuick = []string{"-c", "fsync=off", "-c", "full_page_writes=off"}

// start listens on a socket in its folder and, where port is not 0, on that port of this machine.
func start(port int, settings ...string) (_ *server, err error) {
	initdb, postgres, err := binaries()
	if err != nil {
		return nil, err
	}
	// Not t.TempDir: the path of a socket has at most 107 bytes.
	folder, err := os.MkdirTemp("", "hgpg")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(folder)
		}
	}()
	attributes, err := unprivileged(folder)
	if err != nil {
		return nil, err
	}
	data := filepath.Join(folder, "data")
	setup := exec.Command(initdb, "-D", data, "-U", "hourglass", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	setup.Dir, setup.SysProcAttr = folder, attributes
	if out, err := setup.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	log := &bytes.Buffer{}
	listen := ""
	if port != 0 {
		listen = "127.0.0.1"
	}
	port = cmp.Or(port, standardPort)
	settings = append(settings, "-D", data, "-k", folder, "-c", "listen_addresses="+listen, "-c", fmt.Sprintf("port=%d", port),
		"-c", "max_connections=300", "-c", "shared_buffers=64MB", "-c", "autovacuum=off")
	stop, err := run(postgres, attributes, folder, log, settings...)
	if err != nil {
		return nil, err
	}
	admin, err := sql.Open("pgx", databaseURL(folder, port, "postgres"))
	if err != nil {
		stop()
		return nil, err
	}
	if err := answering(admin); err != nil {
		stop()
		return nil, fmt.Errorf("%w: %s", err, log)
	}
	return &server{folder: folder, port: port, admin: admin, stop: func() {
		admin.Close()
		stop()
		os.RemoveAll(folder)
	}}, nil
}

func binaries() (initdb, postgres string, err error) {
	folders, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	slices.Reverse(folders)
	for _, folder := range folders {
		initdb, postgres = filepath.Join(folder, "initdb"), filepath.Join(folder, "postgres")
		if executable(initdb) && executable(postgres) {
			return initdb, postgres, nil
		}
	}
	initdb, noInitdb := exec.LookPath("initdb")
	postgres, noPostgres := exec.LookPath("postgres")
	if noInitdb != nil || noPostgres != nil {
		return "", "", errNoBinaries
	}
	return initdb, postgres, nil
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode()&0o111 != 0
}

// unprivileged gives the folder to a user other than root, as whom PostgreSQL agrees to run.
func unprivileged(folder string) (*syscall.SysProcAttr, error) {
	if os.Getuid() != 0 {
		return &syscall.SysProcAttr{}, nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		account, err = user.Lookup("nobody")
	}
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL does not run as root, and there is no other user: %w", err)
	}
	uid, errUID := strconv.ParseUint(account.Uid, 10, 32)
	gid, errGID := strconv.ParseUint(account.Gid, 10, 32)
	if err := errors.Join(errUID, errGID, os.Chown(folder, int(uid), int(gid))); err != nil {
		return nil, err
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
}

// run starts the server; stop ends it at once and waits until it is gone.
func run(postgres string, attributes *syscall.SysProcAttr, folder string, log *bytes.Buffer, args ...string) (stop func(), err error) {
	cmd := exec.Command(postgres, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = folder, log, log
	own := *attributes
	dieWithParent(&own)
	cmd.SysProcAttr = &own
	started, ended := make(chan error), make(chan struct{})
	go func() {
		// What dieWithParent asks for is tied to the thread that starts the process.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(ended)
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // its log is shown where it does not answer
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	return func() {
		_ = cmd.Process.Signal(syscall.SIGQUIT) // immediate shutdown: nothing here is worth keeping
		<-ended
	}, nil
}

func answering(admin *sql.DB) error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for {
		err := admin.PingContext(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL does not answer: %w", err)
		case <-poll.C:
		}
	}
}

func databaseURL(folder string, port int, database string) string {
	u := url.URL{Scheme: "postgres", User: url.User("hourglass"), Path: "/" + database,
		RawQuery: url.Values{"host": {folder}, "port": {strconv.Itoa(port)}}.Encode()}
	return u.String()
}
