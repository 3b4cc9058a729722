package onemachine

import (
	"encoding/json"

	"github.com/descope/virtualwebauthn"

	"hourglass/internal/passkey"
)

// device is a software authenticator with one passkey.
type device struct {
	party virtualwebauthn.RelyingParty
	auth  virtualwebauthn.Authenticator
	key   virtualwebauthn.Credential
}

func newDevice(publicURL string) (device, error) {
	id, origins, err := passkey.RelyingParty(publicURL)
	if err != nil {
		return device{}, err
	}
	return device{
		party: virtualwebauthn.RelyingParty{ID: id, Name: "Hourglass", Origin: origins[0]},
		auth:  virtualwebauthn.NewAuthenticator(),
		// Not an elliptic curve: the library writes coordinates that begin with a zero byte too short.
		key: virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeRSA),
	}, nil
}

// create makes the passkey that the options ask for; it remembers whose it is.
func (d *device) create(options []byte) (json.RawMessage, error) {
	asked, err := virtualwebauthn.ParseAttestationOptions(string(options))
	if err != nil {
		return nil, err
	}
	d.auth.Options.UserHandle = []byte(asked.UserID)
	return json.RawMessage(virtualwebauthn.CreateAttestationResponse(d.party, d.auth, d.key, *asked)), nil
}

// sign answers a challenge.
func (d *device) sign(options []byte) (json.RawMessage, error) {
	asked, err := virtualwebauthn.ParseAssertionOptions(string(options))
	if err != nil {
		return nil, err
	}
	return json.RawMessage(virtualwebauthn.CreateAssertionResponse(d.party, d.auth, d.key, *asked)), nil
}
