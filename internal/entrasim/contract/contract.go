// Package contract checks what passes through the stand-in against Microsoft's own OpenAPI description of Graph, in both
// directions: types, formats and enums by the schema, and names more strictly than it, for the schema tolerates additional
// properties. It is for tests; it may know entrasim and nothing else of ours.
//
// The description (reference data beside the repository) says nothing about exact status codes, permissions, licences or
// error codes; those are entrasim's own tables.
package contract

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"hourglass/internal/entrasim"
)

// Contract is Microsoft's description, loaded.
type Contract struct {
	doc *openapi3.T
}

var load = sync.OnceValues(func() (*Contract, error) {
	path, err := referenceFile("openapi.yaml")
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromFile(path)
	if err != nil {
		return nil, fmt.Errorf("contract: %w", err)
	}
	return &Contract{doc: doc}, nil
})

// Load reads the description once per process. Where the reference data is absent it skips the test.
func Load(t testing.TB) *Contract {
	t.Helper()
	c, err := load()
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("Microsoft's OpenAPI description is not beside the module root (../shared/graph)")
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Watch fails the test for every exchange of the stand-in that breaks the contract. Where the reference data is absent it
// does nothing, so that a suite can always call it.
func Watch(t testing.TB, sim *entrasim.Sim) {
	t.Helper()
	c, err := load()
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	reported := map[string]bool{}
	sim.OnExchange(func(e entrasim.Exchange) {
		for _, violation := range c.Check(e) {
			mu.Lock()
			first := !reported[violation]
			reported[violation] = true
			mu.Unlock()
			if first {
				t.Errorf("contract: %s", violation)
			}
		}
	})
}

// ReferenceFile is a file of the reference data beside the module root; the test is skipped where it is absent.
func ReferenceFile(t testing.TB, name string) string {
	t.Helper()
	path, err := referenceFile(name)
	if err != nil {
		t.Skipf("%s is not beside the module root (../shared/graph)", name)
	}
	return path
}

func referenceFile(name string) (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			path := filepath.Join(filepath.Dir(dir), "shared", "graph", name)
			_, err := os.Stat(path)
			return path, err
		}
		if dir == filepath.Dir(dir) {
			return "", fs.ErrNotExist
		}
		dir = filepath.Dir(dir)
	}
}

// Check gives what an exchange breaks. Messages name properties and types, never values.
func (c *Contract) Check(e entrasim.Exchange) []string {
	where := e.Method + " " + e.Template
	if strings.HasPrefix(e.Template, "(") || missingPaths[where] != "" {
		return nil // refused before it had a route, or not described
	}
	operation := c.operation(e)
	if operation == nil {
		return []string{where + ": Microsoft's description does not have this operation"}
	}
	var found []string
	refused := e.Status >= 400
	if len(e.RequestBody) > 0 && !refused { // a refused body may be wrong on purpose
		if operation.RequestBody == nil {
			found = append(found, where+": takes no request body")
		} else {
			found = append(found, c.body(where+" request", operation.RequestBody.Value.Content, e.RequestBody)...)
		}
	}
	if len(e.ResponseBody) > 0 {
		response := operation.Responses.Value("2XX")
		if refused {
			response = operation.Responses.Default()
		}
		if response == nil {
			return append(found, fmt.Sprintf("%s: status %d is not described", where, e.Status))
		}
		found = append(found, c.body(where+" response", response.Value.Content, e.ResponseBody)...)
	}
	return found
}

func (c *Contract) operation(e entrasim.Exchange) *openapi3.Operation {
	want := strings.Split(strings.Trim(e.Template, "/"), "/")
	for path, item := range c.doc.Paths.Map() {
		got := strings.Split(strings.Trim(path, "/"), "/")
		if len(got) != len(want) {
			continue
		}
		same := true
		for i := range got {
			wild := strings.HasPrefix(got[i], "{")
			same = same && (wild && want[i] == "{id}" || got[i] == strings.TrimPrefix(want[i], "microsoft."))
		}
		if operation := item.GetOperation(e.Method); same && operation != nil {
			return operation
		}
	}
	return nil
}

func (c *Contract) body(where string, content openapi3.Content, raw []byte) []string {
	media := content.Get("application/json")
	if media == nil {
		return []string{where + ": has no JSON body"}
	}
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		return []string{where + ": is not JSON"}
	}
	return (&checker{contract: c, where: where}).run(media.Schema, value)
}

// typeSchema is the schema of an @odata.type, e.g. "#microsoft.graph.user"; nil if the description does not have it.
func (c *Contract) typeSchema(annotation string) *openapi3.SchemaRef {
	return c.doc.Components.Schemas[strings.TrimPrefix(annotation, "#")]
}
