package api

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"hourglass/web"
)

// portalRoutes are the addresses at which the portal starts; which screen it shows it reads from the address itself.
var portalRoutes = []string{
	"/", "/sign-in", "/enrol", "/connect", "/history", "/grants/:id", "/approvals", "/passkeys", "/pair", "/problems/:name", "/admin", "/admin/*screen",
}

// portalPolicy follows contentSecurityPolicy in the policy of the page. NONCE lets in the style elements that its script makes.
const portalPolicy = "; script-src 'self'; style-src 'self' 'nonce-NONCE'; img-src 'self'; connect-src 'self'"

// servePortal serves the page and the files that it loads. Whoever opens an address that is none gets the page, too,
// which says so; a program gets a problem.
func (s *server) servePortal(engine *gin.Engine) error {
	portal, err := web.Embedded()
	if err != nil {
		return err
	}
	page := func(c *gin.Context, status int) {
		nonce, err := newNonce(s.random)
		if err != nil {
			fail(c, err)
			return
		}
		c.Header("Content-Security-Policy", contentSecurityPolicy+strings.Replace(portalPolicy, "NONCE", nonce, 1))
		c.Data(status, "text/html; charset=utf-8", portal.Page(nonce))
	}
	for _, route := range portalRoutes {
		engine.GET(route, func(c *gin.Context) { page(c, http.StatusOK) })
	}
	for _, path := range portal.Paths() {
		engine.GET(path, gin.WrapH(portal))
	}
	engine.NoRoute(func(c *gin.Context) {
		reading := c.Request.Method == http.MethodGet && strings.Contains(c.GetHeader("Accept"), "text/html")
		if reading && !strings.HasPrefix(c.Request.URL.Path, "/api/") {
			page(c, http.StatusNotFound)
			return
		}
		fail(c, &failure{kind: notFound})
	})
	return nil
}
