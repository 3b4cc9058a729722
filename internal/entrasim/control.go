package entrasim

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"
)

// controlHandler is the Go API as JSON, for scripts and other processes; see the package documentation.
func (s *Sim) controlHandler() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, f func(r *http.Request) (any, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			// A page in a browser can send plain POSTs across origins; a JSON content type makes it ask first.
			if r.Method != http.MethodGet && r.Method != http.MethodDelete && r.Header.Get("Content-Type") != "application/json" {
				writeJSON(w, http.StatusUnsupportedMediaType, object{"error": "Content-Type must be application/json"})
				return
			}
			if r.Header.Get("Origin") != "" {
				writeJSON(w, http.StatusForbidden, object{"error": "not for browsers"})
				return
			}
			r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
			result, err := f(r)
			switch {
			case err != nil:
				writeJSON(w, http.StatusBadRequest, object{"error": err.Error()})
			case result == nil:
				w.WriteHeader(http.StatusNoContent)
			default:
				writeJSON(w, http.StatusOK, result)
			}
		})
	}
	handle("GET /tenants", func(*http.Request) (any, error) { return s.Tenants(), nil })
	handle("POST /tenants", acting(func(_ *http.Request, spec TenantSpec) error { return s.AddTenant(spec) }))
	handle("PATCH /tenants/{t}", func(r *http.Request) (any, error) {
		var raw json.RawMessage
		if err := json.NewDecoder(r.Body).Decode(&raw); err != nil {
			return nil, err
		}
		var wrong error
		err := s.Change(r.PathValue("t"), func(c *Settings) {
			next := *c
			if wrong = json.Unmarshal(raw, &next); wrong == nil {
				*c = next
			}
		})
		return nil, errors.Join(err, wrong)
	})
	handle("POST /tenants/{t}/users", creating(func(r *http.Request, spec UserSpec) (string, error) { return s.AddUser(r.PathValue("t"), spec) }))
	handle("POST /tenants/{t}/groups", creating(func(r *http.Request, spec GroupSpec) (string, error) { return s.AddGroup(r.PathValue("t"), spec) }))
	handle("POST /tenants/{t}/roles", acting(func(r *http.Request, in struct{ User, Role string }) error {
		return s.AssignRole(r.PathValue("t"), in.User, in.Role)
	}))
	handle("GET /tenants/{t}/users/{u}", func(r *http.Request) (any, error) {
		a, ok := s.User(r.PathValue("t"), r.PathValue("u"))
		if !ok {
			return nil, errors.New("no such user")
		}
		return a, nil
	})
	handle("PATCH /tenants/{t}/users/{u}", acting(func(r *http.Request, change ChangeUser) error {
		return s.UpdateUser(r.PathValue("t"), r.PathValue("u"), change)
	}))
	handle("DELETE /tenants/{t}/users/{u}", func(r *http.Request) (any, error) {
		return nil, s.DeleteUser(r.PathValue("t"), r.PathValue("u"))
	})
	handle("GET /tenants/{t}/audits", func(r *http.Request) (any, error) { return s.Audits(r.PathValue("t")), nil })
	handle("POST /tenants/{t}/consent", acting(func(r *http.Request, in struct {
		ClientID    string `json:"clientId"`
		Permissions []string
	}) error {
		return s.Consent(r.PathValue("t"), in.ClientID, in.Permissions...)
	}))
	handle("DELETE /tenants/{t}/consent/{app}", func(r *http.Request) (any, error) {
		return nil, s.RevokeConsent(r.PathValue("t"), r.PathValue("app"))
	})
	handle("PATCH /tenants/{t}/consent/{app}", acting(func(r *http.Request, in struct {
		Disabled bool
		Revoke   []string
	}) error {
		tenant, app := r.PathValue("t"), r.PathValue("app")
		return errors.Join(s.DisableApp(tenant, app, in.Disabled), s.RevokePermissions(tenant, app, in.Revoke...))
	}))
	handle("PUT /domains/{domain}", acting(func(r *http.Request, in struct{ Federated bool }) error {
		return s.SetFederated(r.PathValue("domain"), in.Federated)
	}))
	handle("POST /apps", acting(func(_ *http.Request, spec AppSpec) error { return s.RegisterApp(spec) }))
	handle("GET /faults", func(*http.Request) (any, error) { return s.Faults(), nil })
	handle("POST /faults", creating(func(_ *http.Request, f Fault) (string, error) { return s.AddFault(f) }))
	handle("DELETE /faults", func(*http.Request) (any, error) { s.ClearFaults(); return nil, nil })
	handle("DELETE /faults/{id}", func(r *http.Request) (any, error) { s.ClearFaults(r.PathValue("id")); return nil, nil })
	handle("PUT /latency", acting(func(_ *http.Request, in struct{ Graph Duration }) error {
		s.SetLatency(time.Duration(in.Graph))
		return nil
	}))
	handle("PUT /throttling", acting(func(_ *http.Request, in struct{ Enabled bool }) error { s.SetThrottling(in.Enabled); return nil }))
	handle("GET /stats", func(*http.Request) (any, error) { return s.Stats(), nil })
	handle("GET /requests", func(*http.Request) (any, error) { return s.Requests(""), nil })
	return mux
}

// acting reads a body of type T and does something with it.
func acting[T any](f func(*http.Request, T) error) func(*http.Request) (any, error) {
	return func(r *http.Request) (any, error) {
		var in T
		if err := decodeStrict(r, &in); err != nil {
			return nil, err
		}
		return nil, f(r, in)
	}
}

// creating does the same and answers with the id of what was made.
func creating[T any](f func(*http.Request, T) (string, error)) func(*http.Request) (any, error) {
	return func(r *http.Request) (any, error) {
		var in T
		if err := decodeStrict(r, &in); err != nil {
			return nil, err
		}
		id, err := f(r, in)
		return object{"id": id}, err
	}
}

func decodeStrict(r *http.Request, into any) error {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	return d.Decode(into)
}
