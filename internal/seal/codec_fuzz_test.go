package seal_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"

	"hourglass/internal/seal"
)

// FuzzDecode: nothing but what Encode made comes out of Decode. mask is laid over a good ciphertext, cut shortens it;
// where data is given, it replaces the ciphertext.
func FuzzDecode(f *testing.F) {
	codec := seal.NewCodec(newKeyset(f))
	good := encode(f, codec, payload(canary))[0].GetData()
	f.Add("binary/encrypted", "1", []byte(nil), []byte(nil), uint(0))
	f.Fuzz(func(t *testing.T, encoding, keyID string, data, mask []byte, cut uint) {
		changed := bytes.Clone(good)
		for i := range min(len(mask), len(changed)) {
			changed[i] ^= mask[i]
		}
		changed = changed[:len(changed)-int(min(cut, uint(len(changed))))]
		if len(data) > 0 {
			changed = data
		}
		decoded, err := codec.Decode([]*commonpb.Payload{{
			Metadata: map[string][]byte{"encoding": []byte(encoding), "encryption-key-id": []byte(keyID)},
			Data:     changed,
		}})
		if encoding == "binary/encrypted" && bytes.Equal(changed, good) {
			require.NoError(t, err)
			assert.Equal(t, canary, string(decoded[0].GetData()))
			return
		}
		require.Error(t, err)
		assert.Nil(t, decoded)
	})
}
