package seal

import (
	"bytes"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/aead/aesgcm"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/insecuresecretdataaccess"
	"github.com/tink-crypto/tink-go/v2/key"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// ErrKeyset: a keyset cannot be read or may not be used. The error never quotes the keyset.
var ErrKeyset = errors.New("unusable keyset")

const keyBytes = 32 // AES-256

// Keyset is a set of AES-256-GCM keys, ready for use: it seals with its primary key and opens with every enabled one.
type Keyset struct {
	handle *keyset.Handle
	aead   tink.AEAD
}

// Key describes one key of a keyset, without the key itself.
type Key struct {
	ID      uint32
	Primary bool
	Enabled bool
}

// ClearKeyset is a keyset in Tink's JSON form, with its keys in clear: for the file or the
// environment value that holds it, and nothing else. It prints as "[secret]".
type ClearKeyset []byte

func (ClearKeyset) String() string       { return "[secret]" }
func (ClearKeyset) GoString() string     { return "[secret]" }
func (ClearKeyset) LogValue() slog.Value { return slog.StringValue("[secret]") }

// ParseKeyset reads a keyset from Tink's JSON form, for example from an environment value.
// It refuses, with ErrKeyset, everything but AES-256-GCM keys whose ciphertexts carry the key's id.
func ParseKeyset(text ClearKeyset) (*Keyset, error) {
	// Tink's own errors are not wrapped: they may quote what they could not read.
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(text)))
	if err != nil {
		return nil, fmt.Errorf("%w: not a keyset in Tink's JSON form", ErrKeyset)
	}
	if _, err := handle.Primary(); err != nil {
		return nil, fmt.Errorf("%w: it has no primary key", ErrKeyset)
	}
	for i := range handle.Len() {
		entry, err := handle.Entry(i)
		if err != nil {
			return nil, fmt.Errorf("%w: key %d of it cannot be read", ErrKeyset, i+1)
		}
		key, isAESGCM := entry.Key().(*aesgcm.Key)
		if !isAESGCM || key.KeyBytes().Len() != keyBytes || key.Parameters().(*aesgcm.Parameters).Variant() != aesgcm.VariantTink {
			return nil, fmt.Errorf("%w: key %d is not an AES-256-GCM key with Tink's prefix", ErrKeyset, entry.KeyID())
		}
	}
	primitive, err := aead.New(handle)
	if err != nil {
		return nil, fmt.Errorf("%w: its keys cannot be used", ErrKeyset)
	}
	return &Keyset{handle: handle, aead: primitive}, nil
}

// Keys lists the keys in the order in which they were added.
func (k *Keyset) Keys() []Key {
	info := k.handle.KeysetInfo()
	keys := make([]Key, len(info.GetKeyInfo()))
	for i, key := range info.GetKeyInfo() {
		keys[i] = Key{
			ID:      key.GetKeyId(),
			Primary: key.GetKeyId() == info.GetPrimaryKeyId(),
			Enabled: key.GetStatus().String() == "ENABLED",
		}
	}
	return keys
}

// PrimaryID is the id of the key that seals.
func (k *Keyset) PrimaryID() uint32 { return k.handle.KeysetInfo().GetPrimaryKeyId() }

func (k *Keyset) String() string {
	return fmt.Sprintf("keyset of %d keys, primary %d", k.handle.Len(), k.PrimaryID())
}

// Distinct returns ErrKeyset if the two keysets have a key in common: the vault's and the codec's
// must not, otherwise whoever reads workflows could open data keys (two-keys).
func Distinct(a, b *Keyset) error {
	for i := range a.handle.Len() {
		for j := range b.handle.Len() {
			one, errOne := a.handle.Entry(i)
			other, errOther := b.handle.Entry(j)
			if err := errors.Join(errOne, errOther); err != nil {
				return fmt.Errorf("%w: a key of it cannot be read", ErrKeyset)
			}
			if sameKey(one.Key(), other.Key()) {
				return fmt.Errorf("%w: the vault and the codec share key %d; each needs a keyset of its own", ErrKeyset, one.KeyID())
			}
		}
	}
	return nil
}

func sameKey(one, other key.Key) bool {
	token := insecuresecretdataaccess.Token{}
	a := one.(*aesgcm.Key).KeyBytes().Data(token)
	b := other.(*aesgcm.Key).KeyBytes().Data(token)
	defer clear(a)
	defer clear(b)
	return subtle.ConstantTimeCompare(a, b) == 1
}
