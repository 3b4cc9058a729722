package access

import (
	"encoding/base32"
	"fmt"
	"strings"
)

// Marker is written into an account when it is created and chosen before that, so that an account
// whose creation was not answered is found again. It lives in the employeeId of the Entra user,
// which holds at most 16 characters and can be filtered by equality.
type Marker struct{ text string }

const markerPrefix = "HG-"

var markerEncoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// NewMarker makes a marker from 8 random bytes.
func NewMarker(random [8]byte) Marker {
	return Marker{markerPrefix + markerEncoding.EncodeToString(random[:])}
}

// ParseMarker reads what Marker.String wrote.
func ParseMarker(s string) (Marker, error) {
	body, found := strings.CutPrefix(s, markerPrefix)
	raw, err := markerEncoding.DecodeString(body)
	if !found || err != nil || len(raw) != 8 {
		return Marker{}, fmt.Errorf("%w: not an account marker", ErrInvalid)
	}
	return Marker{s}, nil
}

func (m Marker) String() string { return m.text }

// drawn are the last n of its random letters and digits.
func (m Marker) drawn(n int) string { return strings.ToLower(m.text[max(len(m.text)-n, 0):]) }

// UPN is a user principal name that Entra accepts for a cloud account: A-Z a-z 0-9 ' . - _ ! # ^ ~
// before the @, a domain name behind it (microsoft-graph.md, 1.1).
type UPN struct{ local, domain string }

const (
	longestLocalPart = 64
	longestUPN       = 113 // with the @; Microsoft Learn, "Prepare directory attributes for synchronization"
	localPartRunes   = "'.-_!#^~"
	domainRunes      = ".-"
)

// NewUPN joins and checks both parts; the result is lower case.
func NewUPN(local, domain string) (UPN, error) {
	local, domain = strings.ToLower(local), strings.ToLower(domain)
	switch {
	case local == "" || len(local) > longestLocalPart || !onlyAlphanumericOr(local, localPartRunes):
		return UPN{}, fmt.Errorf("%w: an account name has 1 to %d letters, digits or %s", ErrInvalid, longestLocalPart, localPartRunes)
	case strings.HasPrefix(local, ".") || strings.HasSuffix(local, "."):
		return UPN{}, fmt.Errorf("%w: an account name neither begins nor ends with a dot", ErrInvalid)
	case len(local)+1+len(domain) > longestUPN:
		return UPN{}, fmt.Errorf("%w: an account name with its domain has at most %d characters", ErrInvalid, longestUPN)
	case !strings.Contains(domain, ".") || !onlyAlphanumericOr(domain, domainRunes):
		return UPN{}, fmt.Errorf("%w: not a domain name", ErrInvalid)
	}
	return UPN{local, domain}, nil
}

// ParseUPN reads name@domain.
func ParseUPN(s string) (UPN, error) {
	local, domain, _ := strings.Cut(s, "@")
	return NewUPN(local, domain)
}

// Local is the part before the @.
func (u UPN) Local() string { return u.local }

// Domain is the part behind the @.
func (u UPN) Domain() string { return u.domain }

func (u UPN) String() string {
	if u.local == "" {
		return ""
	}
	return u.local + "@" + u.domain
}

// MailNickname is the part before the @ without the characters that Entra refuses in a nickname.
func (u UPN) MailNickname() string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("'!#^~", r) {
			return '-'
		}
		return r
	}, u.local)
}

const longestHandle = 32

// Handle is a person's short name inside the MSP, from which account names are made:
// 1 to 32 lower-case letters, digits, dots or hyphens, beginning and ending with a letter or digit.
type Handle struct{ text string }

func NewHandle(s string) (Handle, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	trimmed := strings.Trim(s, ".-")
	if s == "" || len(s) > longestHandle || trimmed != s || !onlyAlphanumericOr(s, ".-") {
		return Handle{}, fmt.Errorf("%w: a handle has 1 to %d letters, digits, dots or hyphens", ErrInvalid, longestHandle)
	}
	return Handle{s}, nil
}

func (h Handle) String() string { return h.text }

func onlyAlphanumericOr(s, others string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		alphanumeric := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
		return !alphanumeric && !strings.ContainsRune(others, r)
	})
}

// suffixLength is that of what Distinct adds.
const suffixLength = 1 + 5

// Distinct is the name with a few letters and digits of the account's marker behind it, so that it is free even where
// somebody else's account has the name. It changes nothing the second time.
func (u UPN) Distinct(m Marker) UPN {
	suffix := "-" + m.drawn(suffixLength-1)
	if strings.HasSuffix(u.local, suffix) {
		return u
	}
	return UPN{u.local[:min(len(u.local), longestLocalPart-len(suffix))] + suffix, u.domain}
}
