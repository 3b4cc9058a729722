// Package seal keeps secrets shut (two-keys): keysets and their rotation, the data keys of grants and
// the credentials sealed with them, the keys of customers' own apps, fresh passwords, and the codec through which everything passes
// that is given to Temporal.
//
// There are two keysets, and they must be different ones (Distinct tells):
//
//   - The vault's keyset wraps the data key of each grant. The wrapped data key lies in the database,
//     the credential that it seals lies in the workflow, the keyset lies in neither. With the data key
//     destroyed, nobody opens the credential again. The keys of customers' own apps are sealed under this
//     keyset itself, for as long as they are in use.
//   - The codec's keyset encrypts every payload of Temporal. Who may read workflows through the codec
//     server holds this key, and still reads no credential.
//
// Rotation of either: AddKey, deploy to every process, SetPrimary, deploy again. From then on new data
// is sealed under the new key and old data still opens. A key may be removed once nothing is sealed
// under it: for the vault after Rewrap of the data keys of all live grants and ResealAppKey of all apps'
// keys (hourglass keys rewrap), for the codec after the retention of the namespace plus the longest lifetime of a grant.
//
// What Temporal keeps in clear whatever the codec does: workflow ids, workflow and activity types, task
// queues, search attributes, worker identities, and the Type of an application error. Nothing secret
// and nothing personal belongs there. Messages, stack traces and details of failures are encrypted.
//
// Cryptography is Tink's (AES-256-GCM); this package only decides what is bound to what. It knows
// nothing of the database, of Microsoft or of HTTP.
package seal
