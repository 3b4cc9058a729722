package entrasim_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"hourglass/internal/entrasim"
)

// BenchmarkGrant is the Graph traffic of one grant from start to proof, many at a time in one tenant: what the stand-in
// costs a benchmark that it shares the machine with.
func BenchmarkGrant(b *testing.B) {
	sim, err := entrasim.Start(entrasim.Config{})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, sim.Close()) })
	require.NoError(b, sim.SeedSamples())
	w := &world{Sim: sim, t: b, tokens: map[string]string{}, client: trusting(b, sim)}
	token := w.token(contoso)
	call := func(method, path string, body any) (out struct{ ID string }) {
		raw, _ := json.Marshal(body)
		req, _ := http.NewRequest(method, sim.GraphURL()+path, bytes.NewReader(raw))
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Content-Type", "application/json")
		res, err := w.client.Do(req)
		if err != nil {
			b.Error(err)
			return out
		}
		defer res.Body.Close()
		answer, _ := io.ReadAll(res.Body)
		if res.StatusCode > 299 {
			b.Errorf("%s %s: %s", method, path, answer)
		}
		_ = json.Unmarshal(answer, &out)
		return out
	}
	var n atomic.Int64
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			name := fmt.Sprintf("ada%d", n.Add(1))
			user := "/users/" + call("POST", "/users", newUser(name, "contoso.onmicrosoft.com")).ID
			call("PATCH", user, fields{"passwordProfile": fields{"password": "Correct-Horse-8"}})
			call("PATCH", user, fields{"accountEnabled": true})
			call("POST", user+"/authentication/temporaryAccessPassMethods", fields{})
			role := call("POST", assignments, fields{"principalId": user[len("/users/"):], "roleDefinitionId": exchange, "directoryScopeId": "/"}).ID
			call("GET", assignments+"?$filter=principalId%20eq%20'"+user[len("/users/"):]+"'", nil)
			call("DELETE", assignments+"/"+role, nil)
			call("POST", user+"/revokeSignInSessions", nil)
			call("GET", user+"/authentication/methods", nil)
			call("PATCH", user, fields{"accountEnabled": false})
			call("GET", user+"?$select=id,accountEnabled", nil)
		}
	})
}
