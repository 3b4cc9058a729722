package access

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestTransitions(t *testing.T) {
	for _, from := range States {
		for _, to := range States {
			err := CheckTransition(from, to)
			legal := err == nil
			switch {
			case from == Ended:
				require.False(t, legal, "nothing leaves ended")
			case to == Ended:
				require.Equal(t, from == Ending || from == AwaitingApproval, legal, "from %s", from)
			case to == Active:
				require.Equal(t, from == Provisioning, legal, "from %s", from)
			}
			if !legal {
				require.ErrorIs(t, err, ErrIllegalTransition)
			}
		}
	}
}

func TestEveryLiveStateReachesEnded(t *testing.T) {
	reaches := map[State]bool{Ended: true}
	for range States {
		for _, step := range Transitions {
			reaches[step.From] = reaches[step.From] || reaches[step.To]
		}
	}
	for _, state := range States {
		require.True(t, reaches[state], state)
	}
}

func TestLifetimeRefusesWhatCannotBeRead(t *testing.T) {
	for _, seconds := range []int64{0, -1, 86401, 1 << 62, -1 << 63, 18446744074 /* wraps into a legal duration */} {
		_, err := LifetimeOfSeconds(seconds)
		require.ErrorIs(t, err, ErrInvalid, seconds)
	}
	for _, text := range []string{"", "4", "1.5s", "25h", "-1h", "forever"} {
		var l Lifetime
		require.Error(t, l.UnmarshalText([]byte(text)), text)
		require.True(t, l.IsZero())
	}
	l, err := LifetimeOfSeconds(90)
	require.NoError(t, err)
	require.Equal(t, 90*time.Second, l.Duration())
}

func TestLimits(t *testing.T) {
	_, err := NewLimits(lifetimeOf(t, 2*time.Hour), lifetimeOf(t, time.Hour))
	require.ErrorIs(t, err, ErrInvalid)
	_, err = NewLimits(Lifetime{}, lifetimeOf(t, time.Hour))
	require.ErrorIs(t, err, ErrInvalid)
	require.False(t, Limits{}.Admits(lifetimeOf(t, time.Second)))
}

func TestIDs(t *testing.T) {
	const upper = "62E90394-69F5-4237-9190-012177145E10"
	id, err := ParseID[RoleID](upper)
	require.NoError(t, err)
	require.Equal(t, strings.ToLower(upper), id.String())

	for _, s := range []string{"", "x", upper + "0", strings.ReplaceAll(upper, "-", "_"), "62E90394-69F5-4237-9190-01217714ZE10", "62e9039469f54237-9190-012177145e10--"} {
		_, err := ParseID[RoleID](s)
		require.ErrorIs(t, err, ErrInvalid, s)
	}

	encoded, err := json.Marshal(map[string]any{"id": id, "none": GrantID{}})
	require.NoError(t, err)
	require.JSONEq(t, `{"id":"62e90394-69f5-4237-9190-012177145e10","none":""}`, string(encoded))
	var back RoleID
	require.NoError(t, json.Unmarshal([]byte(`"`+upper+`"`), &back))
	require.Equal(t, id, back)
	require.Error(t, json.Unmarshal([]byte(`"../../etc"`), &back))

	var scanned RoleID
	value, err := id.Value()
	require.NoError(t, err)
	require.NoError(t, scanned.Scan(value))
	require.Equal(t, id, scanned)
	value, err = RoleID{}.Value()
	require.NoError(t, err)
	require.Nil(t, value)
	require.Error(t, scanned.Scan(42))
}

func TestMarkerIsFoundAgain(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var random [8]byte
		copy(random[:], rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(rt, "random"))
		m := NewMarker(random)
		if len(m.String()) > 16 {
			rt.Fatalf("employeeId holds 16 characters, not %q", m)
		}
		back, err := ParseMarker(m.String())
		if err != nil || back != m {
			rt.Fatalf("%q became %q: %v", m, back, err)
		}
	})
	for _, s := range []string{"", "HG-", "HG-0000000000000", "XX-AAAAAAAAAAAAA", "HG-aaaaaaaaaaaaa"} {
		_, err := ParseMarker(s)
		require.ErrorIs(t, err, ErrInvalid, s)
	}
}

func TestUPN(t *testing.T) {
	legal := map[string]string{"Ada@Contoso.onmicrosoft.com": "ada@contoso.onmicrosoft.com", "o'neil_x-y!#^~@a.b": "o'neil_x-y!#^~@a.b"}
	for in, out := range legal {
		upn, err := ParseUPN(in)
		require.NoError(t, err, in)
		require.Equal(t, out, upn.String())
	}
	for _, s := range []string{"", "@contoso.com", "ada", "ada@", "ada@contoso", "a b@contoso.com", "ä@contoso.com", ".ada@contoso.com", "ada.@contoso.com", "ada@con/toso.com", "ada@x@contoso.com", strings.Repeat("a", 65) + "@contoso.com"} {
		_, err := ParseUPN(s)
		require.ErrorIs(t, err, ErrInvalid, s)
	}
}

func TestTextRefusesWhatCouldForgeALine(t *testing.T) {
	for _, s := range []string{"two\nlines", "bell\a", "zero\u200bwidth", "right\u202eleft", "bad\xff", strings.Repeat("x", 501)} {
		_, err := NewReason(s)
		require.ErrorIs(t, err, ErrInvalid, s)
		_, err = NewName(s)
		require.ErrorIs(t, err, ErrInvalid, s)
	}
	for _, s := range []string{"مساعدة", "می\u200cخواهم", strings.Repeat("ß", 120)} {
		_, err := NewName(s)
		require.NoError(t, err, s)
	}
	_, err := NewTicket("T 42")
	require.ErrorIs(t, err, ErrInvalid)
	_, err = NewName("  ")
	require.ErrorIs(t, err, ErrInvalid)
}

func TestWordsRefuseUnknownOnes(t *testing.T) {
	refuses := map[string]func(string) error{
		"role":       func(s string) error { _, err := ParseMSPRole(s); return err },
		"state":      func(s string) error { _, err := ParseState(s); return err },
		"outcome":    func(s string) error { _, err := ParseOutcome(s); return err },
		"credential": func(s string) error { _, err := ParseCredentialKind(s); return err },
		"connection": func(s string) error { _, err := ParseConnectionState(s); return err },
	}
	for name, parse := range refuses {
		for _, word := range []string{"", "ADMIN", "owner", "active "} {
			require.ErrorIs(t, parse(word), ErrInvalid, "%s %q", name, word)
		}
	}
}

// TwoKeys: a secret shows itself to nobody who did not call Reveal.
func TestTwoKeys_SecretDoesNotPrint(t *testing.T) {
	const canary = "canary-7f3a"
	credential := Credential{UserName: "ada", Password: NewSecret(canary), Pass: NewSecret(canary)}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "c", credential, "p", credential.Pass)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "c", credential, "p", &credential.Pass)
	_, err := json.Marshal(credential)
	require.Error(t, err)
	printed := log.String() + err.Error()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		printed += fmt.Sprintf(verb, credential) + fmt.Sprintf(verb, credential.Pass)
	}
	require.NotContains(t, printed, canary)
	require.NotContains(t, printed, fmt.Sprintf("%x", canary))
	require.Equal(t, canary, credential.Pass.Reveal())
}
