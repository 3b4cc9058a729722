package entra

import (
	"sync"
	"time"
)

// kept is an answer that is used again until it is too old.
type kept[T any] struct {
	mu     sync.Mutex
	value  T
	readAt time.Time
}

func (k *kept[T]) get(now time.Time, longest time.Duration, read func() (T, error)) (T, error) {
	k.mu.Lock()
	value, age := k.value, now.Sub(k.readAt)
	known := !k.readAt.IsZero()
	k.mu.Unlock()
	if known && 0 <= age && age < longest {
		return value, nil
	}
	value, err := read()
	if err == nil {
		k.mu.Lock()
		k.value, k.readAt = value, now
		k.mu.Unlock()
	}
	return value, err
}

// forget makes the next get read anew.
func (k *kept[T]) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.readAt = time.Time{}
}
