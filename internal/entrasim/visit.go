package entrasim

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
)

var hiddenFlowField = regexp.MustCompile(`name="flow" value="([^"]+)"`)

// VisitConsent takes an administrator through the consent page at address, as a browser would, and returns the address that
// the page leads back to. It is an error where the page does not let the administrator decide.
func (s *Sim) VisitConsent(address, upn, password string, accept bool) (*url.URL, error) {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(s.CAPEM())
	browser := &http.Client{
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	defer browser.CloseIdleConnections()

	page, err := visited(browser.Get(address))
	if err != nil {
		return nil, err
	}
	if page.Header.Get("Location") != "" {
		return page.Location() // refused before anybody was asked
	}
	text, err := io.ReadAll(page.Body)
	if err != nil {
		return nil, err
	}
	flow := hiddenFlowField.FindSubmatch(text)
	if flow == nil {
		return nil, fmt.Errorf("entrasim: %s is no consent page: status %d", address, page.StatusCode)
	}
	form := url.Values{"flow": {string(flow[1])}, "loginfmt": {upn}, "passwd": {password}, "decision": {"cancel"}}
	if accept {
		form.Set("decision", "accept")
	}
	if _, err = visited(browser.PostForm(s.LoginURL()+"/consent/signin", form)); err != nil {
		return nil, err
	}
	decided, err := visited(browser.PostForm(s.LoginURL()+"/consent/decision", form))
	if err != nil {
		return nil, err
	}
	if decided.StatusCode != http.StatusFound {
		return nil, errors.New("entrasim: the consent page does not let this person decide")
	}
	return decided.Location()
}

// visited reads the whole answer, so that nothing is left open.
func visited(response *http.Response, err error) (*http.Response, error) {
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, err
}
