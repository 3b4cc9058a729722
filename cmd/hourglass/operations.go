package main

import (
	"context"
	"net/http"
	"time"
)

// readyWithin is how long all checks together may take.
const readyWithin = 3 * time.Second

// operations is what a process answers to those who operate it, on a listener of its own: the worker has no other.
func (r *rooms) operations() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", r.metrics.Handler())
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, req *http.Request) {
		ctx, cancel := context.WithTimeout(req.Context(), readyWithin)
		defer cancel()
		for name, check := range r.ready() {
			if err := check(ctx); err != nil {
				r.log.WarnContext(ctx, "not ready", "check", name, "error", err)
				http.Error(w, name+" is failing", http.StatusServiceUnavailable)
				return
			}
		}
		w.WriteHeader(http.StatusNoContent)
	})
	return mux
}
