// Package appreg reads app registrations: the client id of an app with the secret or the certificate by which it proves
// itself to Microsoft. What an admin sends, what an operator's file holds and what was sealed in the database are read
// here, by the same rules.
//
// It knows neither the database nor Microsoft, and makes sure that a key is never printed.
package appreg

import (
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"hourglass/internal/access"
)

// App is an app registration.
type App struct {
	// KeyID names the key where a customer gave it; zero for the deployment's own app.
	KeyID    access.AppKeyID
	ClientID access.ClientID
	Key      Key
}

// Key is a client secret, or a certificate with its private key. It prints as "[secret]".
type Key struct {
	secret  access.Secret
	chain   []*x509.Certificate // the app's own first
	private *rsa.PrivateKey
}

// Mistake is what is wrong with a secret or a certificate, in a sentence that says what to do. It quotes nothing of
// what was read. It is an access.ErrInvalid.
type Mistake string

func (m Mistake) Error() string        { return string(m) }
func (m Mistake) Is(target error) bool { return target == access.ErrInvalid }

const (
	secretForm        Mistake = "A client secret has 8 to 256 printable ASCII characters without spaces. Give its value."
	secretID          Mistake = "This is the secret's id. Give its value, which Microsoft shows only once; make a new secret if it is lost."
	certificateForm   Mistake = "Give the certificate and its private key in PEM."
	certificateLocked Mistake = "The private key is locked by a password. Unlock it first: openssl pkey -in key.pem"
	certificateKeys   Mistake = "Give one private key in PEM together with its certificate."
	certificateRSA    Mistake = "Microsoft accepts RSA keys of 2048 to 4096 bits. Make a new certificate."
	certificatePair   Mistake = "The certificate and the private key do not belong together. Give the key of this certificate."
	certificateEarly  Mistake = "The certificate is not valid yet. Wait, or give one that is."
	certificateOver   Mistake = "The certificate has expired. Give a new one, and add it to the app registration."
)

// NewSecret takes a client secret, or returns a Mistake.
func NewSecret(value string) (Key, error) {
	if _, err := access.ParseID[access.ObjectID](value); err == nil {
		return Key{}, secretID
	}
	printable := func(r rune) bool { return '!' <= r && r <= '~' }
	if len(value) < 8 || len(value) > 256 || strings.ContainsFunc(value, func(r rune) bool { return !printable(r) }) {
		return Key{}, secretForm
	}
	return Key{secret: access.NewSecret(value)}, nil
}

// NewCertificate reads PEM: one private key, its certificate and, where there is one, the chain above it. Whether it is
// valid now is Usable's to tell. The error is a Mistake.
func NewCertificate(text []byte) (Key, error) {
	var k Key
	for len(strings.TrimSpace(string(text))) > 0 {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			return Key{}, certificateForm
		}
		if err := k.add(block); err != nil {
			return Key{}, err
		}
	}
	if k.private == nil || len(k.chain) == 0 {
		return Key{}, certificateKeys
	}
	if bits := k.private.N.BitLen(); bits < 2048 || bits > 4096 {
		return Key{}, certificateRSA
	}
	for i, certificate := range k.chain {
		if k.private.PublicKey.Equal(certificate.PublicKey) {
			k.chain[0], k.chain[i] = k.chain[i], k.chain[0]
			return k, nil
		}
	}
	return Key{}, certificatePair
}

func (k *Key) add(block *pem.Block) error {
	switch {
	case block.Type == "CERTIFICATE":
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return certificateForm
		}
		k.chain = append(k.chain, certificate)
		return nil
	case block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["DEK-Info"] != "":
		return certificateLocked
	case !strings.HasSuffix(block.Type, "PRIVATE KEY"):
		return certificateForm
	case k.private != nil:
		return certificateKeys
	}
	private, err := parsePrivate(block)
	if err != nil {
		return certificateForm
	}
	var isRSA bool
	if k.private, isRSA = private.(*rsa.PrivateKey); !isRSA {
		return certificateRSA
	}
	return nil
}

func parsePrivate(block *pem.Block) (any, error) {
	switch block.Type {
	case "RSA PRIVATE KEY":
		return x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		return x509.ParseECPrivateKey(block.Bytes)
	}
	return x509.ParsePKCS8PrivateKey(block.Bytes)
}

// Read reads what Text wrote.
func Read(kind access.AppKeyKind, text []byte) (Key, error) {
	if kind == access.AppCertificate {
		return NewCertificate(text)
	}
	return NewSecret(string(text))
}

// Text is the key in clear, to be sealed: the secret itself, or certificates and key in PEM without whatever else the
// sender's file held.
func (k Key) Text() ([]byte, error) {
	if k.private == nil {
		return []byte(k.secret.Reveal()), nil
	}
	var text []byte
	for _, certificate := range k.chain {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Raw})...)
	}
	private, err := x509.MarshalPKCS8PrivateKey(k.private)
	if err != nil {
		return nil, fmt.Errorf("writing a private key: %w", err)
	}
	return append(text, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...), nil
}

// Kind of the key; "" for the zero Key.
func (k Key) Kind() access.AppKeyKind {
	switch {
	case k.private != nil:
		return access.AppCertificate
	case !k.secret.IsZero():
		return access.AppSecret
	}
	return ""
}

// Secret is the client secret, zero where the key is a certificate.
func (k Key) Secret() access.Secret { return k.secret }

// Certificate returns the certificates, the app's own first, and its private key; nil where the key is a secret.
func (k Key) Certificate() ([]*x509.Certificate, *rsa.PrivateKey) { return k.chain, k.private }

// Expires is when the certificate ends. A secret does not say; for it the answer is zero.
func (k Key) Expires() time.Time {
	if k.private == nil {
		return time.Time{}
	}
	return k.chain[0].NotAfter.UTC()
}

// Thumbprint is what Microsoft's admin centre shows beside a certificate (SHA-1, upper case), "" for a secret. It is a
// name and proves nothing.
func (k Key) Thumbprint() string {
	if k.private == nil {
		return ""
	}
	sum := sha1.Sum(k.chain[0].Raw)
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// Usable returns the Mistake of a certificate that is not valid at now.
func (k Key) Usable(now time.Time) error {
	switch {
	case k.private == nil:
		return nil
	case now.Before(k.chain[0].NotBefore):
		return certificateEarly
	case !now.Before(k.chain[0].NotAfter):
		return certificateOver
	}
	return nil
}

const redacted = "[secret]"

// Format prints the same under every verb.
func (k Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

func (k Key) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText always fails, as access.Secret's does.
func (k Key) MarshalText() ([]byte, error) {
	return nil, errors.New("an app's key is not to be encoded (this is a bug)")
}
