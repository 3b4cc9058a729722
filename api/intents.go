package api

import (
	"crypto/sha256"
	"encoding/json"
	"errors"

	"hourglass/internal/store"
)

// fingerprint is of what a request asks for. Requests with one idempotency key have to have the same.
func fingerprint(content ...any) ([32]byte, error) {
	encoded, err := json.Marshal(content)
	return sha256.Sum256(encoded), err
}

// intent is that of a request with an Idempotency-Key, and none without.
func intent(operation, key string, body any) (store.Intent, error) {
	if key == "" {
		return store.Intent{}, nil
	}
	content, err := fingerprint(operation, body)
	return store.Intent{Key: key, Fingerprint: content}, err
}

// madeBefore is what an earlier request with the same key made, where err says that there was one.
func madeBefore[I any, P interface {
	*I
	UnmarshalText([]byte) error
}](err error) (id I, repeated bool) {
	before, repeated := errors.AsType[*store.Repeated](err)
	if !repeated {
		return id, false
	}
	err = P(&id).UnmarshalText([]byte(before.ID))
	return id, err == nil
}
