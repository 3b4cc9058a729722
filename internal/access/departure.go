package access

// AccountStep is how far one account of a customer that leaves has come.
type AccountStep string

const (
	AccountWaiting AccountStep = "waiting"
	// AccountInUse: a grant there has not ended yet. Its end comes first.
	AccountInUse        AccountStep = "ending_grant"
	AccountSwitchingOff AccountStep = "switching_off"
	// AccountStuck: the last try failed. It is tried again until the account is off.
	AccountStuck AccountStep = "stuck"
	// AccountOff: it was read back and is off (proof-of-off).
	AccountOff AccountStep = "off"
)

// Deletion is what became of an account that was to be deleted once it was proven off.
type Deletion string

const (
	AccountDeleted Deletion = "deleted"
	// DeletionRefused: Microsoft does not let the app delete it. It stays, disabled.
	DeletionRefused Deletion = "refused"
)

func ParseDeletion(s string) (Deletion, error) {
	return parseWord(s, "deletion", AccountDeleted, DeletionRefused)
}
