package audit

import "iter"

// Problem is what is wrong with the first record that does not fit.
type Problem string

const (
	// Sound: nothing is wrong.
	Sound Problem = ""
	// Changed: the record's content does not have the record's hash.
	Changed Problem = "change"
	// Gap: one or more records are missing before this one, or at the end.
	Gap Problem = "gap"
	// Rewritten: the record is sound in itself but follows, or is, another record than the one expected.
	Rewritten Problem = "rewrite"
	// Disordered: the record's sequence is not above the one before it.
	Disordered Problem = "wrong order"
)

// Verdict is the result of walking a chain.
type Verdict struct {
	// Records is how many fitted.
	Records int64
	// Head is the end of the part that fitted.
	Head Head
	// FirstBad is the sequence at which the chain breaks, 0 where it does not.
	FirstBad int64
	Problem  Problem
}

// OK reports whether the whole chain fitted.
func (v Verdict) OK() bool { return v.Problem == Sound }

// Verify walks records from the one after start, and stops at the first that does not fit.
//
// known is a head that the chain is known to have had, such as a checkpoint's or the database's own:
// the walk must pass through it. Without it (Genesis) records cut off at the end would not be missed.
// The error is that of the iterator; the verdict then covers what was read before.
func Verify(start Head, records iter.Seq2[Record, error], known Head) (Verdict, error) {
	verdict := Verdict{Head: start}
	bad := func(seq int64, problem Problem) Verdict {
		verdict.FirstBad, verdict.Problem = seq, problem
		return verdict
	}
	if start.Seq == known.Seq && start.Hash != known.Hash {
		return bad(start.Seq, Rewritten), nil
	}
	for r, err := range records {
		if err != nil {
			return verdict, err
		}
		if problem := misfit(verdict.Head, r, known); problem != Sound {
			return bad(r.Seq, problem), nil
		}
		verdict.Head = Head{Seq: r.Seq, Hash: r.Hash}
		verdict.Records++
	}
	if verdict.Head.Seq < known.Seq {
		return bad(verdict.Head.Seq+1, Gap), nil
	}
	return verdict, nil
}

func misfit(before Head, r Record, known Head) Problem {
	switch {
	case r.Digest() != r.Hash:
		return Changed
	case r.Seq <= before.Seq:
		return Disordered
	case r.Seq > before.Seq+1:
		return Gap
	case r.Prev != before.Hash:
		return Rewritten
	case r.Seq == known.Seq && r.Hash != known.Hash:
		return Rewritten
	}
	return Sound
}
