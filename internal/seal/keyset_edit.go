package seal

import (
	"bytes"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
)

// CreateKeyset makes a keyset with one new key, which is primary.
func CreateKeyset() (ClearKeyset, error) {
	manager := keyset.NewManager()
	id, err := manager.Add(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	if err := manager.SetPrimary(id); err != nil {
		return nil, fmt.Errorf("making key %d primary: %w", id, err)
	}
	return export(manager)
}

// AddKey adds a new key that opens but does not seal yet. Every process must know it before it is made
// primary, otherwise one process seals what another cannot open.
func AddKey(text ClearKeyset) (extended ClearKeyset, id uint32, err error) {
	extended, err = edit(text, func(manager *keyset.Manager) error {
		id, err = manager.Add(aead.AES256GCMKeyTemplate())
		return err
	})
	return extended, id, err
}

// SetPrimary makes a key the one that seals. The earlier primary key still opens.
func SetPrimary(text ClearKeyset, id uint32) (ClearKeyset, error) {
	return edit(text, func(manager *keyset.Manager) error { return manager.SetPrimary(id) })
}

// RemoveKey takes a key out for good: what is still sealed under it can never be opened again.
// The primary key cannot be removed.
func RemoveKey(text ClearKeyset, id uint32) (ClearKeyset, error) {
	return edit(text, func(manager *keyset.Manager) error { return manager.Delete(id) })
}

func edit(text ClearKeyset, change func(*keyset.Manager) error) (ClearKeyset, error) {
	keys, err := ParseKeyset(text)
	if err != nil {
		return nil, err
	}
	manager := keyset.NewManagerFromHandle(keys.handle)
	if err := change(manager); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKeyset, err) // the manager's errors name key ids only
	}
	return export(manager)
}

func export(manager *keyset.Manager) (ClearKeyset, error) {
	handle, err := manager.Handle()
	if err != nil {
		return nil, fmt.Errorf("completing the keyset: %w", err)
	}
	var text bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&text)); err != nil {
		return nil, fmt.Errorf("writing the keyset: %w", err)
	}
	return text.Bytes(), nil
}
