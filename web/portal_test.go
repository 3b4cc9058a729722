package web

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var built = fstest.MapFS{
	"index.html":          {Data: []byte(`<meta property="csp-nonce" nonce="NONCE-OF-THIS-RESPONSE"><script nonce="NONCE-OF-THIS-RESPONSE" src="/assets/a-1.js"></script>`)},
	"manifest.json":       {Data: []byte(`{}`)},
	"icon.svg":            {Data: []byte(`<svg/>`)},
	"assets/a-1.js":       {Data: []byte(`plain`)},
	"assets/a-1.js.br":    {Data: []byte(`br`)},
	"assets/a-1.js.gz":    {Data: []byte(`gzip`)},
	"assets/style-2.css":  {Data: []byte(`plain`)},
	"assets/short-3.json": {Data: []byte(`{}`)},
}

func TestThePageCarriesTheNonceOfItsResponse(t *testing.T) {
	p, err := read(built)
	require.NoError(t, err)
	assert.Equal(t, `<meta property="csp-nonce" nonce="one"><script nonce="one" src="/assets/a-1.js"></script>`, string(p.Page("one")))
	assert.Contains(t, string(p.Page("two")), `nonce="two"`)
}

func TestFilesAreSentInTheBestFormThatTheBrowserTakes(t *testing.T) {
	p, err := read(built)
	require.NoError(t, err)
	assert.ElementsMatch(t, []string{"/icon.svg", "/assets/a-1.js", "/assets/style-2.css"}, p.Paths(), "neither the page nor the build's own notes")
	for accepted, want := range map[string]struct{ coding, body string }{
		"":                         {"", "plain"},
		"gzip, deflate, br, zstd":  {"br", "br"},
		"gzip":                     {"gzip", "gzip"},
		"GZIP ; q=0.5":             {"gzip", "gzip"},
		"br;q=0, gzip":             {"gzip", "gzip"},
		"br; q=0.000, gzip; q=0.0": {"", "plain"},
		"brotli":                   {"", "plain"},
	} {
		got := get(p, "/assets/a-1.js", accepted)
		assert.Equal(t, want.body, got.Body.String(), accepted)
		assert.Equal(t, want.coding, got.Header().Get("Content-Encoding"), accepted)
		assert.Equal(t, "text/javascript; charset=utf-8", got.Header().Get("Content-Type"))
		assert.Equal(t, "Accept-Encoding", got.Header().Get("Vary"))
		assert.Contains(t, got.Header().Get("Cache-Control"), "immutable")
	}
	assert.Equal(t, "no-cache", get(p, "/icon.svg", "br").Header().Get("Cache-Control"), "its name has no hash")
	assert.Equal(t, http.StatusNotFound, get(p, "/index.html", "").Code)
}

func TestABinaryAlwaysHasAPage(t *testing.T) {
	p, err := Embedded()
	require.NoError(t, err)
	assert.Contains(t, string(p.Page("x")), "<title>Hourglass")
}

func get(p *Portal, path, accepted string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept-Encoding", accepted)
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	return w
}
