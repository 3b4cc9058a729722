package seal

import (
	"errors"

	failurepb "go.temporal.io/api/failure/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
)

// DataConverter is Temporal's own converter with every payload encrypted. Clients, workers and replayers use it
// together with FailureConverter: alone it leaves the details of failures in clear (temporal.md, 2.9).
func DataConverter(codec *Codec) converter.DataConverter {
	return converter.NewCodecDataConverter(converter.GetDefaultDataConverter(), codec)
}

// FailureConverter encrypts message, stack trace and details of every failure and of its causes. The Type of an
// application error stays in clear: it is a word from a fixed list, never a sentence.
func FailureConverter(codec *Codec) converter.FailureConverter {
	return failureConverter{temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{
		DataConverter:          DataConverter(codec),
		EncodeCommonAttributes: true,
	})}
}

// failureConverter keeps a failure that cannot be encoded from taking the worker down. Temporal's converter panics
// then; with a working keyset only details can bring that about that JSON does not hold, such as an access.Secret.
type failureConverter struct{ converter.FailureConverter }

func (c failureConverter) ErrorToFailure(err error) (failure *failurepb.Failure) {
	defer func() {
		if recover() != nil {
			failure = c.FailureConverter.ErrorToFailure(withoutContent(err))
		}
	}()
	return c.FailureConverter.ErrorToFailure(err)
}

// withoutContent keeps of an error what decides about retries, and nothing that has to be encoded.
func withoutContent(err error) error {
	const message = "a failure's details cannot be encoded (this is a bug)"
	application, isApplication := err.(*temporal.ApplicationError) // Temporal too looks at the outermost error alone
	if !isApplication {
		return errors.New(message)
	}
	return temporal.NewApplicationErrorWithOptions(message, application.Type(), temporal.ApplicationErrorOptions{
		NonRetryable:   application.NonRetryable(),
		NextRetryDelay: application.NextRetryDelay(),
		Category:       application.Category(),
	})
}
