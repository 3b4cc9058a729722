package access

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func lifetimeOf(t require.TestingT, d time.Duration) Lifetime {
	l, err := NewLifetime(d)
	require.NoError(t, err)
	return l
}

func limitsOf(t require.TestingT, standard, maximum time.Duration) Limits {
	l, err := NewLimits(lifetimeOf(t, standard), lifetimeOf(t, maximum))
	require.NoError(t, err)
	return l
}

// admitted is a situation in which everything speaks for a grant.
func admitted(t require.TestingT) Situation {
	name, err := NewName("Help desk")
	require.NoError(t, err)
	return Situation{
		Entitled:       true,
		Connection:     Connected,
		CustomerLimits: limitsOf(t, 4*time.Hour, 8*time.Hour),
		Profile: Profile{
			ID:         MustID[ProfileID]("00000000-0000-4000-8000-00000000000a"),
			Name:       name,
			Roles:      []RoleID{MustID[RoleID]("729827e3-9c14-49f7-bb1b-9608f156bbb8")},
			Credential: PassOnly,
			Limits:     limitsOf(t, time.Hour, 4*time.Hour),
		},
	}
}

func TestDecide(t *testing.T) {
	reason, err := NewReason("printer is on fire")
	require.NoError(t, err)
	ticket, err := NewTicket("T-42")
	require.NoError(t, err)

	cases := []struct {
		name    string
		change  func(*Situation, *Request)
		refused []RefusalCode
	}{
		{"everything is in order", func(*Situation, *Request) {}, nil},
		{"person suspended", func(s *Situation, _ *Request) { s.PersonSuspended = true }, []RefusalCode{RefusedPersonSuspended}},
		{"not entitled", func(s *Situation, _ *Request) { s.Entitled = false }, []RefusalCode{RefusedNotEntitled}},
		{"not entitled says nothing else", func(s *Situation, _ *Request) { s.Entitled = false; s.Connection = Broken }, []RefusalCode{RefusedNotEntitled}},
		{"unconnected", func(s *Situation, _ *Request) { s.Connection = Unconnected }, []RefusalCode{RefusedCustomerUnavailable}},
		{"broken", func(s *Situation, _ *Request) { s.Connection = Broken }, []RefusalCode{RefusedCustomerUnavailable}},
		{"disconnecting", func(s *Situation, _ *Request) { s.Connection = Disconnecting }, []RefusalCode{RefusedCustomerUnavailable}},
		{"connection unreadable", func(s *Situation, _ *Request) { s.Connection = "" }, []RefusalCode{RefusedCustomerUnavailable}},
		{"profile without roles", func(s *Situation, _ *Request) { s.Profile.Roles = nil }, []RefusalCode{RefusedProfileUnusable}},
		{"profile without credential", func(s *Situation, _ *Request) { s.Profile.Credential = "" }, []RefusalCode{RefusedProfileUnusable}},
		{"at the maximum", func(s *Situation, r *Request) { r.Lifetime = s.Profile.Limits.Maximum() }, nil},
		{"above the profile's maximum", func(_ *Situation, r *Request) { r.Lifetime = lifetimeOf(t, 4*time.Hour+time.Second) }, []RefusalCode{RefusedLifetime}},
		{"above the customer's maximum", func(s *Situation, r *Request) {
			s.CustomerLimits = limitsOf(t, time.Minute, time.Hour)
			r.Lifetime = lifetimeOf(t, 2*time.Hour)
		}, []RefusalCode{RefusedLifetime}},
		{"profile's limits unreadable", func(s *Situation, _ *Request) { s.Profile.Limits = Limits{} }, []RefusalCode{RefusedLifetime}},
		{"customer's limits unreadable", func(s *Situation, _ *Request) { s.CustomerLimits = Limits{} }, []RefusalCode{RefusedLifetime}},
		{"reason missing", func(s *Situation, _ *Request) { s.Profile.ReasonRequired = true }, []RefusalCode{RefusedReason}},
		{"reason given", func(s *Situation, r *Request) { s.Profile.ReasonRequired = true; r.Reason = reason }, nil},
		{"ticket missing", func(s *Situation, _ *Request) { s.Profile.TicketRequired = true }, []RefusalCode{RefusedTicket}},
		{"ticket given", func(s *Situation, r *Request) { s.Profile.TicketRequired = true; r.Ticket = ticket }, nil},
		{"everything that is wrong is named at once", func(s *Situation, r *Request) {
			s.Profile.ReasonRequired, s.Profile.TicketRequired = true, true
			r.Lifetime = lifetimeOf(t, 24*time.Hour)
		}, []RefusalCode{RefusedLifetime, RefusedReason, RefusedTicket}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			situation, request := admitted(t), Request{}
			c.change(&situation, &request)
			terms, err := Decide(request, situation)
			if c.refused == nil {
				require.NoError(t, err)
				require.NotEmpty(t, terms.Roles)
				return
			}
			var refused Refused
			require.ErrorAs(t, err, &refused)
			var codes []RefusalCode
			for _, refusal := range refused {
				codes = append(codes, refusal.Code)
				require.NotEmpty(t, refusal.Advice)
			}
			require.Equal(t, c.refused, codes)
			require.Equal(t, Terms{}, terms)
		})
	}
}

// LeastPower: whatever is asked for in whatever situation, terms never exceed what policy allows.
func TestDecide_LeastPowerProperty(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		situation := admitted(rt)
		seconds := func(what string) time.Duration {
			return time.Duration(rapid.Int64Range(1, 86400).Draw(rt, what)) * time.Second
		}
		limits := func(what string) Limits {
			if rapid.Bool().Draw(rt, what+" unreadable") {
				return Limits{}
			}
			maximum := seconds(what)
			return limitsOf(rt, min(maximum, seconds(what+" default")), maximum)
		}
		situation.Profile.Limits, situation.CustomerLimits = limits("profile"), limits("customer")
		situation.Entitled = rapid.Bool().Draw(rt, "entitled")
		situation.PersonSuspended = rapid.Bool().Draw(rt, "suspended")
		situation.Connection = ConnectionState(rapid.SampledFrom([]string{"", "connected", "broken", "unconnected", "nonsense"}).Draw(rt, "connection"))
		var request Request
		if rapid.Bool().Draw(rt, "asks for a lifetime") {
			request.Lifetime = lifetimeOf(rt, seconds("lifetime"))
		}

		terms, err := Decide(request, situation)
		if err != nil {
			var refused Refused
			if !errors.As(err, &refused) || len(refused) == 0 {
				rt.Fatalf("an error without a reason: %v", err)
			}
			return
		}
		for name, bound := range map[string]Limits{"profile": situation.Profile.Limits, "customer": situation.CustomerLimits} {
			if terms.Lifetime.Duration() > bound.Maximum().Duration() || terms.Maximum.Duration() > bound.Maximum().Duration() {
				rt.Fatalf("beyond the limits of the %s", name)
			}
		}
		if !situation.Entitled || situation.PersonSuspended || situation.Connection != Connected || terms.Lifetime.IsZero() {
			rt.Fatalf("granted in %+v", situation)
		}
		if !request.Lifetime.IsZero() && terms.Lifetime != request.Lifetime {
			rt.Fatalf("another lifetime than asked for")
		}
	})
}
