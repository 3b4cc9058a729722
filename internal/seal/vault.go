package seal

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead/subtle"
	"github.com/tink-crypto/tink-go/v2/subtle/random"
	"github.com/tink-crypto/tink-go/v2/tink"

	"hourglass/internal/access"
)

// ErrOpen: something sealed does not open: it is damaged, belongs to another grant, or was sealed under a
// key that the keyset does not hold. Which of these cannot be told apart, on purpose.
var ErrOpen = errors.New("cannot be opened")

const (
	dataKeyPurpose = "hourglass/data-key/v1/"
	// credentialFormat is the first byte of a sealed credential and part of what it is bound to.
	credentialFormat  = 1
	credentialPurpose = "hourglass/credential/v1/"
)

// Vault wraps data keys with the keyset, and seals credentials with data keys. It is safe for concurrent use.
type Vault struct{ keys tink.AEAD }

// NewVault uses a keyset that must be Distinct from the codec's.
func NewVault(keys *Keyset) *Vault { return &Vault{keys: keys.aead} }

// NewDataKey makes the data key of a grant and returns it wrapped, for the database. It opens for this grant only.
func (v *Vault) NewDataKey(grant access.GrantID) (wrapped []byte, err error) {
	if grant.IsZero() {
		return nil, fmt.Errorf("%w: a data key belongs to a grant", access.ErrInvalid)
	}
	key := random.GetRandomBytes(keyBytes)
	defer clear(key)
	return v.wrap(grant, key)
}

// Rewrap wraps the same data key under the keyset's present primary key, for the rotation of keys.
func (v *Vault) Rewrap(grant access.GrantID, wrapped []byte) ([]byte, error) {
	key, err := v.unwrap(grant, wrapped)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	return v.wrap(grant, key)
}

// credential is access.Credential in a form that can be encoded. Bytes rather than strings:
// JSON would silently replace what is not UTF-8.
type credential struct {
	UserName []byte `json:"user_name"`
	Password []byte `json:"password,omitempty"`
	Pass     []byte `json:"pass,omitempty"`
}

// Seal shuts a credential so that it opens with this grant's data key only.
func (v *Vault) Seal(grant access.GrantID, wrapped []byte, c access.Credential) (Sealed, error) {
	if c.UserName == "" || c.Password.IsZero() && c.Pass.IsZero() {
		return Sealed{}, fmt.Errorf("%w: a credential has a user name and a password or a pass", access.ErrInvalid)
	}
	box, err := v.box(grant, wrapped)
	if err != nil {
		return Sealed{}, err
	}
	plain, err := json.Marshal(credential{[]byte(c.UserName), []byte(c.Password.Reveal()), []byte(c.Pass.Reveal())})
	if err != nil {
		return Sealed{}, fmt.Errorf("encoding a credential: %w", err)
	}
	defer clear(plain)
	shut, err := box.Encrypt(plain, []byte(credentialPurpose+grant.String()))
	if err != nil {
		return Sealed{}, fmt.Errorf("sealing a credential: %w", err)
	}
	return Sealed{append([]byte{credentialFormat}, shut...)}, nil
}

// Open reads a sealed credential. What it returns are strings, which Go cannot wipe: hold them no longer than the answer takes.
func (v *Vault) Open(grant access.GrantID, wrapped []byte, s Sealed) (access.Credential, error) {
	if s.IsZero() || s.box[0] != credentialFormat {
		return access.Credential{}, fmt.Errorf("the credential %w: unknown format", ErrOpen)
	}
	box, err := v.box(grant, wrapped)
	if err != nil {
		return access.Credential{}, err
	}
	plain, err := box.Decrypt(s.box[1:], []byte(credentialPurpose+grant.String()))
	if err != nil {
		return access.Credential{}, fmt.Errorf("the credential %w", ErrOpen)
	}
	defer clear(plain)
	var c credential
	if err := json.Unmarshal(plain, &c); err != nil {
		return access.Credential{}, fmt.Errorf("the credential %w: unknown content", ErrOpen) // err would quote it
	}
	return access.Credential{
		UserName: string(c.UserName),
		Password: access.NewSecret(string(c.Password)),
		Pass:     access.NewSecret(string(c.Pass)),
	}, nil
}

// box is the cipher of a grant's data key.
func (v *Vault) box(grant access.GrantID, wrapped []byte) (*subtle.AESGCM, error) {
	key, err := v.unwrap(grant, wrapped)
	if err != nil {
		return nil, err
	}
	defer clear(key) // the cipher has a copy of its own
	return subtle.NewAESGCM(key)
}

func (v *Vault) wrap(grant access.GrantID, key []byte) ([]byte, error) {
	wrapped, err := v.keys.Encrypt(key, []byte(dataKeyPurpose+grant.String()))
	if err != nil {
		return nil, fmt.Errorf("wrapping a data key: %w", err)
	}
	return wrapped, nil
}

func (v *Vault) unwrap(grant access.GrantID, wrapped []byte) ([]byte, error) {
	key, err := v.keys.Decrypt(wrapped, []byte(dataKeyPurpose+grant.String()))
	if err != nil || len(key) != keyBytes {
		return nil, fmt.Errorf("the data key %w", ErrOpen)
	}
	return key, nil
}
