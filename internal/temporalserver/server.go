// Package temporalserver starts the real Temporal development server, the `temporal server start-dev` of the
// Temporal command line, or another server, as a child process: for the demo, for tests and for the benchmark. It knows the
// product's search attributes and nothing else of the product; cmd/hourglass never contains it.
//
//	Start → ready (Address, UIURL, Connect, CreateNamespace)
//	      → Stop: told to end, waited for      → Restart: the same ports and database again
//	      → Kill: SIGKILL, as in a power cut   → Restart
//
// The server is a child that ends with us (package process), and that an interrupt typed at a terminal does not
// reach before the workers have been stopped.
package temporalserver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"hourglass/internal/process"
)

// host is where the server listens: it has neither TLS nor sign-in, so nowhere else.
const host = "127.0.0.1"

// Config says what to start. Its zero value is a tuned server without a web interface, in memory, on a free
// port, with the namespace "default" and the product's search attributes.
type Config struct {
	Binary           string            // the Temporal command line; "" = Find
	DBFile           string            // SQLite file, made if it is missing; "" = in memory, gone with the process
	Port             int               // of the gRPC frontend; 0 = a free one
	UI               bool              // also serve Temporal's web interface
	UIPort           int               // 0 = a free one
	CodecEndpoint    string            // where the web interface has payloads made readable; "" = nowhere
	Namespace        string            // "" = "default", which always exists
	SearchAttributes map[string]string // name → Temporal's type; nil = the product's
	Stock            bool              // leave the server's own settings: see tuned
	DynamicConfig    map[string]string // key → JSON value; wins over tuned
	Log              io.Writer         // what the server says; nil = kept for error messages only

	// Program is another server than the command line's, which listens on Port. It finds its settings and keeps its data by itself:
	// of this configuration it has Port, Namespace and Log.
	Program func() *exec.Cmd
	// Prepare makes its namespace with the search attributes, each time that it has been started.
	Prepare func(context.Context) error
}

// productSearchAttributes are those that JITAccessWorkflow sets, by the names in workflows/names.go.
var productSearchAttributes = map[string]string{
	"TenantId":     "Keyword",
	"TechnicianId": "Keyword",
}

// tuned lifts limits that the development server inherits from clusters with hundreds of shards. It has one
// shard, which by default reads each of its task queues at most 20 times a second: a lone chain of activities
// then waits 50 ms for every task. The new matcher is what makes task priorities count before server 1.31, and
// with it one partition is what makes them count over the whole queue rather than within a quarter of it.
// Eager activities are left off, as they are on a cluster: they are quicker, but pass by the priorities.
var tuned = map[string]string{
	"history.transferProcessorMaxPollRPS":   "2000",
	"history.timerProcessorMaxPollRPS":      "2000",
	"history.visibilityProcessorMaxPollRPS": "2000",
	"matching.useNewMatcher":                "true",
	"matching.numTaskqueueReadPartitions":   "1",
	"matching.numTaskqueueWritePartitions":  "1",
}

// Server is a running development server, or one that was stopped and can be started again. Its methods are
// not for several goroutines at once, except Done and what only reads.
type Server struct {
	cfg   Config
	conn  *grpc.ClientConn
	child *process.Child
}

// startTimeout bounds one start: two seconds on an idle machine, many more on a busy one.
const startTimeout = 90 * time.Second

// errPortTaken is a start that failed because somebody else took a port between its choice and its use.
var errPortTaken = errors.New("port already in use")

// Start starts a server and returns once its namespace answers and knows the search attributes. ctx bounds the
// start, not the server's life. ErrNoBinary where there is no Temporal command line to start.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	if cfg.Binary == "" && cfg.Program == nil {
		binary, err := Find()
		if err != nil {
			return nil, err
		}
		cfg.Binary = binary
	}
	if cfg.Namespace == "" {
		cfg.Namespace = "default"
	}
	if cfg.SearchAttributes == nil && cfg.Program == nil {
		cfg.SearchAttributes = productSearchAttributes
	}
	var err error
	for range 3 { // free ports can be lost to another process, though that is rare
		s := &Server{cfg: cfg}
		if err = s.choosePorts(); err != nil {
			return nil, err
		}
		if err = s.launch(ctx); err == nil {
			return s, nil
		}
		if !errors.Is(err, errPortTaken) || cfg.Port != 0 {
			break
		}
	}
	return nil, err
}

// choosePorts fills in those that the configuration leaves open.
func (s *Server) choosePorts() error {
	for _, port := range []*int{&s.cfg.Port, &s.cfg.UIPort} {
		if *port != 0 {
			continue
		}
		free, err := process.FreePort()
		if err != nil {
			return err
		}
		*port = free
	}
	return nil
}

func (s *Server) launch(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	conn, err := grpc.NewClient(s.Address(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return fmt.Errorf("temporal server: %w", err)
	}
	command := exec.Command(s.cfg.Binary, s.args()...)
	if s.cfg.Program != nil {
		command = s.cfg.Program()
	}
	child, err := process.Start(command, s.cfg.Log)
	if err != nil {
		conn.Close()
		return fmt.Errorf("temporal server: %w", err)
	}
	s.conn, s.child = conn, child
	if err := s.awaken(ctx); err != nil {
		s.Kill()
		if strings.Contains(child.Said(), "in use") {
			err = errPortTaken
		}
		return fmt.Errorf("temporal server did not start: %w; it said: %s", err, child.Said())
	}
	return nil
}

// awaken waits until the server says that it listens, and then until its namespace can be used. Without the
// first, a server of somebody else's on the same port would be taken for ours, which ends at that moment.
func (s *Server) awaken(ctx context.Context) error {
	if s.cfg.Program != nil {
		return s.awakenProgram(ctx)
	}
	listens := regexp.MustCompile(`Server:\s+\S+:` + strconv.Itoa(s.cfg.Port) + `\s`)
	err := s.poll(ctx, func(context.Context) error {
		if !listens.MatchString(s.child.Said()) {
			return errors.New("it does not listen yet")
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.ready(ctx, s.cfg.Namespace)
}

// awakenProgram waits for a server that does not say when it listens.
func (s *Server) awakenProgram(ctx context.Context) error {
	err := s.poll(ctx, func(context.Context) error {
		conn, err := net.Dial("tcp", s.Address())
		if err == nil {
			conn.Close()
		}
		return err
	})
	if err == nil && s.cfg.Prepare != nil {
		err = s.cfg.Prepare(ctx)
	}
	if err != nil {
		return err
	}
	return s.ready(ctx, s.cfg.Namespace)
}

func (s *Server) args() []string {
	args := []string{
		"server", "start-dev", "--log-level", "warn", "--ip", host, "--port", strconv.Itoa(s.cfg.Port), "--namespace", s.cfg.Namespace,
	}
	if s.cfg.UI {
		args = append(args, "--ui-port", strconv.Itoa(s.cfg.UIPort), "--ui-codec-endpoint", s.cfg.CodecEndpoint)
	} else {
		args = append(args, "--headless")
	}
	if s.cfg.DBFile != "" {
		args = append(args, "--db-filename", s.cfg.DBFile)
		if !s.cfg.Stock {
			// Readers no longer wait for the writer. synchronous stays FULL: a commit is as durable as before.
			args = append(args, "--sqlite-pragma", "journal_mode=WAL")
		}
	}
	settings := map[string]string{}
	if !s.cfg.Stock {
		maps.Copy(settings, tuned)
	}
	maps.Copy(settings, s.cfg.DynamicConfig)
	args = append(args, pairs("--dynamic-config-value", settings)...)
	return append(args, pairs("--search-attribute", s.cfg.SearchAttributes)...)
}

// pairs is the flag once for each entry, in the order of the names.
func pairs(flag string, entries map[string]string) (args []string) {
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		args = append(args, flag, name+"="+entries[name])
	}
	return args
}

// Address is where a Temporal client dials, as host:port. It stays the same over a Restart.
func (s *Server) Address() string { return net.JoinHostPort(host, strconv.Itoa(s.cfg.Port)) }

// Namespace is the one that the server was started with.
func (s *Server) Namespace() string { return s.cfg.Namespace }

// UIURL is the address of Temporal's web interface; "" where it was not asked for.
func (s *Server) UIURL() string {
	if !s.cfg.UI {
		return ""
	}
	// By name, so that it is of one site with a portal on this machine, whose session a browser then sends along.
	return "http://localhost:" + strconv.Itoa(s.cfg.UIPort)
}

// PID is the process id of the server, for those who measure what it uses.
func (s *Server) PID() int { return s.child.PID() }

// Done is closed when the server's process has ended, by Stop and Kill or by itself. A Restart makes a new one.
func (s *Server) Done() <-chan struct{} { return s.child.Ended() }

// stopTimeout is how long the server may take to end in order before it is killed.
const stopTimeout = 15 * time.Second

// Stop ends the server in order, and by force if it takes longer than 15 s. A second Stop does nothing.
func (s *Server) Stop() error {
	return s.end(s.child.Stop(stopTimeout))
}

// Kill ends the server at once, as a crash would, and waits until it is gone. What was committed to the
// database file is kept.
func (s *Server) Kill() error {
	return s.end(s.child.Kill())
}

func (s *Server) end(err error) error {
	s.conn.Close()
	if err != nil {
		return fmt.Errorf("end the temporal server: %w", err)
	}
	return nil
}

// Restart starts the server again, after Stop or Kill or by stopping it first, on the same ports and the same
// database file; without a file there is nothing to continue from, which is an error.
func (s *Server) Restart(ctx context.Context) error {
	if s.cfg.DBFile == "" && s.cfg.Program == nil {
		return errors.New("restart the temporal server: it is in memory, so everything would be lost")
	}
	if err := s.Stop(); err != nil {
		return err
	}
	return s.launch(ctx)
}
