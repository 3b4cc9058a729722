package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

// CustomerPage returns a page of customers by name, and the cursor of the next page, "" at the end. A
// page lacks what cannot be read, and the next one begins behind it. A cursor that did not come from here is access.ErrInvalid.
func (s *Store) CustomerPage(ctx context.Context, f CustomerFilter) (page []Customer, next string, err error) {
	limit := pageSize(f.Limit)
	query := customersByName(s.db.WithContext(ctx)).Limit(limit + 1)
	if f.Search != "" {
		query = query.Where(`sort_name LIKE ? ESCAPE '\'`, containing(f.Search))
	}
	if f.After != "" {
		name, id, err := parseNameCursor(f.After)
		if err != nil {
			return nil, "", err
		}
		query = query.Where("(sort_name, id) > (?, ?)", name, id)
	}
	var rows []customerRow
	if err := query.Find(&rows).Error; err != nil {
		return nil, "", translate(err)
	}
	if len(rows) > limit {
		rows = rows[:limit]
		next = nameCursor(rows[limit-1].SortName, rows[limit-1].ID.String())
	}
	return listed(ctx, s, rows, customerRow.customer), next, nil
}

func customersByName(db *gorm.DB) *gorm.DB { return present(db).Order("sort_name, id") }

// ChangeCustomer changes a customer's name and settings, at a revision (see unchangedSince). What is so already changes
// nothing. A customer that has a tenant keeps an account domain (access.ErrInvalid).
func (s *Store) ChangeCustomer(ctx context.Context, id access.CustomerID, revision int64, to CustomerSettings, by Actor) (changed Customer, err error) {
	err = s.write(ctx, func(tx *gorm.DB) error {
		var entries []entry
		changed, entries, err = s.changeCustomer(tx, id, revision, to, by)
		if err != nil {
			return err
		}
		return s.record(tx, entries...)
	})
	return changed, err
}

// changeCustomer returns no entry where it is so already.
func (s *Store) changeCustomer(tx *gorm.DB, id access.CustomerID, revision int64, to CustomerSettings, by Actor) (changed Customer, entries []entry, err error) {
	row, err := one[customerRow](present(tx.Clauses(forItself)), "id = ?", id)
	if err != nil {
		return Customer{}, nil, err
	}
	if changed, err = row.customer(); err != nil {
		return Customer{}, nil, err
	}
	if to == changed.Settings() {
		return changed, nil, nil
	}
	if err := unchangedSince(row.Revision, revision); err != nil {
		return Customer{}, nil, err
	}
	if to.AccountDomain == "" && !changed.TenantID.IsZero() {
		return Customer{}, nil, fmt.Errorf("%w: accounts are made under a domain", access.ErrInvalid)
	}
	if to.AccountDomain != changed.AccountDomain && changed.Connection == access.Connected {
		if err := beginPreflight(tx, id, changed.TenantID, s.now()); err != nil {
			return Customer{}, nil, err
		}
	}
	changed.Name, changed.AccountDomain, changed.Limits, changed.Naming = to.Name, to.AccountDomain, to.Limits, to.Naming
	changed.Revision++
	standard, maximum := limitColumns(to.Limits)
	err = changeOne(tx.Model(&customerRow{}).Where("id = ?", id), map[string]any{
		"name": to.Name.String(), "sort_name": sortName(to.Name), "account_domain": to.AccountDomain,
		"default_lifetime_seconds": standard, "maximum_lifetime_seconds": maximum,
		"account_name_template": to.Naming.Account.String(), "display_name_template": to.Naming.Display.String(),
		"revision": changed.Revision,
	})
	return changed, []entry{{
		key: fmt.Sprintf("customer/%s/changed/%d", id, changed.Revision), action: audit.CustomerChanged, by: by, customer: id,
		details: facts{
			"name": to.Name.String(), "account_domain": to.AccountDomain,
			"default_lifetime_seconds": standard, "maximum_lifetime_seconds": maximum,
			"account_name_template": to.Naming.Account.String(), "display_name_template": to.Naming.Display.String(),
		},
	}}, err
}
