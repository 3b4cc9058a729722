package seal

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/tink-crypto/tink-go/v2/tink"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/proto"
)

// ErrClearPayload: a payload from Temporal is not encrypted.
var ErrClearPayload = errors.New("a payload that is not encrypted is refused")

const (
	payloadEncoding = "binary/encrypted"
	payloadKeyID    = "encryption-key-id"
	// payloadPurpose binds every payload to the version of this codec. It is not bound to a workflow,
	// because the codec server decodes without knowing which one a payload came from.
	payloadPurpose = "hourglass/payload/v1"
)

// Codec encrypts everything that Temporal stores for us. It implements converter.PayloadCodec, and is
// safe for concurrent use.
//
// Unlike other codecs it refuses payloads that it did not encrypt, with ErrClearPayload: a workflow, a signal or
// an update can thus be given by a holder of the key only, not by everybody who reaches the Temporal frontend.
// Inputs typed into the Temporal UI or CLI are refused for the same reason. Search attributes and what the
// server makes itself never come through a codec.
type Codec struct {
	keys  tink.AEAD
	keyID []byte
}

// NewCodec uses a keyset that must be Distinct from the vault's.
func NewCodec(keys *Keyset) *Codec {
	return &Codec{keys: keys.aead, keyID: strconv.AppendUint(nil, uint64(keys.PrimaryID()), 10)}
}

// Encode encrypts each payload whole, metadata included. On an error it returns no payloads at all:
// what a codec returns beside an error has been sent in clear before (temporalio/sdk-go#1999).
func (c *Codec) Encode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	encoded := make([]*commonpb.Payload, len(payloads))
	for i, payload := range payloads {
		plain, err := proto.Marshal(payload)
		if err != nil {
			return nil, fmt.Errorf("encoding a payload: %w", err)
		}
		data, err := c.keys.Encrypt(plain, []byte(payloadPurpose))
		clear(plain)
		if err != nil {
			return nil, fmt.Errorf("encrypting a payload: %w", err)
		}
		encoded[i] = &commonpb.Payload{
			Metadata: map[string][]byte{converter.MetadataEncoding: []byte(payloadEncoding), payloadKeyID: c.keyID},
			Data:     data,
		}
	}
	return encoded, nil
}

// Decode opens what Encode made under any key of the keyset, and returns no payloads if one of them does not open:
// ErrClearPayload or ErrOpen. The key id in the metadata is for people; the ciphertext names its key itself.
func (c *Codec) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	decoded := make([]*commonpb.Payload, len(payloads))
	for i, payload := range payloads {
		if string(payload.GetMetadata()[converter.MetadataEncoding]) != payloadEncoding {
			return nil, ErrClearPayload
		}
		plain, err := c.keys.Decrypt(payload.GetData(), []byte(payloadPurpose))
		if err != nil {
			return nil, fmt.Errorf("a payload %w", ErrOpen)
		}
		decoded[i] = new(commonpb.Payload)
		err = proto.Unmarshal(plain, decoded[i]) // copies
		clear(plain)
		if err != nil {
			return nil, fmt.Errorf("a payload %w: it does not hold a payload", ErrOpen)
		}
	}
	return decoded, nil
}
