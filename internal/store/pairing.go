package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

const (
	// usedCodesKept is how long a second use of a code is recognised.
	usedCodesKept = 24 * time.Hour
	// lostAnswer is how long a refresh token that was used may come again: its answer may never have arrived.
	lostAnswer = 30 * time.Second
)

type pairingCodeRow struct {
	CodeHash      digest `gorm:"primaryKey"`
	PersonID      access.PersonID
	Name          string
	Extension     string
	RedirectURI   string
	Challenge     digest
	KeyThumbprint digest
	ExpiresAt     instant
	UsedAt        *instant
	BrowserID     access.BrowserID
}

func (pairingCodeRow) TableName() string { return "pairing_codes" }

const (
	accessToken  = "access"
	refreshToken = "refresh"
)

type browserTokenRow struct {
	TokenHash digest `gorm:"primaryKey"`
	BrowserID access.BrowserID
	Kind      string
	ExpiresAt instant
	UsedAt    *instant
}

func (browserTokenRow) TableName() string { return "browser_tokens" }

// AddPairingCode keeps a confirmed pairing until its tokens are fetched or it expires; access.ErrTooMany where the person has
// as many browsers as one may have. It clears away old codes.
func (s *Store) AddPairingCode(ctx context.Context, c PairingCode) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		// The lock makes a person's pairings queue, so that they are counted right.
		if _, err := one[personRow](tx.Clauses(forItself), "id = ?", c.PersonID); err != nil {
			return err
		}
		var browsers int64
		err := tx.Model(&browserRow{}).Where("person_id = ? AND removed_at IS NULL AND ends_at > ?", c.PersonID, instant{s.now()}).Count(&browsers).Error
		if err != nil {
			return err
		}
		if browsers >= mostBrowsers {
			return access.ErrTooMany
		}
		if err := tx.Where("expires_at <= ?", instant{s.now().Add(-usedCodesKept)}).Delete(&pairingCodeRow{}).Error; err != nil {
			return err
		}
		err = tx.Create(&pairingCodeRow{
			CodeHash: c.Hash, PersonID: c.PersonID, Name: c.Name.String(), Extension: string(c.Extension), RedirectURI: c.RedirectURI,
			Challenge: c.Challenge, KeyThumbprint: c.Key, ExpiresAt: instant{c.ExpiresAt},
		}).Error
		if err != nil {
			return err
		}
		return s.record(tx, entry{
			key: fmt.Sprintf("pairing/%x/confirmed", c.Hash), action: audit.PairingConfirmed, by: Actor{c.PersonID}, person: c.PersonID,
			details: facts{"name": c.Name.String(), "extension": c.Extension},
		})
	})
}

// PairBrowser uses a code up and adds the browser, if the code fits. access.ErrNotFound: the code is unknown, too old or does
// not fit, or its person is suspended. A code that comes a second time removes the browser that it made.
func (s *Store) PairBrowser(ctx context.Context, code [32]byte, fits func(PairingCode) bool, id access.BrowserID, tokens TokenPair) (Browser, error) {
	var paired Browser
	var refused error
	err := s.write(ctx, func(tx *gorm.DB) error {
		paired, refused = Browser{}, nil
		c, err := one[pairingCodeRow](tx.Clauses(forUpdate), "code_hash = ?", digest(code))
		if err != nil {
			return err
		}
		person, err := one[personRow](tx.Clauses(unchanged), "id = ?", c.PersonID)
		if err != nil {
			return err
		}
		now := s.now()
		if c.UsedAt != nil {
			refused = access.ErrNotFound
			removed, err := s.removeBrowsers(tx, CodeReused, Actor{}, "id = ?", c.BrowserID)
			if err != nil {
				return err
			}
			return s.record(tx, removed...)
		}
		if !c.ExpiresAt.After(now) || person.Suspended {
			return access.ErrNotFound
		}
		name, err := access.NewName(c.Name)
		if err != nil {
			return unreadable("a pairing code", err)
		}
		used := map[string]any{"used_at": instant{now}}
		var about entry
		if fits(PairingCode{
			Hash: code, PersonID: c.PersonID, Name: name, Extension: ExtensionBuild(c.Extension), RedirectURI: c.RedirectURI,
			Challenge: c.Challenge, Key: c.KeyThumbprint, ExpiresAt: c.ExpiresAt.Time,
		}) {
			row := browserRow{
				ID: id, PersonID: c.PersonID, Name: c.Name, Extension: c.Extension, KeyThumbprint: c.KeyThumbprint,
				PairedAt: instant{now}, LastUsedAt: &instant{now}, EndsAt: instant{tokens.BrowserEndsAt},
			}
			if err := tx.Create(&row).Error; err != nil {
				return err
			}
			if err := s.addTokens(tx, id, tokens); err != nil {
				return err
			}
			used["browser_id"] = id
			paired = row.browser()
			about = row.entry(audit.BrowserPaired, Actor{c.PersonID}, "paired", facts{"extension": c.Extension})
		} else {
			refused = access.ErrNotFound
			about = entry{
				key: fmt.Sprintf("pairing/%x/refused", code), action: audit.PairingRefused, by: Actor{c.PersonID}, person: c.PersonID,
				details: facts{"name": c.Name},
			}
		}
		if err := changeOne(tx.Model(&pairingCodeRow{}).Where("code_hash = ?", digest(code)), used); err != nil {
			return err
		}
		return s.record(tx, about)
	})
	if err != nil {
		return Browser{}, err
	}
	return paired, refused
}

// addTokens also clears away tokens that have expired.
func (s *Store) addTokens(tx *gorm.DB, id access.BrowserID, t TokenPair) error {
	if err := tx.Where("expires_at <= ?", instant{s.now()}).Delete(&browserTokenRow{}).Error; err != nil {
		return err
	}
	return addAll(tx, []browserTokenRow{
		{TokenHash: t.Access, BrowserID: id, Kind: accessToken, ExpiresAt: instant{t.AccessEndsAt}},
		{TokenHash: t.Refresh, BrowserID: id, Kind: refreshToken, ExpiresAt: instant{t.BrowserEndsAt}},
	})
}

// RotateTokens replaces a refresh token, which was presented with a proof of key. access.ErrNotFound: it is unknown, or its
// browser, which is returned then, is removed or over, or the person is suspended. A token that was used before, unless its answer may just have been lost, and one
// that came with another key, removes the browser: somebody has copied it.
func (s *Store) RotateTokens(ctx context.Context, refresh, key [32]byte, next TokenPair) (Browser, error) {
	var after Browser
	var refused error
	err := s.write(ctx, func(tx *gorm.DB) error {
		after, refused = Browser{}, nil
		known, err := one[browserTokenRow](tx, "token_hash = ? AND kind = ?", digest(refresh), refreshToken)
		if err != nil {
			return err
		}
		b, err := one[browserRow](tx.Clauses(forUpdate), "id = ?", known.BrowserID)
		if err != nil {
			return err
		}
		// Read again under the lock: of two uses at once, the second one sees the first.
		token, err := one[browserTokenRow](tx, "token_hash = ?", digest(refresh))
		if err != nil {
			return err
		}
		person, err := one[personRow](tx, "id = ?", b.PersonID)
		if err != nil {
			return err
		}
		now := s.now()
		remove := func(because BrowserRemoval) error {
			refused = access.ErrNotFound
			removed, err := s.removeBrowsers(tx, because, Actor{}, "id = ?", b.ID)
			if err != nil {
				return err
			}
			return s.record(tx, removed...)
		}
		switch {
		case b.RemovedAt != nil, !b.EndsAt.After(now), person.Suspended:
			after, refused = b.browser(), access.ErrNotFound
			return nil
		case b.KeyThumbprint != digest(key):
			return remove(ForeignKey)
		case token.UsedAt != nil && now.Sub(token.UsedAt.Time) >= lostAnswer:
			return remove(RefreshTokenReused)
		case token.UsedAt == nil:
			if err := tx.Model(&browserTokenRow{}).Where("token_hash = ?", digest(refresh)).Update("used_at", instant{now}).Error; err != nil {
				return err
			}
		}
		if err := s.addTokens(tx, b.ID, next); err != nil {
			return err
		}
		b.LastUsedAt, b.EndsAt = &instant{now}, instant{next.BrowserEndsAt}
		after = b.browser()
		return changeOne(tx.Model(&browserRow{}).Where("id = ?", b.ID), map[string]any{"last_used_at": b.LastUsedAt, "ends_at": b.EndsAt})
	})
	if err != nil {
		return Browser{}, err
	}
	return after, refused
}

// BrowserOf returns the browser to which an access token belongs, also where it was removed; access.ErrNotFound for a token
// that is unknown or too old.
func (s *Store) BrowserOf(ctx context.Context, token [32]byte) (Browser, error) {
	var row browserRow
	err := s.db.WithContext(ctx).Table("paired_browsers AS b").Select(columnsOf[browserRow]("b")).
		Joins("JOIN browser_tokens t ON t.browser_id = b.id").
		Where("t.token_hash = ? AND t.kind = ? AND t.expires_at > ?", digest(token), accessToken, instant{s.now()}).Take(&row).Error
	return row.browser(), translate(err)
}
