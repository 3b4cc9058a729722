package bulk

import (
	"strings"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

var customerColumns = []column{{"name", true}, {"tenant", false}, {"account_domain", false}, {"default_lifetime", false}, {"maximum_lifetime", false}}

// The limits of a new customer of which the file does not say any.
var usualDefault, usualMaximum = hours(4), hours(8)

func hours(n int) access.Lifetime {
	l, err := access.NewLifetime(time.Duration(n) * time.Hour)
	if err != nil {
		panic(err) // written in this package
	}
	return l
}

func customerCells(c store.Customer) []string {
	return []string{c.Name.String(), c.TenantID.String(), c.AccountDomain, lifetimeCell(c.Limits.Default()), lifetimeCell(c.Limits.Maximum())}
}

func exportCustomers(r store.Roster) (rows [][]string) {
	for _, c := range r.Customers {
		rows = append(rows, customerCells(c))
	}
	return rows
}

// planCustomers knows a customer by its name.
func planCustomers(p *plan) error {
	known := newDirectory(p.roster.Customers, func(c store.Customer) access.Name { return c.Name })
	seen := once{}
	for _, l := range p.lines {
		l.What = l.cell("name")
		name, err := access.NewName(l.What)
		if err != nil {
			l.problem("name", "invalid", adviceName)
			continue
		}
		found := known.find(name.String())
		before := store.Customer{Connection: access.Unconnected}
		switch len(found) {
		case 0:
			seen.check(l, "name", folded(name.String()))
		case 1:
			before = found[0]
			seen.check(l, "name", before.ID.String())
		default:
			l.problem("name", "ambiguous", "Several customers are called so. Give them different names first.")
			continue
		}
		after := before
		after.Name = name
		settleCustomer(l, &after)
		switch {
		case l.Outcome == Refused:
		case len(found) == 0:
			l.Outcome = Create
			if after.ID, err = access.ParseID[access.CustomerID](p.newID()); err != nil {
				return err
			}
			p.changes.AddCustomers = append(p.changes.AddCustomers, after)
		case after.Settings() != before.Settings():
			l.becomes(customerColumns, customerCells(before), customerCells(after))
			p.changes.ChangeCustomers = append(p.changes.ChangeCustomers, store.CustomerChange{ID: after.ID, To: after.Settings()})
		}
	}
	return nil
}

// settleCustomer reads everything but the name.
func settleCustomer(l *line, c *store.Customer) {
	if tenant := l.cell("tenant"); tenant != "" && !strings.EqualFold(tenant, c.TenantID.String()) {
		l.problem("tenant", "fixed", "Empty the cell, and connect the customer: its tenant comes from the consent that its administrator gives.")
	}
	parsed(l, "account_domain", &c.AccountDomain, access.ParseDomain, "Write a domain name in ASCII, such as contoso.onmicrosoft.com.")

	standard, maximum := c.Limits.Default(), c.Limits.Maximum()
	parsed(l, "default_lifetime", &standard, parseLifetime, adviceLifetime)
	parsed(l, "maximum_lifetime", &maximum, parseLifetime, adviceLifetime)
	if l.cell("default_lifetime")+l.cell("maximum_lifetime") == "" && !c.ID.IsZero() {
		return // also where the limits that are there cannot be used
	}
	if maximum.IsZero() {
		maximum = usualMaximum
	}
	if standard.IsZero() {
		standard = usualDefault
		if standard.Duration() > maximum.Duration() {
			standard = maximum
		}
	}
	limits, err := access.NewLimits(standard, maximum)
	if err != nil {
		l.problem("default_lifetime", "invalid", "Write a default lifetime that is at most the maximum lifetime.")
		return
	}
	c.Limits = limits
}

const adviceLifetime = "Write whole hours, minutes or seconds, such as 4h, 90m or 1h30m, at most 24h."

func parseLifetime(cell string) (l access.Lifetime, err error) {
	return l, l.UnmarshalText([]byte(strings.ToLower(strings.ReplaceAll(cell, " ", ""))))
}

// lifetimeCell is "4h" and not "4h0m0s".
func lifetimeCell(l access.Lifetime) string {
	if l.IsZero() {
		return ""
	}
	text := l.String()
	if short, whole := strings.CutSuffix(text, "m0s"); whole {
		text = short + "m"
	}
	if short, whole := strings.CutSuffix(text, "h0m"); whole {
		text = short + "h"
	}
	return text
}
