package audit_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"iter"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

func anID[K any](t *rapid.T, id *access.ID[K], label string) {
	s := rapid.StringMatching(`([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12})?`).Draw(t, label)
	if err := id.UnmarshalText([]byte(s)); err != nil {
		t.Fatal(err)
	}
}

// record draws a record with everything but its place in the chain.
func record(t *rapid.T) audit.Record {
	details, err := audit.Canonical(rapid.MapOf(rapid.String(), rapid.Int()).Draw(t, "details"))
	if err != nil {
		t.Fatal(err)
	}
	r := audit.Record{
		At:      time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(t, "at")),
		Key:     rapid.StringN(1, 20, -1).Draw(t, "key"),
		Action:  audit.Action(rapid.StringN(1, 20, -1).Draw(t, "action")),
		Details: details,
	}
	anID(t, &r.Actor, "actor")
	anID(t, &r.PersonID, "person")
	anID(t, &r.CustomerID, "customer")
	anID(t, &r.GrantID, "grant")
	return r
}

func chain(t *rapid.T, least int) ([]audit.Record, audit.Head) {
	head := audit.Genesis
	records := rapid.SliceOfN(rapid.Custom(record), least, 12).Draw(t, "records")
	for i := range records {
		records[i], head = head.Append(records[i])
	}
	return records, head
}

func each(records []audit.Record) iter.Seq2[audit.Record, error] {
	return func(yield func(audit.Record, error) bool) {
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func verify(t require.TestingT, records []audit.Record, head audit.Head) audit.Verdict {
	verdict, err := audit.Verify(audit.Genesis, each(records), head)
	require.NoError(t, err)
	return verdict
}

func TestUntouchedChainIsSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records, head := chain(t, 0)
		verdict := verify(t, records, head)
		assert.Equal(t, audit.Verdict{Records: int64(len(records)), Head: head}, verdict)
		// An earlier head, as from a checkpoint, is passed through as well.
		assert.True(t, verify(t, records, audit.Genesis).OK())
		if len(records) > 0 {
			known := rapid.SampledFrom(records).Draw(t, "known")
			assert.True(t, verify(t, records, audit.Head{Seq: known.Seq, Hash: known.Hash}).OK())
		}
	})
}

// nothing-forgotten: any change of any field of any record is found, at that record.
func TestEveryChangeIsFound(t *testing.T) {
	kind := reflect.TypeFor[audit.Record]()
	for i := range kind.NumField() {
		field := kind.Field(i)
		t.Run(field.Name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				records, head := chain(t, 1)
				at := rapid.IntRange(0, len(records)-1).Draw(t, "changed")
				other := record(t)
				other.Seq = rapid.Int64().Draw(t, "seq")
				copy(other.Prev[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "prev"))
				copy(other.Hash[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "hash"))
				was, is := reflect.ValueOf(&records[at]).Elem().Field(i), reflect.ValueOf(other).Field(i)
				if reflect.DeepEqual(was.Interface(), is.Interface()) || field.Name == "At" && other.At.Equal(records[at].At) {
					t.Skip("the same value")
				}
				seq := records[at].Seq
				was.Set(is)
				verdict := verify(t, records, head)
				assert.Equal(t, audit.Changed, verdict.Problem)
				assert.Equal(t, int64(at), verdict.Records)
				if field.Name != "Seq" {
					assert.Equal(t, seq, verdict.FirstBad)
				}
			})
		})
	}
}

func TestRemovedRecordIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records, head := chain(t, 1)
		at := rapid.IntRange(0, len(records)-1).Draw(t, "removed")
		verdict := verify(t, slices.Delete(records, at, at+1), head)
		assert.Equal(t, audit.Gap, verdict.Problem)
		assert.Equal(t, int64(at), verdict.Records)
	})
}

func TestSwappedRecordsAreFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records, head := chain(t, 2)
		a := rapid.IntRange(0, len(records)-2).Draw(t, "a")
		b := rapid.IntRange(a+1, len(records)-1).Draw(t, "b")
		records[a], records[b] = records[b], records[a]
		verdict := verify(t, records, head)
		assert.Equal(t, audit.Gap, verdict.Problem, "the later one comes too early")
		assert.Equal(t, int64(b+1), verdict.FirstBad)
	})
}

func TestRepeatedRecordIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records, head := chain(t, 1)
		again := rapid.IntRange(0, len(records)-1).Draw(t, "again")
		after := rapid.IntRange(again, len(records)-1).Draw(t, "after")
		verdict := verify(t, slices.Insert(slices.Clone(records), after+1, records[again]), head)
		assert.Equal(t, audit.Disordered, verdict.Problem)
	})
}

// An inserted record needs a sequence; whatever it takes, and however well it is hashed, it is found.
func TestInsertedRecordIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records, head := chain(t, 1)
		at := rapid.IntRange(0, len(records)-1).Draw(t, "before")
		previous := audit.Genesis
		if at > 0 {
			previous = audit.Head{Seq: records[at-1].Seq, Hash: records[at-1].Hash}
		}
		forged := record(t)
		forged.Key += " forged"
		forged, _ = previous.Append(forged)
		assert.False(t, verify(t, slices.Insert(records, at, forged), head).OK())
	})
}

// A whole new chain is sound in itself; a known head gives it away.
func TestRewriteIsFoundByAKnownHead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records, _ := chain(t, 1)
		from := rapid.IntRange(0, len(records)-1).Draw(t, "from")
		known := rapid.IntRange(from, len(records)-1).Draw(t, "known")
		checkpoint := audit.Head{Seq: records[known].Seq, Hash: records[known].Hash}

		head := audit.Genesis
		for i, r := range records {
			if i == from {
				r.Key += " rewritten"
			}
			records[i], head = head.Append(r)
		}
		assert.True(t, verify(t, records, head).OK())
		verdict := verify(t, records, checkpoint)
		assert.Equal(t, audit.Rewritten, verdict.Problem)
		assert.Equal(t, checkpoint.Seq, verdict.FirstBad)
	})
}

func TestForkIsFound(t *testing.T) {
	first, head := audit.Genesis.Append(audit.Record{Key: "1"})
	second, _ := head.Append(audit.Record{Key: "2"})
	third, end := audit.Head{Seq: 2, Hash: first.Hash}.Append(audit.Record{Key: "3"})
	verdict := verify(t, []audit.Record{first, second, third}, end)
	assert.Equal(t, audit.Rewritten, verdict.Problem)
	assert.Equal(t, int64(3), verdict.FirstBad)
}

func TestVerifyCanBeginAnywhere(t *testing.T) {
	_, middle := audit.Genesis.Append(audit.Record{Key: "1"})
	second, end := middle.Append(audit.Record{Key: "2"})
	verdict, err := audit.Verify(middle, each([]audit.Record{second}), end)
	require.NoError(t, err)
	assert.Equal(t, audit.Verdict{Records: 1, Head: end}, verdict)

	other := audit.Head{Seq: middle.Seq, Hash: second.Hash}
	verdict, err = audit.Verify(middle, each(nil), other)
	require.NoError(t, err)
	assert.Equal(t, audit.Rewritten, verdict.Problem)
}

func TestVerifyReportsWhatItCouldNotRead(t *testing.T) {
	broken := errors.New("broken")
	first, head := audit.Genesis.Append(audit.Record{Key: "1"})
	verdict, err := audit.Verify(audit.Genesis, func(yield func(audit.Record, error) bool) {
		_ = yield(first, nil) && yield(audit.Record{}, broken)
	}, head)
	assert.Equal(t, broken, err)
	assert.Equal(t, int64(1), verdict.Records)
}

// No two records share their hashed bytes by moving text from one field to the next.
func TestFieldsDoNotRunIntoEachOther(t *testing.T) {
	a, _ := audit.Genesis.Append(audit.Record{Key: "ab", Action: "c"})
	b, _ := audit.Genesis.Append(audit.Record{Key: "a", Action: "bc"})
	assert.NotEqual(t, a.Hash, b.Hash)
}

// The encoding is stable: records that were written stay verifiable by later versions.
func TestDigestIsStable(t *testing.T) {
	r, _ := audit.Genesis.Append(audit.Record{
		At: time.Date(2026, 11, 2, 12, 0, 0, 123456789, time.FixedZone("east", 3600)), Key: "grant/1/requested", Action: audit.GrantRequested,
		Actor: access.MustID[access.PersonID]("0a000000-0000-4000-8000-000000000001"), Details: json.RawMessage(`{"a":1}`),
	})
	assert.Equal(t, time.UTC, r.At.Location())
	assert.Equal(t, 123456000, r.At.Nanosecond())
	assert.Equal(t, "df2de677abdce9d6dfa2bf02203b460408e9c0b9b0a2781a6c0700058b0c013c", hex.EncodeToString(r.Hash[:]))
	assert.Equal(t, "9e51d5da409eeef63ae3634dfffdbf6d262f064afe29758740306d889b5f967c", hex.EncodeToString(audit.Genesis.Hash[:]))
}

func TestCanonicalSortsKeys(t *testing.T) {
	type inner struct {
		Z int    `json:"z"`
		A string `json:"a"`
	}
	got, err := audit.Canonical(map[string]any{"b": inner{Z: 1 << 62, A: "<x>"}, "a": []any{1.5, nil}})
	require.NoError(t, err)
	assert.Equal(t, `{"a":[1.5,null],"b":{"a":"\u003cx\u003e","z":4611686018427387904}}`, string(got))
	_, err = audit.Canonical(make(chan int))
	assert.Error(t, err)
}
