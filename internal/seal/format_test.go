package seal_test

import (
	"bytes"
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"

	"hourglass/internal/seal"
)

// The formats are written out here once more: what is stored today must open tomorrow, and with Tink alone.

func tinkOf(t *testing.T, clear seal.ClearKeyset) tink.AEAD {
	t.Helper()
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(clear)))
	require.NoError(t, err)
	primitive, err := aead.New(handle)
	require.NoError(t, err)
	return primitive
}

func TestACredentialIsBoundToItsGrantWhateverItsDataKey(t *testing.T) {
	clear := newClear(t)
	v := seal.NewVault(parse(t, clear))
	wrapped, s := sealed(t, v, both)

	dataKey, err := tinkOf(t, clear).Decrypt(wrapped, []byte("hourglass/data-key/v1/"+grant.String()))
	require.NoError(t, err)
	assert.Len(t, dataKey, 32)
	moved, err := tinkOf(t, clear).Encrypt(dataKey, []byte("hourglass/data-key/v1/"+otherGrant.String()))
	require.NoError(t, err)
	_, err = v.Rewrap(otherGrant, moved)
	require.NoError(t, err, "the same data key, properly wrapped for another grant")
	_, err = v.Open(otherGrant, moved, s)
	assert.ErrorIs(t, err, seal.ErrOpen)

	box, err := base64.StdEncoding.DecodeString(string(mustText(t, s)))
	require.NoError(t, err)
	assert.EqualValues(t, 1, box[0], "the format's version")
}

func TestAPayloadIsBoundToTheCodecsVersion(t *testing.T) {
	clear := newClear(t)
	data := encode(t, seal.NewCodec(parse(t, clear)), payload(canary))[0].GetData()
	_, err := tinkOf(t, clear).Decrypt(data, nil)
	assert.Error(t, err)
	_, err = tinkOf(t, clear).Decrypt(data, []byte("hourglass/payload/v1"))
	assert.NoError(t, err)
}
