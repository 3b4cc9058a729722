package entrasim

import (
	"net/http"
	"time"
)

// loginHandler is the sign-in host: OpenID documents, tokens, consent and the sign-in pages.
func (s *Sim) loginHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{tenant}/v2.0/.well-known/openid-configuration", s.openIDConfiguration)
	mux.HandleFunc("GET /{tenant}/discovery/v2.0/keys", s.keys)
	mux.HandleFunc("POST /{tenant}/oauth2/v2.0/token", s.faulty(s.token))
	mux.HandleFunc("GET /{tenant}/adminconsent", s.consentEntry(false))
	mux.HandleFunc("GET /{tenant}/v2.0/adminconsent", s.consentEntry(true))
	mux.HandleFunc("POST /consent/signin", s.consentSignIn)
	mux.HandleFunc("POST /consent/decision", s.consentDecision)
	mux.HandleFunc("GET /{tenant}/oauth2/v2.0/authorize", s.signInPage)
	mux.HandleFunc("GET /{tenant}/signin", s.signInPage)
	mux.HandleFunc("POST /{tenant}/signin/step", s.signInStep)
	mux.HandleFunc("GET /{tenant}/oauth2/v2.0/logout", s.signedOutPage)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/organizations/signin", http.StatusFound)
	})
	assets(mux)
	return mux
}

// faulty puts a route of the sign-in host under the faults with Host "login".
func (s *Sim) faulty(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		t, ok := s.tenantOf(r.PathValue("tenant"))
		if !ok {
			next(w, r)
			return
		}
		fault := s.faults.take("login", t, r.Method, r.URL.Path)
		if fault == nil {
			next(w, r)
			return
		}
		switch fault.Kind {
		case DropBefore, DropAfter:
			panic(http.ErrAbortHandler)
		case Delay:
			wait(r.Context(), time.Duration(fault.Delay))
			next(w, r)
		default:
			e := fault.refusal()
			if fault.Kind == Throttle {
				e = tooMany(time.Duration(fault.RetryAfter), "TooManyRequests")
			}
			for name, values := range e.header {
				w.Header()[name] = values
			}
			s.loginFailure(w, r, &loginError{status: e.status, kind: "temporarily_unavailable", code: 90033, message: "A transient error has occurred. Please try again."})
		}
	}
}
