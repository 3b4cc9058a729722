package entrasim

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// ChromiumFlags are those with which a Chromium takes the stand-in for Microsoft: Microsoft's host names lead to it, its key
// is trusted, and no other one's. They only work together with a --user-data-dir.
func (s *Sim) ChromiumFlags() ([]string, error) {
	login, err := url.Parse(s.loginURL)
	if err != nil {
		return nil, err
	}
	admin, err := url.Parse(s.adminURL)
	if err != nil {
		return nil, err
	}
	leaf, err := x509.ParseCertificate(s.pki.server.Certificate[0])
	if err != nil {
		return nil, err
	}
	pin := sha256.Sum256(leaf.RawSubjectPublicKeyInfo)
	rules := []string{"MAP login.microsoftonline.com:443 " + login.Host}
	for _, host := range slices.Sorted(maps.Keys(adminHosts)) {
		rules = append(rules, "MAP "+host+":443 "+admin.Host)
	}
	return []string{
		"--host-resolver-rules=" + strings.Join(rules, ", "),
		"--ignore-certificate-errors-spki-list=" + base64.StdEncoding.EncodeToString(pin[:]),
	}, nil
}
