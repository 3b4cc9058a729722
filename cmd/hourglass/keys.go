package main

import (
	"context"
	"fmt"
	"io"

	"hourglass/internal/seal"
	"hourglass/internal/store"
)

type keysCommands struct {
	Create keysCreateCommand `cmd:"" help:"Make a keyset file with one key. Never overwrites."`
	Add    keysAddCommand    `cmd:"" help:"Add a key to a keyset file. It opens nothing yet: give the file to every process first, then make it primary."`
	Use    keysUseCommand    `cmd:"" help:"Make a key the primary one, which seals from now on. The others still open."`
	Rewrap keysRewrapCommand `cmd:"" help:"Put everything in the database that is sealed under the keyset of KEYSET_FILE under its primary key. Afterwards its other keys are not needed any more."`
	Remove keysRemoveCommand `cmd:"" help:"Remove a key from a keyset file for good: what is still sealed under it is lost. First: hourglass keys rewrap; for the codec's keyset, wait for the retention of the Temporal namespace and a day."`
	List   keysListCommand   `cmd:"" help:"List the ids of the keys in a file."`
}

type keysetFile struct {
	File string `arg:"" help:"Keyset file; readable by its owner alone."`
}

type keysCreateCommand struct{ keysetFile }

func (c keysCreateCommand) Run(out io.Writer) error {
	text, err := seal.CreateKeyset()
	if err != nil {
		return err
	}
	if err := seal.CreateKeysetFile(c.File, text); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s made. Keep a copy in a safe place: what is sealed under a lost key is lost.\n", c.File)
	return err
}

type keysAddCommand struct{ keysetFile }

func (c keysAddCommand) Run(out io.Writer) error {
	text, err := seal.ReadKeysetFile(c.File)
	if err != nil {
		return err
	}
	extended, id, err := seal.AddKey(text)
	if err != nil {
		return err
	}
	if err := seal.ReplaceKeysetFile(c.File, extended); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "key %d added. When every process has read the file: hourglass keys use %s %d\n", id, c.File, id)
	return err
}

type keysUseCommand struct {
	keysetFile
	ID uint32 `arg:"" help:"Id of the key."`
}

func (c keysUseCommand) Run(out io.Writer) error {
	text, err := seal.ReadKeysetFile(c.File)
	if err != nil {
		return err
	}
	changed, err := seal.SetPrimary(text, c.ID)
	if err != nil {
		return err
	}
	if err := seal.ReplaceKeysetFile(c.File, changed); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "key %d is primary once the processes have been restarted\n", c.ID)
	return err
}

type keysRewrapCommand struct{}

// Run may be repeated, and while the product runs: every process opens both the old and the new.
func (keysRewrapCommand) Run(ctx context.Context, out io.Writer) error {
	var m mistakes
	settings, s := openStore(ctx, &m)
	m.note(upToDate(ctx, s))
	keys, err := keyset("KEYSET", settings.Keyset, settings.KeysetFile)
	m.note(err)
	if err := m.err(); err != nil {
		return err
	}
	defer s.Close()
	vault := seal.NewVault(keys)
	grants, err := s.RewrapDataKeys(ctx, vault.Rewrap)
	if err != nil {
		return fmt.Errorf("after %d data keys: %w", grants, err)
	}
	apps, err := s.ResealAppKeys(ctx, func(k store.AppKey) ([]byte, error) {
		return vault.ResealAppKey(seal.AppKeyPlace{Customer: k.CustomerID, Tenant: k.TenantID, Kind: k.Kind}, k.Sealed)
	})
	if err != nil {
		return fmt.Errorf("after %d apps' keys: %w", apps, err)
	}
	_, err = fmt.Fprintf(out, "%d data keys of grants and %d keys of customers' apps are sealed under key %d\n", grants, apps, keys.PrimaryID())
	return err
}

type keysRemoveCommand struct {
	keysetFile
	ID uint32 `arg:"" help:"Id of the key; never the primary one."`
}

func (c keysRemoveCommand) Run(out io.Writer) error {
	text, err := seal.ReadKeysetFile(c.File)
	if err != nil {
		return err
	}
	shrunk, err := seal.RemoveKey(text, c.ID)
	if err != nil {
		return err
	}
	if err := seal.ReplaceKeysetFile(c.File, shrunk); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "key %d removed\n", c.ID)
	return err
}

type keysListCommand struct{ keysetFile }

func (c keysListCommand) Run(out io.Writer) error {
	keys, err := seal.LoadKeyset(c.File)
	if err != nil {
		return err
	}
	for _, key := range keys.Keys() {
		primary := ""
		if key.ID == keys.PrimaryID() {
			primary = " primary"
		}
		if _, err := fmt.Fprintf(out, "%d%s\n", key.ID, primary); err != nil {
			return err
		}
	}
	return nil
}
