package doctor

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"hourglass/internal/access"
	"hourglass/internal/entra"
	"hourglass/internal/secretfile"
	"hourglass/internal/store"
)

// renewal is how long before its end a certificate should be renewed.
const renewal = 30 * 24 * time.Hour

// longestCertificate is far more than a chain of them.
const longestCertificate = 256 << 10

// Certificate looks at how long the app's certificate is good for.
func Certificate(path string, now time.Time) Part {
	return Part{"app certificate", func(context.Context) []Finding {
		content, err := secretfile.Read(path, longestCertificate)
		if err != nil {
			return []Finding{broken("it cannot be read: "+err.Error(), "correct HOURGLASS_ENTRA_CLIENT_CERTIFICATE_FILE")}
		}
		ends, err := endOf(content)
		if err != nil {
			return []Finding{broken(err.Error(), "give it a PEM file with certificate and private key")}
		}
		return []Finding{goodUntil(ends, now, "make a new certificate, add it to the app registration beside the old one, give its file to the worker, restart the worker")}
	}}
}

// Secret looks at how long the app's secret is good for, as far as the settings say so.
func Secret(ends, now time.Time) Part {
	return Part{"app secret", func(context.Context) []Finding {
		if ends.IsZero() {
			return []Finding{warning("nobody said when it ends", "set HOURGLASS_ENTRA_CLIENT_SECRET_EXPIRES, or better use a certificate")}
		}
		return []Finding{goodUntil(ends, now, "make a new secret in the app registration, give it to the worker, restart the worker")}
	}}
}

func goodUntil(ends, now time.Time, remedy string) Finding {
	switch left := ends.Sub(now); {
	case left <= 0:
		return broken("it ended on "+ends.Format(time.DateOnly)+": Microsoft refuses the app, no grant begins and none ends", remedy)
	case left < renewal:
		return warning(fmt.Sprintf("it ends on %s, in %d days", ends.Format(time.DateOnly), int(left.Hours()/24)), remedy)
	}
	return well("it is good until " + ends.Format(time.DateOnly))
}

// endOf is the end of the first certificate, which is the app's own.
func endOf(content []byte) (time.Time, error) {
	for block, rest := pem.Decode(content); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return time.Time{}, errors.New("the certificate in the file cannot be read")
		}
		return certificate.NotAfter, nil
	}
	return time.Time{}, errors.New("the file holds no certificate")
}

// together is how many tenants are asked at the same time: a thousand of them, at two questions of some 400 ms each, are asked
// well within the time of a part. A slower Microsoft, or eight at a time, would make the last ones look out of reach.
const together = 32

// Customers looks at the connection of each connected customer: a fresh token, its permissions, and whose tenant answers.
func Customers(s *store.Store, microsoft *entra.Client) Part {
	return Part{"customers", func(ctx context.Context) []Finding {
		customers, err := s.Customers(ctx)
		if err != nil {
			return []Finding{broken("the customers cannot be read: "+err.Error(), "mend the database first")}
		}
		customers = slices.DeleteFunc(customers, func(c store.Customer) bool { return c.Connection != access.Connected })
		if len(customers) == 0 {
			return []Finding{well("none is connected yet, so Microsoft was not asked")}
		}
		found := make([]Finding, len(customers))
		var asking errgroup.Group
		asking.SetLimit(together)
		for i, c := range customers {
			asking.Go(func() error { found[i] = customer(ctx, microsoft, c); return nil })
		}
		_ = asking.Wait() // no customer stands in the way of another
		return found
	}}
}

func customer(ctx context.Context, microsoft *entra.Client, c store.Customer) Finding {
	name := c.Name.String()
	tenant := microsoft.Tenant(c.TenantID)
	held, err := tenant.Permissions(ctx)
	if err != nil {
		return refusal(name, err)
	}
	var missing []string
	level := Warning
	for _, p := range entra.Permissions {
		if slices.Contains(held, p.Name) {
			continue
		}
		missing = append(missing, p.Name)
		if p.Need == access.NeededByEveryGrant {
			level = Broken
		}
	}
	if missing != nil {
		return Finding{
			Level: level, Says: name + ": the consent lacks " + strings.Join(missing, ", "),
			Remedy: "declare them in the app registration, and connect the customer again so that an administrator consents",
		}
	}
	if _, err := tenant.Organization(ctx); err != nil {
		return refusal(name, err)
	}
	return well(name + " is connected: token, permissions and tenant are right")
}

// refusal says what a failure of Microsoft's means for a customer.
func refusal(name string, err error) Finding {
	e, ok := errors.AsType[*entra.Error](err)
	if !ok {
		return broken(name+": "+err.Error(), "run hourglass doctor again")
	}
	says := name + ": " + strings.TrimPrefix(e.Error(), "entra: ")
	switch {
	case e.Code == entra.CodeWrongTenant || e.Code == entra.CodeWrongApp:
		return broken(says, "do not use this connection; find out who answers in Microsoft's place (HOURGLASS_ENTRA_AUTHORITY_URL, proxies)")
	case e.ConsentMissing():
		return broken(says, "connect the customer again: its tenant does not know the app any more")
	case e.Kind == entra.Unauthenticated:
		return broken(says, "renew the app's certificate or secret if it ended, or connect the customer again if its consent was taken back")
	case e.Kind == entra.Throttled || e.Kind == entra.Unavailable:
		return warning(says, "wait a minute and run hourglass doctor again; if it stays, check the way to Microsoft (proxy, firewall)")
	}
	return broken(says, "connect the customer again")
}

// Unasked is for a process that cannot ask Microsoft.
func Unasked() Part {
	return Part{"customers", func(context.Context) []Finding {
		return []Finding{warning("Microsoft was not asked: here is neither the app's certificate nor its secret", "run hourglass doctor with the worker's settings")}
	}}
}
