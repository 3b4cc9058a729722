package seal

import (
	"encoding/base64"
	"fmt"

	"hourglass/internal/access"
)

// longestSealed bounds what is taken for a sealed credential.
const longestSealed = 16 << 10

// Sealed is a credential that only Vault.Open can read. It is ciphertext: it may stand in a workflow and go
// through JSON, where it is base64. It prints as "[sealed]". The zero value is no credential.
type Sealed struct{ box []byte }

func (s Sealed) String() string   { return "[sealed]" }
func (s Sealed) GoString() string { return "[sealed]" }

// IsZero reports whether there is no credential.
func (s Sealed) IsZero() bool { return len(s.box) == 0 }

// MarshalText writes base64; the zero value becomes "".
func (s Sealed) MarshalText() ([]byte, error) {
	return base64.StdEncoding.AppendEncode(nil, s.box), nil
}

// UnmarshalText reads what MarshalText wrote. Whether it can be opened is for Vault.Open to say.
func (s *Sealed) UnmarshalText(text []byte) error {
	if len(text) > longestSealed {
		return fmt.Errorf("%w: too long for a sealed credential", access.ErrInvalid)
	}
	box, err := base64.StdEncoding.Strict().AppendDecode(nil, text)
	if err != nil {
		return fmt.Errorf("%w: a sealed credential is base64", access.ErrInvalid)
	}
	s.box = box
	return nil
}
