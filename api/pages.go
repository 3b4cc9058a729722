package api

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"
)

//go:embed pages
var pageFiles embed.FS

// page is what a template is filled with. Pages hold no data of anybody: the script fetches it, with the session.
type page struct {
	Name, Title string
	Script      bool
	Problem     *shownKind
}

type shownKind struct {
	Name, Title, Detail string
	Status              int
}

// pageRoutes are the pages by their path. A test knows them as the only routes outside the document.
var pageRoutes = map[string]page{
	"/":        {Name: "home", Title: "My access", Script: true},
	"/sign-in": {Name: "sign-in", Title: "Sign in", Script: true},
	"/enrol":   {Name: "enrol", Title: "Enrol a passkey", Script: true},
	"/connect": {Name: "connect", Title: "Connect a customer", Script: true},
}

const script = "text/javascript; charset=utf-8"

var assets = map[string]string{
	"app.js":     script,
	"cards.js":   script,
	"connect.js": script,
	"dialogs.js": script,
	"home.js":    script,
	"screen.js":  script,
	"server.js":  script,
	"app.css":    "text/css; charset=utf-8",
	"icon.svg":   "image/svg+xml",
}

const problemRoute = "/problems/:name"

func (s *server) servePages(engine *gin.Engine) error {
	for path, p := range pageRoutes {
		html, err := render(p.Name, p)
		if err != nil {
			return err
		}
		engine.GET(path, func(c *gin.Context) { c.Data(http.StatusOK, "text/html; charset=utf-8", html) })
	}
	for name, contentType := range assets {
		content, err := pageFiles.ReadFile("pages/" + name)
		if err != nil {
			return fmt.Errorf("reading %s: %w", name, err)
		}
		engine.GET("/assets/"+name, func(c *gin.Context) {
			c.Header("Cache-Control", "no-cache")
			c.Data(http.StatusOK, contentType, content)
		})
	}
	engine.GET(problemRoute, explainProblem)
	return nil
}

// explainProblem is where the type of a problem leads to.
func explainProblem(c *gin.Context) {
	i := slices.IndexFunc(kinds, func(k *kind) bool { return k.name == c.Param("name") })
	if i < 0 {
		fail(c, &failure{kind: notFound})
		return
	}
	k := kinds[i]
	html, err := render("problem", page{Name: "problem", Title: k.title, Problem: &shownKind{k.name, k.title, k.detail, k.status}})
	if err != nil {
		fail(c, err)
		return
	}
	c.Data(http.StatusOK, "text/html; charset=utf-8", html)
}

func render(name string, p page) ([]byte, error) {
	t, err := template.ParseFS(pageFiles, "pages/layout.html", "pages/"+name+".html")
	if err != nil {
		return nil, fmt.Errorf("reading page %s: %w", name, err)
	}
	var html bytes.Buffer
	if err := t.ExecuteTemplate(&html, "layout.html", p); err != nil {
		return nil, fmt.Errorf("filling page %s: %w", name, err)
	}
	return html.Bytes(), nil
}
