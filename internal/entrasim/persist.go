package entrasim

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"
)

const (
	caFileName      = "ca.pem"
	caKeyFileName   = "ca-key.pem"
	signingFileName = "token-key.pem"
	appsFileName    = "apps.json"
	tenantsDirName  = "tenants"
)

// stateDir keeps the stand-in's state in files. A tenant that changed is written as a whole, at once, by one goroutine
// that no request waits for: Microsoft does not lose a write that it answered, so the window in which a killed process
// could is kept to about a millisecond. Without a directory only the authority's certificate is put into a temporary one.
type stateDir struct {
	dir     string
	keep    bool
	log     *slog.Logger
	mu      sync.Mutex
	dirty   map[string]func() any // file -> snapshot
	wake    chan struct{}
	done    chan struct{}
	running bool
}

func openStateDir(dir string, log *slog.Logger) (*stateDir, error) {
	d := &stateDir{
		dir: dir, keep: dir != "", log: log,
		dirty: map[string]func() any{}, wake: make(chan struct{}, 1), done: make(chan struct{}),
	}
	var err error
	if d.keep {
		err = os.MkdirAll(filepath.Join(dir, tenantsDirName), 0o700)
	} else {
		d.dir, err = os.MkdirTemp("", "entrasim-")
	}
	if err != nil {
		return nil, fmt.Errorf("entrasim: state directory: %w", err)
	}
	return d, nil
}

func (d *stateDir) path(name string) string { return filepath.Join(d.dir, name) }

func (d *stateDir) authority() (*pki, error) {
	cert, err := os.ReadFile(d.path(caFileName))
	if err == nil {
		key, err := os.ReadFile(d.path(caKeyFileName))
		if err != nil {
			return nil, fmt.Errorf("entrasim: authority key: %w", err)
		}
		return loadPKI(cert, key)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("entrasim: authority certificate: %w", err)
	}
	p, err := newPKI()
	if err != nil {
		return nil, err
	}
	if d.keep {
		if err := d.write(caKeyFileName, p.keyPEM); err != nil {
			return nil, err
		}
	}
	return p, d.write(caFileName, p.caPEM)
}

// sharedKey signs the tokens of every stand-in of this process that keeps nothing: making an RSA key costs a tenth of a
// second, which hundreds of tests would each pay.
var sharedKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

func (d *stateDir) signingKey() (*rsa.PrivateKey, error) {
	if !d.keep {
		return sharedKey()
	}
	raw, err := os.ReadFile(d.path(signingFileName))
	if err == nil {
		block, _ := pem.Decode(raw)
		if block == nil {
			return nil, errors.New("entrasim: the token key is not PEM")
		}
		key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("entrasim: token key: %w", err)
		}
		return key, nil
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("entrasim: token key: %w", err)
	}
	block := &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}
	return key, d.write(signingFileName, pem.EncodeToMemory(block))
}

// changed asks for name to be written soon; snapshot is called without any lock of stateDir held.
func (d *stateDir) changed(name string, snapshot func() any) {
	if !d.keep {
		return
	}
	d.mu.Lock()
	d.dirty[name] = snapshot
	d.mu.Unlock()
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

func (d *stateDir) start() {
	d.running = true
	go func() {
		defer close(d.done)
		for range d.wake {
			began := time.Now()
			d.flush()
			// Gathers a burst of writes into one file, and keeps a large tenant from costing more than a fifth of a core.
			time.Sleep(time.Millisecond + 4*time.Since(began))
		}
	}()
}

func (d *stateDir) flush() {
	d.mu.Lock()
	dirty := d.dirty
	d.dirty = map[string]func() any{}
	d.mu.Unlock()
	for name, snapshot := range dirty {
		raw, err := json.Marshal(snapshot())
		if err == nil {
			err = d.write(name, raw)
		}
		if err != nil {
			d.log.Error("state was not written", "file", name, "error", err)
		}
	}
}

func (d *stateDir) write(name string, raw []byte) error {
	path := d.path(name)
	if err := os.WriteFile(path+".new", raw, 0o600); err != nil {
		return fmt.Errorf("entrasim: write state: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("entrasim: write state: %w", err)
	}
	return nil
}

func (d *stateDir) close() error {
	if d.running {
		close(d.wake)
		<-d.done
		d.running = false
	}
	if !d.keep {
		return os.RemoveAll(d.dir)
	}
	d.flush()
	return nil
}

// load brings back the apps and tenants of an earlier run.
func (s *Sim) load() error {
	if !s.store.keep {
		return nil
	}
	var specs []AppSpec
	if err := s.store.read(appsFileName, &specs); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, spec := range specs {
		s.apps[spec.ClientID] = &app{spec: spec}
	}
	files, err := filepath.Glob(s.store.path(filepath.Join(tenantsDirName, "*.json")))
	if err != nil {
		return fmt.Errorf("entrasim: read state: %w", err)
	}
	for _, file := range files {
		var st state
		if err := s.store.read(filepath.Join(tenantsDirName, filepath.Base(file)), &st); err != nil {
			return err
		}
		s.adopt(&st)
	}
	return nil
}

func (d *stateDir) read(name string, into any) error {
	raw, err := os.ReadFile(d.path(name))
	if err != nil {
		return fmt.Errorf("entrasim: read state: %w", err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("entrasim: read state %s: %w", name, err)
	}
	return nil
}
