package api

import (
	"fmt"
	"net/url"

	"github.com/gin-gonic/gin"

	"hourglass/internal/access"
)

// CheckTemporalUI, CheckAdminCentre and CheckTrustedProxies are what New has against the settings of these names, one by one, so
// that whoever reads settings can say everything that is wrong with them at once. Errors: access.ErrInvalid.
//
// The origin of Temporal's web UI is as browsers write it: scheme and host, nothing after. "" is none.
func CheckTemporalUI(origin string) error {
	u, err := url.Parse(origin)
	if origin != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.Scheme+"://"+u.Host != origin) {
		return fmt.Errorf("%w: the origin of Temporal's web UI has the form https://host[:port]", access.ErrInvalid)
	}
	return nil
}

// CheckAdminCentre wants the address without a slash at its end.
func CheckAdminCentre(address string) error {
	if u, err := url.Parse(address); err != nil || u.Host == "" || u.Scheme != "https" {
		return fmt.Errorf("%w: the admin centre has the form https://host", access.ErrInvalid)
	}
	return nil
}

func CheckTrustedProxies(proxies []string) error {
	_, err := router(proxies)
	return err
}

// router has no route yet. gin would otherwise print advice where a command prints its answer.
func router(trustedProxies []string) (*gin.Engine, error) {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	if err := engine.SetTrustedProxies(trustedProxies); err != nil {
		return nil, fmt.Errorf("%w: a trusted proxy is an address or a network; several are separated by commas, without spaces", access.ErrInvalid)
	}
	return engine, nil
}
