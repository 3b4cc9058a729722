package entrasim

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"time"
)

// oneTimeCode is the code of RFC 6238 (SHA-1, six digits, 30 seconds).
func oneTimeCode(secret []byte, now time.Time) string {
	mac := hmac.New(sha1.New, secret)
	_ = binary.Write(mac, binary.BigEndian, uint64(now.Unix()/30)) // a hash never fails
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 0x0f
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[offset:])&0x7fffffff)%1_000_000)
}

// secondFactor is the method that the user confirms a sign-in with; nil if none is registered.
func (u *user) secondFactor() *method {
	for _, m := range u.Methods {
		if m.Default {
			return m
		}
	}
	return nil
}

// OneTimeCode is what the default second factor of a user (id, user name or employeeId) shows now.
func (s *Sim) OneTimeCode(tenant, userKey string) (string, error) {
	code := ""
	err := s.look(tenant, func(t *directory, now time.Time) {
		if u := t.find(userKey); u != nil && u.secondFactor() != nil {
			code = oneTimeCode([]byte(u.secondFactor().ID), now)
		}
	})
	if err == nil && code == "" {
		err = fmt.Errorf("entrasim: %s has no second factor", userKey)
	}
	return code, err
}
