package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/onemachine"
)

// stage answers, as JSON:
//
//	POST /people      person       -> {link}       adds somebody, with a link to enrol a passkey
//	POST /customers   customer     -> {tenant}     adds a customer with a tenant of its own
//	POST /hourglass   {args}       -> {said}       one of the product's commands
//	POST /sessions    {token, minutes}             makes the session with this cookie unused and unconfirmed for so long
//	POST /product     {do}                         "kill" (as a crash would) or "start"
//	POST /fill        {}                           fills the installation to the size that is promised; see fill.go
type stage struct{ *onemachine.Machine }

func (s *stage) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("POST /people", act(s.addPerson))
	mux.Handle("POST /customers", act(s.addCustomer))
	mux.Handle("POST /hourglass", act(s.command))
	mux.Handle("POST /sessions", act(s.age))
	mux.Handle("POST /product", act(s.product))
	mux.Handle("POST /fill", act(s.fill))
	return mux
}

func (s *stage) command(ctx context.Context, in struct{ Args []string }) (any, error) {
	if len(in.Args) == 0 {
		return nil, fmt.Errorf("%w: no command", access.ErrInvalid)
	}
	said, err := s.Hourglass(ctx, in.Args...)
	return map[string]string{"said": said}, err
}

func (s *stage) age(ctx context.Context, in struct {
	Token   string
	Minutes int
}) (any, error) {
	raw, err := base64.RawURLEncoding.DecodeString(in.Token)
	if err != nil {
		return nil, err
	}
	session, then := sha256.Sum256(raw), time.Now().Add(-time.Duration(in.Minutes)*time.Minute)
	return struct{}{}, errors.Join(s.Store.TouchSession(ctx, session, then), s.Store.AssertSession(ctx, session, then))
}

func (s *stage) product(ctx context.Context, in struct{ Do string }) (any, error) {
	switch in.Do {
	case "kill":
		return struct{}{}, s.API.Kill()
	case "start":
		return struct{}{}, s.API.Restart(ctx)
	default:
		return nil, fmt.Errorf("%w: do is kill or start", access.ErrInvalid)
	}
}

// act reads a body of type T, does something with it and answers with what came of it.
func act[T any](do func(context.Context, T) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// A page in the browser under test must not reach this: it can send no JSON across origins unasked.
		if r.Header.Get("Origin") != "" || r.Header.Get("Content-Type") != "application/json" {
			http.Error(w, "not for pages", http.StatusForbidden)
			return
		}
		var in T
		decoder := json.NewDecoder(r.Body)
		decoder.DisallowUnknownFields()
		err := decoder.Decode(&in)
		var answer any
		if err == nil {
			answer, err = do(r.Context(), in)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(answer)
	})
}
