// Package web holds the portals as Vite built them: the one page that starts them and the files that it loads. It
// knows nothing of the API; package api serves what is here.
package web

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed all:dist
var dist embed.FS

// nonce is what vite.config.ts writes where the nonce of a response belongs.
const nonce = "NONCE-OF-THIS-RESPONSE"

// Portal is a built portal, held in memory.
type Portal struct {
	page  []byte
	files map[string]file
}

// file is one file that the page loads, in every form in which it can be sent: plain ("") and by content coding.
type file struct {
	contentType string
	forms       map[string][]byte
}

// codings are the compressed forms that the build leaves beside a file, best first.
var codings = []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}}

// Embedded is the portal of this binary. A binary that was built before the portal has a page that says so, and no files.
func Embedded() (*Portal, error) {
	built, err := fs.Sub(dist, "dist/portal")
	if err != nil {
		return nil, fmt.Errorf("the portal: %w", err)
	}
	p, err := read(built)
	if errors.Is(err, fs.ErrNotExist) {
		page, err := dist.ReadFile("dist/unbuilt.html")
		return &Portal{page: page}, err
	}
	return p, err
}

func read(built fs.FS) (*Portal, error) {
	page, err := fs.ReadFile(built, "index.html")
	if err != nil {
		return nil, fmt.Errorf("the portal's page: %w", err)
	}
	p := &Portal{page: page, files: map[string]file{}}
	return p, fs.WalkDir(built, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) == ".html" || path.Ext(name) == ".json" {
			return err
		}
		content, err := fs.ReadFile(built, name)
		if err != nil {
			return fmt.Errorf("the portal's file: %w", err)
		}
		coding := ""
		for _, c := range codings {
			if plain, found := strings.CutSuffix(name, c.suffix); found {
				name, coding = plain, c.name
			}
		}
		f, known := p.files["/"+name]
		if !known {
			f = file{contentType: mime.TypeByExtension(path.Ext(name)), forms: map[string][]byte{}}
			p.files["/"+name] = f
		}
		f.forms[coding] = content
		return nil
	})
}

// Page is the page for one response. The nonce, which no other response may have, stands on what it may load and is
// taken from there for the style elements that the script makes.
func (p *Portal) Page(of string) []byte { return bytes.ReplaceAll(p.page, []byte(nonce), []byte(of)) }

// Paths are the addresses of the files.
func (p *Portal) Paths() []string {
	paths := make([]string, 0, len(p.files))
	for path := range p.files {
		paths = append(paths, path)
	}
	return paths
}

// ServeHTTP sends the file at the request's path. Files under /assets/ carry the hash of their content in their name
// and may be kept for ever; the others are asked for again.
func (p *Portal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, found := p.files[r.URL.Path]
	if !found {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.contentType)
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(r.URL.Path, "/assets/") {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	content := f.forms[""]
	for _, c := range codings {
		if form, has := f.forms[c.name]; has && accepts(r.Header.Get("Accept-Encoding"), c.name) {
			h.Set("Content-Encoding", c.name)
			content = form
			break
		}
	}
	_, _ = w.Write(content) // who has gone away misses nothing
}

// accepts reads Accept-Encoding as far as browsers use it (RFC 9110, 12.5.3): a weight of zero refuses.
func accepts(header, coding string) bool {
	for choice := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(choice), ";")
		if strings.EqualFold(strings.TrimSpace(name), coding) {
			q, weighted := strings.CutPrefix(strings.ReplaceAll(weight, " ", ""), "q=")
			return !weighted || strings.Trim(q, "0.") != ""
		}
	}
	return false
}
