package access

import "time"

// AppKeyKind says how an app registration proves itself to Microsoft.
type AppKeyKind string

const (
	AppSecret      AppKeyKind = "secret"
	AppCertificate AppKeyKind = "certificate"
)

// ParseAppKeyKind refuses every unknown word.
func ParseAppKeyKind(s string) (AppKeyKind, error) {
	return parseWord(s, "kind of an app's key", AppSecret, AppCertificate)
}

// AppKeyWarnings are how many days before the end of a secret or a certificate it is warned about, the earliest first.
var AppKeyWarnings = []int{60, 30, 7}

// AppKeyWarning returns the tightest of AppKeyWarnings that has been reached at now, 0 for none. What has ended
// is still within the last one.
func AppKeyWarning(expires, now time.Time) (days int) {
	for _, ahead := range AppKeyWarnings {
		if !now.Before(expires.AddDate(0, 0, -ahead)) {
			days = ahead
		}
	}
	return days
}
