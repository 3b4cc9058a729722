package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/gin-gonic/gin"

	"hourglass/internal/access"
	"hourglass/internal/bulk"
)

// operation is one operation of the document with its row in the table of who may do what.
type operation struct {
	id    string
	rule  rule
	route *routers.Route
	// sheet: the body is a CSV file.
	sheet bool
	// form: the body is a form, as OAuth has it.
	form bool
}

// readDocument reads openapi.yaml and pairs its operations with their rules. Keys are as routeOf makes them.
func readDocument(document []byte) (map[string]operation, error) {
	spec, err := openapi3.NewLoader().LoadFromData(document)
	if err != nil {
		return nil, fmt.Errorf("reading the API document: %w", err)
	}
	if err := spec.Validate(context.Background()); err != nil {
		return nil, fmt.Errorf("checking the API document: %w", err)
	}
	operations := map[string]operation{}
	for path, item := range spec.Paths.Map() {
		for method, op := range item.Operations() {
			rule, found := rules[op.OperationID]
			if !found {
				return nil, fmt.Errorf("%w: nothing says who may use operation %s", access.ErrInvalid, op.OperationID)
			}
			takes := func(mediaType string) bool {
				return op.RequestBody != nil && op.RequestBody.Value.Content.Get(mediaType) != nil
			}
			operations[routeOf(method, path)] = operation{
				id: op.OperationID, rule: rule, sheet: takes(sheetType), form: takes(formType),
				route: &routers.Route{Spec: spec, Path: path, PathItem: item, Method: method, Operation: op},
			}
		}
	}
	return operations, nil
}

// routeOf writes a route of the document as gin names it.
func routeOf(method, path string) string {
	return method + " " + strings.NewReplacer("{", ":", "}", "").Replace(path)
}

func (s *server) operationOf(c *gin.Context) operation {
	return s.operations[c.Request.Method+" "+c.FullPath()]
}

// validate holds a request against the document. What the document does not name is refused.
func (s *server) validate(c *gin.Context) {
	op := s.operationOf(c)
	if err := unknownParameters(op, c.Request); err != nil {
		fail(c, err)
		return
	}
	if op.sheet {
		allowUpload(c)
	}
	if op.route.Operation.RequestBody != nil {
		waiting := time.Now()
		err := op.readableBody(c.Request)
		if err == nil && time.Since(waiting) > s.heartbeat {
			err = s.lookAgain(c, op)
		}
		if err != nil {
			fail(c, err)
			return
		}
	}
	parameters := map[string]string{}
	for _, p := range c.Params {
		parameters[p.Key] = p.Value
	}
	request := c.Request
	if op.sheet {
		request = c.Request.WithContext(c.Request.Context())
		request.Body = http.NoBody // the library would read all of it
	}
	err := openapi3filter.ValidateRequest(c.Request.Context(), &openapi3filter.RequestValidationInput{
		Request:    request,
		PathParams: parameters,
		Route:      op.route,
		Options: &openapi3filter.Options{
			MultiError:         true,
			KeepValidatedValue: true, // the handler gets the very value that was validated
			AuthenticationFunc: openapi3filter.NoopAuthenticationFunc,
			ExcludeRequestBody: op.sheet,
		},
	})
	if err != nil {
		fail(c, &failure{kind: invalidRequest, errors: whatIsWrong(err)})
	}
}

func unknownParameters(op operation, r *http.Request) error {
	var wrong []ProblemError
	for name := range r.URL.Query() {
		if op.route.Operation.Parameters.GetByInAndName(openapi3.ParameterInQuery, name) == nil {
			wrong = append(wrong, ProblemError{Code: "unknown_parameter", Advice: "Leave out query parameters that the API document does not name."})
			break
		}
	}
	if wrong != nil {
		return &failure{kind: invalidRequest, errors: wrong}
	}
	return nil
}

// readableBody sees to it that the body is of the right type. JSON is one value, and not nested without end; a form says nothing
// twice. It is put back.
func (op operation) readableBody(r *http.Request) error {
	wanted := "application/json"
	switch {
	case op.sheet:
		wanted = sheetType
	case op.form:
		wanted = formType
	}
	mediaType, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	charset := parameters["charset"]
	if err != nil || mediaType != wanted || charset != "" && !strings.EqualFold(charset, "utf-8") {
		return &failure{kind: unsupportedMedia, detail: "Send Content-Type: " + wanted + "."}
	}
	body, err := io.ReadAll(r.Body)
	tooLarge, isTooLarge := errors.AsType[*http.MaxBytesError](err)
	switch {
	case isTooLarge && op.sheet:
		return tooLong(bulk.ErrTooLong)
	case isTooLarge:
		return tooLarge
	case op.sheet && err != nil:
		return &failure{kind: invalidRequest, detail: "The file did not come to its end. Send it again.", cause: err}
	case op.sheet: // whoever imports it reads it
	case err != nil, !utf8.Valid(body), !op.form && (!json.Valid(body) || depth(body) > deepestJSON), op.form && !readableForm(body):
		return &failure{kind: malformedBody}
	}
	r.Header.Set("Content-Type", wanted)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return nil
}

// formType is what OAuth's requests come in.
const formType = "application/x-www-form-urlencoded"

// readableForm reports whether a form says each thing once (RFC 6749, section 3.2).
func readableForm(body []byte) bool {
	fields, err := url.ParseQuery(string(body))
	for _, values := range fields {
		if len(values) > 1 {
			return false
		}
	}
	return err == nil
}

const deepestJSON = 32

// depth is how deep a valid JSON value is nested.
func depth(body []byte) (deepest int) {
	level, inString, escaped := 0, false, false
	for _, b := range body {
		switch {
		case escaped:
			escaped = false
		case inString:
			escaped, inString = b == '\\', b != '"'
		case b == '"':
			inString = true
		case b == '{' || b == '[':
			level++
			deepest = max(deepest, level)
		case b == '}' || b == ']':
			level--
		}
	}
	return deepest
}

// advice says what to do about a value that breaks a rule of the document. The value is never repeated.
var advice = map[string]func(*openapi3.Schema) string{
	"required":   func(*openapi3.Schema) string { return "This field is required." },
	"properties": func(*openapi3.Schema) string { return "Leave out fields that the API document does not name." },
	"type": func(s *openapi3.Schema) string {
		return "Send a value of type " + strings.Join(s.Type.Slice(), " or ") + "."
	},
	"enum":      func(s *openapi3.Schema) string { return fmt.Sprintf("Send one of %v.", s.Enum) },
	"minimum":   func(s *openapi3.Schema) string { return fmt.Sprintf("Send at least %v.", *s.Min) },
	"maximum":   func(s *openapi3.Schema) string { return fmt.Sprintf("Send at most %v.", *s.Max) },
	"minLength": func(s *openapi3.Schema) string { return fmt.Sprintf("Send at least %d characters.", s.MinLength) },
	"maxLength": func(s *openapi3.Schema) string { return fmt.Sprintf("Send at most %d characters.", *s.MaxLength) },
	"minItems":  func(s *openapi3.Schema) string { return fmt.Sprintf("Send at least %d values.", s.MinItems) },
	"maxItems":  func(s *openapi3.Schema) string { return fmt.Sprintf("Send at most %d values.", *s.MaxItems) },
	"pattern":   func(s *openapi3.Schema) string { return "Send text of the form " + s.Pattern + "." },
	"format":    func(s *openapi3.Schema) string { return "Send a " + s.Format + "." },
}

// whatIsWrong lists what the document has against a request.
func whatIsWrong(err error) []ProblemError {
	var wrong []ProblemError
	add := func(e ProblemError) {
		if !slices.Contains(wrong, e) {
			wrong = append(wrong, e)
		}
	}
	var walk func(err error, parameter string)
	walk = func(err error, parameter string) {
		switch e := err.(type) {
		case openapi3.MultiError:
			for _, each := range e {
				walk(each, parameter)
			}
		case *openapi3filter.RequestError:
			if e.Parameter != nil {
				parameter = e.Parameter.Name
			}
			if e.Err == nil || errors.Is(e.Err, openapi3filter.ErrInvalidRequired) {
				add(ProblemError{Code: "required", Field: parameter, Advice: advice["required"](nil)})
				return
			}
			walk(e.Err, parameter)
		case *openapi3.SchemaError:
			add(schemaAdvice(e, parameter))
		default:
			add(ProblemError{Code: "invalid", Field: parameter, Advice: "Send a value as the API document describes it."})
		}
	}
	walk(err, "")
	return wrong
}

func schemaAdvice(e *openapi3.SchemaError, parameter string) ProblemError {
	field := parameter
	if path := e.JSONPointer(); len(path) > 0 && parameter == "" {
		field = strings.Join(path, ".")
	}
	what := ProblemError{Code: e.SchemaField, Field: field, Advice: "Send a value as the API document describes it."}
	if say, found := advice[e.SchemaField]; found {
		what.Advice = say(e.Schema)
	}
	if e.SchemaField == "properties" {
		what.Code, what.Field = "unknown_field", "" // the name came from outside and is not repeated
	}
	return what
}
