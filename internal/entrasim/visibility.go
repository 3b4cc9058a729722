package entrasim

import "time"

// hiding is a replica that has not heard of an object yet: until a time, and for a number of look-ups.
type hiding struct {
	until time.Time
	reads int
}

// hide makes the object unseen as the tenant's read-after-write delay says.
func (t *directory) hide(id string, now time.Time) {
	d := t.Settings.Delays
	if d.ReadAfterWrite > 0 || d.ReadAfterWriteCount > 0 {
		t.hidden[id] = hiding{until: now.Add(time.Duration(d.ReadAfterWrite)), reads: d.ReadAfterWriteCount}
	}
}

// visible says whether a look-up finds the object, and counts the look-up.
func (t *directory) visible(id string, now time.Time) bool {
	h, ok := t.hidden[id]
	if !ok {
		return true
	}
	if h.reads > 0 {
		h.reads--
		t.hidden[id] = h
		return false
	}
	if now.Before(h.until) {
		return false
	}
	delete(t.hidden, id)
	return true
}

// HideObject makes Graph answer 404 for an existing user for a time and for a number of look-ups.
func (s *Sim) HideObject(tenant, id string, d time.Duration, reads int) error {
	return s.in(tenant, func(t *directory) error {
		t.hidden[id] = hiding{until: s.now().Add(d), reads: reads}
		return nil
	})
}
