package access

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[secret]"

// Secret is a password, a pass or a key. However it is printed, logged or marshalled,
// it shows "[secret]" or fails: only Reveal gives it away, and every call of Reveal can be found.
type Secret struct{ value string }

func NewSecret(value string) Secret { return Secret{value} }

// Reveal returns the value itself.
func (s Secret) Reveal() string { return s.value }

func (s Secret) IsZero() bool         { return s.value == "" }
func (s Secret) String() string       { return redacted }
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// Format prints the same under every verb; String and GoString alone would leave %d.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// MarshalText always fails: a secret that reached an encoder is a defect to be found, not data to be lost.
func (s Secret) MarshalText() ([]byte, error) {
	return nil, errors.New("a secret is not to be encoded (this is a bug)")
}

// Credential is what a technician signs in with. At least one of Pass and Password is set.
type Credential struct {
	UserName string
	Password Secret
	Pass     Secret
}

// CredentialKind says what a profile hands out.
type CredentialKind string

const (
	// PasswordOnly: Microsoft will ask the technician for a second factor.
	PasswordOnly CredentialKind = "password"
	// PassOnly: a Temporary Access Pass, which counts as multi-factor; the password stays undisclosed.
	PassOnly CredentialKind = "pass"
	// PassAndPassword hands out both.
	PassAndPassword CredentialKind = "pass_and_password"
)

// ParseCredentialKind refuses every unknown word.
func ParseCredentialKind(s string) (CredentialKind, error) {
	return parseWord(s, "credential kind", PasswordOnly, PassOnly, PassAndPassword)
}

func (k CredentialKind) HasPass() bool     { return k == PassOnly || k == PassAndPassword }
func (k CredentialKind) HasPassword() bool { return k == PasswordOnly || k == PassAndPassword }
