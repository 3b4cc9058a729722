package store

import (
	"time"

	"hourglass/internal/access"
)

// ExtensionBuild tells the builds of the extension apart.
type ExtensionBuild string

const (
	Chromium ExtensionBuild = "chromium"
	Firefox  ExtensionBuild = "firefox"
)

// BrowserRemoval is why a paired browser was removed.
type BrowserRemoval string

const (
	// Removed: by a person, or because the person was suspended or lost a passkey.
	Removed BrowserRemoval = "removed"
	// CodeReused, RefreshTokenReused, ForeignKey: something came twice or from elsewhere, so that somebody may have copied it.
	CodeReused         BrowserRemoval = "code_reused"
	RefreshTokenReused BrowserRemoval = "refresh_token_reused"
	ForeignKey         BrowserRemoval = "foreign_key"
)

// Browser is one in which the extension is paired with a person.
type Browser struct {
	ID        access.BrowserID
	PersonID  access.PersonID
	Name      string
	Extension ExtensionBuild
	// Key is the SHA-256 thumbprint (RFC 7638) of the key to which its tokens are bound.
	Key        [32]byte
	PairedAt   time.Time
	LastUsedAt *time.Time
	// EndsAt is when it is over unless it is used before.
	EndsAt         time.Time
	RemovedAt      *time.Time
	RemovedBecause BrowserRemoval
}

// PairingCode is a confirmed pairing whose extension has not fetched its tokens yet.
type PairingCode struct {
	Hash        [32]byte
	PersonID    access.PersonID
	Name        access.Name
	Extension   ExtensionBuild
	RedirectURI string
	// Challenge is the SHA-256 of the code verifier (RFC 7636, S256), Key the thumbprint of the extension's key.
	Challenge, Key [32]byte
	ExpiresAt      time.Time
}

// TokenPair is what a browser is given at pairing and at each refresh; only the hashes.
type TokenPair struct {
	Access, Refresh             [32]byte
	AccessEndsAt, BrowserEndsAt time.Time
}

// Ticket entitles a browser to one fill.
type Ticket struct {
	Hash      [32]byte
	ExpiresAt time.Time
}

// Launch is a sign-in that a paired browser begins.
type Launch struct {
	ID          access.LaunchID
	BrowserID   access.BrowserID
	GrantID     access.GrantID
	Destination access.Destination
	LaunchedAt  time.Time
}

// Filling is a request for a credential at the moment at which it is filled. All but Browser comes from outside.
type Filling struct {
	Ticket  [32]byte
	Browser Browser
	// Origin of the page, and the user name that it shows.
	Origin, UserName string
	// Pass: the Temporary Access Pass is wanted, otherwise the password.
	Pass bool
}

// FillRefusal is why a credential was not handed out.
type FillRefusal string

const (
	TicketForeign  FillRefusal = "ticket_of_another_browser"
	TicketReplayed FillRefusal = "ticket_replayed"
	TicketTooOld   FillRefusal = "ticket_too_old"
	OriginForeign  FillRefusal = "origin_not_microsofts"
	OtherAccount   FillRefusal = "other_account"
	GrantNotActive FillRefusal = "grant_not_active"
	NotHandedOut   FillRefusal = "not_handed_out"
	BrowserGone    FillRefusal = "browser_removed"
)

// RefusedFill is the error of a Filling that was refused, and audited.
type RefusedFill struct{ Why FillRefusal }

func (r *RefusedFill) Error() string { return "fill refused: " + string(r.Why) }

// Report is what a browser says of a launch, or of something that it refused. Its words are from lists of the API, and Code
// is a number of Microsoft's; Origin is text from outside.
type Report struct{ Outcome, Step, Reason, Origin, Code string }
