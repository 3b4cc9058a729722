package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"hourglass/internal/access"
)

// Record is one entry of the log. Seq begins at 1 and rises by 1.
type Record struct {
	Seq int64
	// At is UTC, to the microsecond: what both databases can hold.
	At time.Time
	// Key names the fact that is recorded; there is one record per key.
	Key    string
	Action Action
	// Actor is who did it; zero is Hourglass itself.
	Actor access.PersonID
	// PersonID, CustomerID and GrantID say whom and what it is about, each zero where it does not apply.
	PersonID   access.PersonID
	CustomerID access.CustomerID
	GrantID    access.GrantID
	// Details is JSON as written by Canonical.
	Details json.RawMessage
	// Prev is the hash of the record before, or Genesis.
	Prev [32]byte
	Hash [32]byte
}

// Head names the end of a chain: the last record's sequence and hash.
type Head struct {
	Seq  int64
	Hash [32]byte
}

// Genesis is the head of an empty log.
var Genesis = Head{Seq: 0, Hash: sha256.Sum256([]byte("hourglass audit log v1: genesis"))}

// encodingVersion begins the hashed bytes, so that they can be mistaken for nothing else that is hashed or signed.
const encodingVersion = "hourglass audit record v1"

// Append returns r chained to the head, with Seq, Prev and Hash set and At brought to UTC
// microseconds, and the head that follows.
func (h Head) Append(r Record) (Record, Head) {
	r.Seq, r.Prev, r.At = h.Seq+1, h.Hash, r.At.UTC().Truncate(time.Microsecond)
	r.Hash = r.Digest()
	return r, Head{Seq: r.Seq, Hash: r.Hash}
}

// Digest is the SHA-256 over every field but Hash. Each field is preceded by its length (8 bytes,
// big endian), so that no two records share an encoding.
func (r Record) Digest() [32]byte {
	var b bytes.Buffer
	field := func(value []byte) {
		b.Write(binary.BigEndian.AppendUint64(nil, uint64(len(value))))
		b.Write(value)
	}
	number := func(n int64) { field(binary.BigEndian.AppendUint64(nil, uint64(n))) }

	field([]byte(encodingVersion))
	number(r.Seq)
	number(r.At.UnixMicro())
	for _, text := range []string{
		r.Key, string(r.Action),
		r.Actor.String(), r.PersonID.String(), r.CustomerID.String(), r.GrantID.String(),
		string(r.Details),
	} {
		field([]byte(text))
	}
	field(r.Prev[:])
	return sha256.Sum256(b.Bytes())
}

// Canonical writes v as JSON with the keys of every object sorted and numbers left as they are.
func Canonical(v any) (json.RawMessage, error) {
	written, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("audit details: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(written))
	decoder.UseNumber()
	var free any
	if err := decoder.Decode(&free); err != nil {
		return nil, fmt.Errorf("audit details: %w", err)
	}
	// Marshalling a map sorts its keys.
	sorted, err := json.Marshal(free)
	if err != nil {
		return nil, fmt.Errorf("audit details: %w", err)
	}
	return sorted, nil
}
