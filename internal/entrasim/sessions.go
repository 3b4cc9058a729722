package entrasim

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// sessionLifetime is how long a sign-in lasts that was not opened with a pass.
const sessionLifetime = 24 * time.Hour

// adminCentreAppID is the app that people sign in to: the Azure portal's client id.
const adminCentreAppID = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c"

// session is a signed-in browser.
type session struct {
	ID      string
	UserID  string
	Opened  time.Time
	Expires time.Time
	PassID  string `json:",omitempty"` // of the Temporary Access Pass that opened it
	Ended   string `json:",omitempty"` // why, once it was revoked
	cookie  string // handed over once; only its hash is kept
}

// Why a sign-in was refused. The number is Microsoft's AADSTS code.
type signInError struct {
	code    int
	message string
}

func (e *signInError) Error() string { return fmt.Sprintf("AADSTS%d: %s", e.code, e.message) }

// The refusals that TrySignIn returns; compare with errors.Is.
var (
	ErrUnknownUser    error = &signInError{50034, "This username may be incorrect. Make sure you typed it correctly. Otherwise, contact your admin."}
	ErrWrongPassword  error = &signInError{50126, "Your account or password is incorrect. If you don't remember your password, reset it now."}
	ErrWrongPass      error = &signInError{130503, "Your Temporary Access Pass is incorrect. If you don't know your pass, contact your admin."}
	ErrPassExpired    error = &signInError{130502, "Your Temporary Access Pass has expired. Contact your admin for a new one."}
	ErrPassUsed       error = &signInError{130504, "Your Temporary Access Pass has already been used. Contact your admin for a new one."}
	ErrPassNotAllowed error = &signInError{130507, "Temporary Access Pass sign in was blocked due to User Credential Policy."}
	ErrDisabled       error = &signInError{50057, "Your account has been locked. Contact your support person to unlock it, then try again."}
	ErrLocked         error = &signInError{50053, "Your account is temporarily locked to prevent unauthorized use. Try again later, and if you still have trouble, contact your admin."}
	ErrMoreNeeded     error = &signInError{50079, "Your organization needs more information to keep your account secure."}
	ErrCodeNeeded     error = &signInError{50076, "Due to a configuration change made by your administrator, you must use multi-factor authentication."}
	ErrWrongCode      error = &signInError{500121, "You entered the wrong code. Try again."}
	ErrChangePassword error = &signInError{50055, "You need to update your password because this is the first time you are signing in, or because your password has expired."}
	ErrFederated      error = &signInError{51004, "Your organization signs you in elsewhere."}
)

// secretKind says which step of the sign-in page a secret was typed into.
type secretKind int

const (
	eitherSecret secretKind = iota
	passwordSecret
	passSecret
)

// authenticate checks a user name and a secret and opens a session. It writes the sign-in log either way.
// code is the second factor, or "" before it was asked for; with security defaults on, a bare password is not enough.
func (t *directory) authenticate(upn, secret string, kind secretKind, code, ip string, now time.Time) (*session, error) {
	u := t.byName(upn)
	if u == nil {
		return nil, ErrUnknownUser
	}
	passID, err := t.checkSecret(u, secret, kind, code, now)
	var refused *signInError
	if errors.As(err, &refused) {
		t.signIn(now, u, "Azure Portal", ip, refused.code, refused.message)
		return nil, err
	}
	t.signIn(now, u, "Azure Portal", ip, 0, "")
	s := &session{ID: uuid.NewString(), UserID: u.ID, Opened: now, Expires: now.Add(sessionLifetime), PassID: passID, cookie: randomToken()}
	if passID != "" {
		s.Expires = u.pass().Pass.end()
	}
	t.keep(s, now)
	return s, nil
}

// checkSecret gives the id of the pass that the secret was, or "" for the password.
func (t *directory) checkSecret(u *user, secret string, kind secretKind, code string, now time.Time) (string, error) {
	pass := u.pass()
	passFits := pass != nil && pass.Pass.Secret.matches(secret)
	switch {
	case u.Locked:
		return "", ErrLocked
	case kind == passSecret && !passFits:
		return "", ErrWrongPass
	case kind != passwordSecret && passFits:
		if !u.Enabled {
			return "", ErrDisabled
		}
		usable, reason := t.usability(u, pass.Pass, now)
		if !usable {
			return "", map[string]error{
				"DisabledByPolicy": ErrPassNotAllowed, "NotYetValid": ErrWrongPass, "Expired": ErrPassExpired, "OneTimeUsed": ErrPassUsed,
			}[reason]
		}
		pass.Pass.Used = true
		return pass.ID, nil
	case t.federated(u):
		return "", ErrFederated
	case !u.Password.matches(secret):
		return "", ErrWrongPassword
	case !u.Enabled:
		return "", ErrDisabled
	case u.ForceChange:
		return "", ErrChangePassword
	}
	return "", t.checkSecondFactor(u, code, now)
}

// checkSecondFactor is what security defaults demand after a password; a pass satisfies them by itself.
func (t *directory) checkSecondFactor(u *user, code string, now time.Time) error {
	factor := u.secondFactor()
	switch {
	case !t.Settings.SecurityDefaults:
		return nil
	case factor == nil:
		return ErrMoreNeeded
	case code == "":
		return ErrCodeNeeded
	case code != oneTimeCode([]byte(factor.ID), now):
		return ErrWrongCode
	}
	return nil
}

// dead says why a session does not count any more; "" while it does. Microsoft ends sign-ins when the account is
// disabled or deleted, when sessions are revoked (endSessions), and when the pass that opened them ends or is deleted.
func (t *directory) dead(s *session, now time.Time) string {
	u := t.Users[s.UserID]
	switch {
	case s.Ended != "":
		return s.Ended
	case u == nil:
		return "The account was deleted."
	case !u.Enabled:
		return "The account was disabled."
	case s.PassID != "" && (u.pass() == nil || u.pass().ID != s.PassID):
		return "The Temporary Access Pass was deleted."
	case !now.Before(s.Expires):
		return "The session has expired."
	}
	return ""
}

// endSessions revokes what a user is signed in with; onlyByPassword spares the sign-ins by pass, as a password reset does.
func (t *directory) endSessions(u *user, reason string, onlyByPassword bool) {
	for _, s := range t.Sessions {
		if s.UserID == u.ID && s.Ended == "" && (s.PassID == "" || !onlyByPassword) {
			s.Ended = reason
		}
	}
}

// keep adds a session and forgets those that ended long ago.
func (t *directory) keep(s *session, now time.Time) {
	for key, old := range t.Sessions {
		if now.Sub(old.Expires) > sessionLifetime {
			delete(t.Sessions, key)
		}
	}
	t.Sessions[tokenSum(s.cookie)] = s
}
