package entrasim

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"time"
)

// servedHosts are the names that the server certificate is valid for: this machine, and Microsoft's own
// host names (world-wide, US government, China), so that a browser test can map those to the stand-in.
var servedHosts = []string{
	"localhost",
	"login.microsoftonline.com", "graph.microsoft.com", "entra.microsoft.com", "admin.microsoft.com", "portal.azure.com",
	"intune.microsoft.com", "admin.exchange.microsoft.com", "admin.teams.microsoft.com", "security.microsoft.com",
	"login.microsoftonline.us", "graph.microsoft.us", "login.partner.microsoftonline.cn", "login.chinacloudapi.cn",
	"microsoftgraph.chinacloudapi.cn",
}

// pki is the stand-in's own certificate authority and the one server certificate that all listeners share.
type pki struct {
	caPEM  []byte
	keyPEM []byte
	server tls.Certificate
}

func newPKI() (*pki, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("entrasim: authority key: %w", err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: "Stand-in for Microsoft (not Microsoft)"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(5, 0, 0),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("entrasim: authority certificate: %w", err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("entrasim: authority key: %w", err)
	}
	return loadPKI(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}))
}

// loadPKI takes the authority's certificate and key and issues a fresh server certificate.
func loadPKI(caPEM, keyPEM []byte) (*pki, error) {
	caBlock, _ := pem.Decode(caPEM)
	keyBlock, _ := pem.Decode(keyPEM)
	if caBlock == nil || keyBlock == nil {
		return nil, errors.New("entrasim: the certificate authority is not PEM")
	}
	ca, err := x509.ParseCertificate(caBlock.Bytes)
	if err != nil {
		return nil, fmt.Errorf("entrasim: authority certificate: %w", err)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(keyBlock.Bytes)
	if err != nil {
		return nil, fmt.Errorf("entrasim: authority key: %w", err)
	}
	signer, ok := parsed.(crypto.Signer)
	if !ok {
		return nil, errors.New("entrasim: the authority key cannot sign")
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("entrasim: server key: %w", err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: "localhost"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(1, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames: servedHosts, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, ca, key.Public(), signer)
	if err != nil {
		return nil, fmt.Errorf("entrasim: server certificate: %w", err)
	}
	return &pki{caPEM: caPEM, keyPEM: keyPEM, server: tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}}, nil
}

func (p *pki) serverConfig() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{p.server}, MinVersion: tls.VersionTLS12}
}
