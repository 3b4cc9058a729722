package passkey

import (
	"fmt"
	"net/url"
	"strings"

	"hourglass/internal/access"
)

// RelyingParty derives the relying party from the address under which people reach the portal,
// such as https://hourglass.msp.example. Changing the host makes every enrolled passkey useless.
func RelyingParty(publicURL string) (rpID string, origins []string, err error) {
	u, err := url.Parse(publicURL)
	if err != nil {
		return "", nil, fmt.Errorf("%w: the public URL cannot be read", access.ErrInvalid)
	}
	if u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return "", nil, fmt.Errorf("%w: the public URL has the form https://host[:port], with nothing behind it", access.ErrInvalid)
	}
	rpID, origins = strings.ToLower(u.Hostname()), []string{strings.ToLower(u.Scheme + "://" + u.Host)}
	return rpID, origins, checkOrigins(rpID, origins)
}

// checkOrigins demands what browsers demand (WebAuthn level 3, 5.1.3 and 13.4.9): a secure context whose host is
// the relying party's id or below it.
func checkOrigins(rpID string, origins []string) error {
	if rpID == "" || len(origins) == 0 {
		return fmt.Errorf("%w: a relying party has an id and an origin", access.ErrInvalid)
	}
	for _, origin := range origins {
		u, err := url.Parse(origin)
		if err != nil || u.Scheme+"://"+u.Host != origin || u.Host == "" {
			return fmt.Errorf("%w: origin %q is not of the form https://host[:port]", access.ErrInvalid, origin)
		}
		host := u.Hostname()
		if u.Scheme != "https" && !(u.Scheme == "http" && host == "localhost") {
			return fmt.Errorf("%w: origin %q is neither https nor on localhost", access.ErrInvalid, origin)
		}
		if host != rpID && !strings.HasSuffix(host, "."+rpID) {
			return fmt.Errorf("%w: origin %q is not within %q", access.ErrInvalid, origin, rpID)
		}
	}
	return nil
}
