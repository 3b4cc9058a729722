package bulk

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

var customerColumns = []column{
	{"name", true}, {"tenant", false}, {"account_domain", false}, {"default_lifetime", false}, {"maximum_lifetime", false},
	{"account_name_template", false}, {"display_name_template", false}, {"approvers", false},
}

// The limits of a new customer of which the file does not say any.
var usualDefault, usualMaximum = hours(4), hours(8)

func hours(n int) access.Lifetime {
	l, err := access.NewLifetime(time.Duration(n) * time.Hour)
	if err != nil {
		panic(err) // written in this package
	}
	return l
}

func customerCells(c store.Customer, approvers string) []string {
	return []string{
		c.Name.String(), c.TenantID.String(), c.AccountDomain, lifetimeCell(c.Limits.Default()), lifetimeCell(c.Limits.Maximum()),
		c.Naming.Account.String(), c.Naming.Display.String(), approvers,
	}
}

func exportCustomers(r store.Roster) (rows [][]string) {
	deciding := newApproverPlan(r)
	for _, c := range r.Customers {
		rows = append(rows, customerCells(c, deciding.cell(r.Approvers[c.ID])))
	}
	return rows
}

// planCustomers knows a customer by its name.
func planCustomers(p *plan) error {
	known := newDirectory(p.roster.Customers, func(c store.Customer) access.Name { return c.Name })
	deciding := newApproverPlan(p.roster)
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
		named := p.roster.Approvers[before.ID]
		naming := deciding.settle(l, named)
		switch {
		case l.Outcome == Refused:
		case len(found) == 0:
			l.Outcome = Create
			if after.ID, err = access.ParseID[access.CustomerID](p.newID()); err != nil {
				return err
			}
			p.changes.AddCustomers = append(p.changes.AddCustomers, after)
		case after.Settings() != before.Settings():
			p.changes.ChangeCustomers = append(p.changes.ChangeCustomers, store.CustomerChange{ID: after.ID, To: after.Settings()})
		}
		if l.Outcome == Refused {
			continue
		}
		if deciding.cell(naming) != deciding.cell(named) {
			p.changes.SetApprovers = append(p.changes.SetApprovers, store.ApproversChange{ID: after.ID, To: naming})
		}
		if l.Outcome != Create {
			l.becomes(customerColumns, customerCells(before, deciding.cell(named)), customerCells(after, deciding.cell(naming)))
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

	template(l, "account_name_template", &c.Naming.Account, access.ParseAccountTemplate)
	template(l, "display_name_template", &c.Naming.Display, access.ParseDisplayTemplate)

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

// template reads a template that is another than it is, with the advice of its own.
func template[T fmt.Stringer](l *line, column string, value *T, parse func(string) (T, error)) {
	cell := l.cell(column)
	if cell == "" || cell == (*value).String() {
		return
	}
	parsed, err := parse(cell)
	if wrong, ok := errors.AsType[*access.TemplateError](err); ok {
		l.problem(column, "invalid", wrong.Advice)
		return
	}
	*value = parsed
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
