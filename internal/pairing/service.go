package pairing

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// ClientID is the extension's. It is a public client: what it is known by are its redirect addresses and its keys.
const ClientID = "hourglass-extension"

// NoExtension takes the place of the ids where nobody is to pair a browser.
const NoExtension = "none"

const (
	codeTTL        = time.Minute
	accessTokenTTL = 5 * time.Minute
	// unused is how long a pairing lasts that is not used.
	unused = 30 * 24 * time.Hour
	// touchEvery keeps a busy browser from writing to the database with every request.
	touchEvery = time.Minute
)

// Store is what pairings need to be remembered. *store.Store is one; its comments are the contract.
type Store interface {
	Person(ctx context.Context, id access.PersonID) (store.Person, error)
	AddPairingCode(ctx context.Context, c store.PairingCode) error
	PairBrowser(ctx context.Context, code [32]byte, fits func(store.PairingCode) bool, id access.BrowserID, tokens store.TokenPair) (store.Browser, error)
	RotateTokens(ctx context.Context, refresh, key [32]byte, next store.TokenPair) (store.Browser, error)
	Browser(ctx context.Context, id access.BrowserID) (store.Browser, error)
	BrowserOf(ctx context.Context, token [32]byte) (store.Browser, error)
	TouchBrowser(ctx context.Context, id access.BrowserID, seen time.Time) error
	SeeProof(ctx context.Context, proof [32]byte, until time.Time) (first bool, err error)
	RecordBrowserRefused(ctx context.Context, b store.Browser, cause string) error
}

// Config says where people reach Hourglass, and which extensions may be paired.
type Config struct {
	// PublicURL is the address under which people reach Hourglass; proofs name its origin.
	PublicURL string
	// Extensions are ids: 32 letters a to p for Chrome and Edge, 40 hexadecimal digits for Firefox. NoExtension alone: nobody
	// can pair.
	Extensions []string
	// Clock and Rand are time.Now and crypto/rand.Reader unless a test owns them.
	Clock func() time.Time
	Rand  io.Reader
}

// Service pairs browsers and recognises them. It is safe for concurrent use.
type Service struct {
	origin string
	// redirects are the addresses that the browsers' identity flow gives to an extension, which no page can have.
	redirects map[string]store.ExtensionBuild
	store     Store
	now       func() time.Time
	random    io.Reader
}

// builds say how an extension of each build is known: by the form of its id and the address that the browser keeps for it
// (identity.getRedirectURL).
var builds = []struct {
	build   store.ExtensionBuild
	id      *regexp.Regexp
	address string
}{
	{store.Chromium, regexp.MustCompile(`^[a-p]{32}$`), "https://%s.chromiumapp.org/"},
	{store.Firefox, regexp.MustCompile(`^[0-9a-f]{40}$`), "https://%s.extensions.allizom.org/"},
}

// New refuses, with access.ErrInvalid, what is no address or no id of an extension.
func New(c Config, s Store) (*Service, error) {
	public, err := url.Parse(c.PublicURL)
	if err != nil || public.Host == "" {
		return nil, fmt.Errorf("%w: the public URL has the form https://host[:port]", access.ErrInvalid)
	}
	// Browsers write an origin in lower case.
	service := &Service{origin: strings.ToLower(public.Scheme + "://" + public.Host), store: s, now: c.Clock, random: c.Rand}
	if service.now == nil {
		service.now = time.Now
	}
	if service.random == nil {
		service.random = rand.Reader
	}
	service.redirects, err = redirectsOf(c.Extensions)
	return service, err
}

// CheckExtensions is what New has against ids of extensions, whatever the public URL is.
func CheckExtensions(ids []string) error {
	_, err := redirectsOf(ids)
	return err
}

func redirectsOf(ids []string) (map[string]store.ExtensionBuild, error) {
	redirects := map[string]store.ExtensionBuild{}
	if len(ids) == 1 && ids[0] == NoExtension {
		return redirects, nil
	}
	for _, id := range ids {
		known := false
		for _, b := range builds {
			if b.id.MatchString(id) {
				redirects[fmt.Sprintf(b.address, id)], known = b.build, true
			}
		}
		if !known {
			return nil, fmt.Errorf("%w: an extension's id has 32 letters from a to p, or 40 hexadecimal digits; several are separated by commas, without spaces", access.ErrInvalid)
		}
	}
	return redirects, nil
}
