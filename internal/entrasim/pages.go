package entrasim

import (
	"embed"
	"html/template"
	"net/http"
)

//go:embed pages
var pageFiles embed.FS

var pageTemplates = template.Must(template.ParseFS(pageFiles, "pages/*.html"))

// assets are the scripts and the style sheet; each host serves its own copy, so that a strict policy can name 'self' alone.
func assets(mux *http.ServeMux) {
	for name, kind := range map[string]string{"style.css": "text/css", "signin.js": "text/javascript", "admin.js": "text/javascript"} {
		raw, err := pageFiles.ReadFile("pages/" + name)
		if err != nil {
			panic("entrasim: " + name + " is not embedded (this is a bug)")
		}
		mux.HandleFunc("GET /assets/"+name, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind+"; charset=utf-8")
			w.Header().Set("X-Content-Type-Options", "nosniff")
			_, _ = w.Write(raw)
		})
	}
}

func (s *Sim) page(w http.ResponseWriter, status int, name string, data any) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'")
	w.WriteHeader(status)
	if err := pageTemplates.ExecuteTemplate(w, name, data); err != nil {
		s.log.Error("page was not written", "page", name, "error", err)
	}
}

// failurePage is what the sign-in host shows when it must not send the browser anywhere.
func (s *Sim) failurePage(w http.ResponseWriter, e *loginError) {
	s.page(w, e.status, "failure.html", e.Error())
}
