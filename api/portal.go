package api

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"hourglass/web"
)

// portalRoutes are the addresses at which the portal starts; which screen it shows it reads from the address itself.
var portalRoutes = []string{"/admin", "/admin/*screen"}

const portalPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-NONCE'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// servePortal serves the page and the files that it loads.
func (s *server) servePortal(engine *gin.Engine) error {
	portal, err := web.Embedded()
	if err != nil {
		return err
	}
	for _, route := range portalRoutes {
		engine.GET(route, func(c *gin.Context) {
			nonce, err := newNonce(s.random)
			if err != nil {
				fail(c, err)
				return
			}
			c.Header("Content-Security-Policy", strings.Replace(portalPolicy, "NONCE", nonce, 1))
			c.Data(http.StatusOK, "text/html; charset=utf-8", portal.Page(nonce))
		})
	}
	for _, path := range portal.Paths() {
		engine.GET(path, gin.WrapH(portal))
	}
	return nil
}
