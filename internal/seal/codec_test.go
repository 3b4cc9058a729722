package seal_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/proto"

	"hourglass/internal/seal"
)

var _ converter.PayloadCodec = (*seal.Codec)(nil)

const canary = "canary-4711"

func payload(text string) *commonpb.Payload {
	return &commonpb.Payload{
		Metadata: map[string][]byte{converter.MetadataEncoding: []byte("json/plain"), "note": []byte(text)},
		Data:     []byte(text),
	}
}

func encode(t testing.TB, c *seal.Codec, payloads ...*commonpb.Payload) []*commonpb.Payload {
	t.Helper()
	encoded, err := c.Encode(payloads)
	require.NoError(t, err)
	require.Len(t, encoded, len(payloads))
	return encoded
}

func TestTwoKeysNoPayloadInClear(t *testing.T) {
	keys := newKeyset(t)
	codec := seal.NewCodec(keys)
	clear := []*commonpb.Payload{payload(canary), {}, payload("")}
	encoded := encode(t, codec, clear...)
	for _, p := range encoded {
		assertNoCanary(t, p)
		assert.Equal(t, "binary/encrypted", string(p.GetMetadata()["encoding"]))
		assert.Equal(t, strconv.FormatUint(uint64(keys.PrimaryID()), 10), string(p.GetMetadata()["encryption-key-id"]))
		assert.Len(t, p.GetMetadata(), 2)
	}
	assert.False(t, proto.Equal(encoded[0], encode(t, codec, payload(canary))[0]), "equal payloads do not look equal")
	assert.True(t, proto.Equal(payload(canary), clear[0]), "the caller's payload is not touched")

	decoded, err := codec.Decode(encoded)
	require.NoError(t, err)
	for i := range clear {
		assert.True(t, proto.Equal(clear[i], decoded[i]))
	}
}

func assertNoCanary(t testing.TB, m proto.Message) {
	t.Helper()
	wire, err := proto.Marshal(m)
	require.NoError(t, err)
	assert.NotContains(t, string(wire), canary)
}

func TestPayloadsOutliveARotation(t *testing.T) {
	before, between, after := rotate(t)
	old := encode(t, seal.NewCodec(parse(t, before)), payload("old"))
	fresh := encode(t, seal.NewCodec(parse(t, after)), payload("new"))
	assert.NotEqual(t, old[0].GetMetadata()["encryption-key-id"], fresh[0].GetMetadata()["encryption-key-id"])

	for name, clear := range map[string]seal.ClearKeyset{"between": between, "after": after} {
		decoded, err := seal.NewCodec(parse(t, clear)).Decode([]*commonpb.Payload{old[0], fresh[0]})
		require.NoError(t, err, name)
		assert.Equal(t, "old", string(decoded[0].GetData()))
		assert.Equal(t, "new", string(decoded[1].GetData()))
	}
	_, err := seal.NewCodec(parse(t, before)).Decode(fresh)
	assert.ErrorIs(t, err, seal.ErrOpen, "a process that does not know the new key yet: hence add first, make primary later")
}

func TestDecodeRefuses(t *testing.T) {
	codec, foreign := seal.NewCodec(newKeyset(t)), seal.NewCodec(newKeyset(t))
	good := encode(t, codec, payload(canary))[0]
	with := func(data []byte) *commonpb.Payload {
		changed := proto.Clone(good).(*commonpb.Payload)
		changed.Data = data
		return changed
	}
	sameKeyAsVault := newKeyset(t)
	dataKey, err := seal.NewVault(sameKeyAsVault).NewDataKey(grant)
	require.NoError(t, err)

	cases := map[string]struct {
		codec   *seal.Codec
		payload *commonpb.Payload
		want    error
	}{
		"a clear payload":            {codec, payload(canary), seal.ErrClearPayload},
		"a payload without metadata": {codec, &commonpb.Payload{Data: []byte(canary)}, seal.ErrClearPayload},
		"no payload":                 {codec, nil, seal.ErrClearPayload},
		"another case of encoding": {codec, &commonpb.Payload{
			Metadata: map[string][]byte{"encoding": []byte("BINARY/ENCRYPTED")}, Data: good.GetData()}, seal.ErrClearPayload},
		"no data":                       {codec, with(nil), seal.ErrOpen},
		"garbage":                       {codec, with([]byte(canary)), seal.ErrOpen},
		"a key prefix alone":            {codec, with(good.GetData()[:5]), seal.ErrOpen},
		"a nonce alone":                 {codec, with(good.GetData()[:17]), seal.ErrOpen},
		"a truncated payload":           {codec, with(good.GetData()[:len(good.GetData())-1]), seal.ErrOpen},
		"a payload under a foreign key": {codec, encode(t, foreign, payload(canary))[0], seal.ErrOpen},
		"a data key as a payload":       {seal.NewCodec(sameKeyAsVault), with(dataKey), seal.ErrOpen},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			decoded, err := c.codec.Decode([]*commonpb.Payload{encode(t, c.codec, payload("fine"))[0], c.payload})
			require.ErrorIs(t, err, c.want)
			assert.Nil(t, decoded, "one bad payload and nothing comes out")
			assert.NotContains(t, err.Error(), canary)
		})
	}
}

func TestEncodeReturnsNothingBesideAnError(t *testing.T) {
	notUTF8 := &commonpb.Payload{Metadata: map[string][]byte{"\xff": nil}, Data: []byte(canary)}
	encoded, err := seal.NewCodec(newKeyset(t)).Encode([]*commonpb.Payload{payload("fine"), notUTF8})
	require.Error(t, err)
	assert.Nil(t, encoded)
	assert.NotContains(t, err.Error(), canary)
}
