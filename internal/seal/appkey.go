package seal

import (
	"fmt"

	"hourglass/internal/access"
)

const appKeyPurpose = "hourglass/app-key/v1/"

// AppKeyPlace is what a sealed key of a customer's own app registration is bound to: it opens for this customer, in
// this tenant, as this kind of key, and for nothing else.
type AppKeyPlace struct {
	Customer access.CustomerID
	Tenant   access.TenantID
	Kind     access.AppKeyKind
}

func (p AppKeyPlace) associated() []byte {
	return []byte(appKeyPurpose + p.Customer.String() + "/" + p.Tenant.String() + "/" + string(p.Kind))
}

// SealAppKey shuts the secret or the certificate of an app under the keyset, for the database.
func (v *Vault) SealAppKey(place AppKeyPlace, text []byte) ([]byte, error) {
	if place.Customer.IsZero() || place.Tenant.IsZero() || place.Kind == "" || len(text) == 0 {
		return nil, fmt.Errorf("%w: an app's key belongs to a customer and a tenant", access.ErrInvalid)
	}
	sealed, err := v.keys.Encrypt(text, place.associated())
	if err != nil {
		return nil, fmt.Errorf("sealing an app's key: %w", err)
	}
	return sealed, nil
}

// OpenAppKey returns what SealAppKey shut at this place, or ErrOpen. Clear it after use.
func (v *Vault) OpenAppKey(place AppKeyPlace, sealed []byte) ([]byte, error) {
	text, err := v.keys.Decrypt(sealed, place.associated())
	if err != nil {
		return nil, fmt.Errorf("the app's key %w", ErrOpen)
	}
	return text, nil
}

// ResealAppKey seals the same key under the keyset's present primary key, for the rotation of keys.
func (v *Vault) ResealAppKey(place AppKeyPlace, sealed []byte) ([]byte, error) {
	text, err := v.OpenAppKey(place, sealed)
	if err != nil {
		return nil, err
	}
	defer clear(text)
	return v.SealAppKey(place, text)
}
